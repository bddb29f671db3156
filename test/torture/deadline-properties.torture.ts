import { checkProperties } from '../deadlines/properties.ts';

checkProperties(10_000);
