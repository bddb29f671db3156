import { describeProperties } from './properties/all.ts';

describe('Properties', () => {
  describeProperties({ factor: 1, seed: 20 });
});
