import { describeProperties } from '../engine/properties/all.ts';

/** Give this the seed of a failure to see it again. */
const seed = Number(process.env.ENGINE_PROPERTIES_SEED ?? Date.now() % 2 ** 31);

describe(`Properties of the engine, seed ${seed}`, function () {
  this.timeout(60 * 60_000);
  describeProperties({ factor: Number(process.env.ENGINE_PROPERTIES_FACTOR ?? 50), seed });
});
