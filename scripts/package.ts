import { buildPackage } from './build-package.ts';

console.log(`@habeas/consent is in ${await buildPackage()}`);
