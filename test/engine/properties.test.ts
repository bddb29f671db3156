import { describeProperties } from './properties/all.ts';

describe('Properties', function () {
  this.timeout(60_000);
  describeProperties({ factor: 1, seed: 20 });
});
