import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRounds } from '../engine/kill-rounds.ts';

const ROUNDS = 50;

describe('The embedded engine', function () {
  this.timeout(30 * 60_000);

  it(`loses and doubles nothing in ${ROUNDS} rounds of kill -9 under load`, async () => {
    const seed = Date.now() % 2 ** 31;
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const { faults, ...figures } = await killRounds(folder, {
      rounds: ROUNDS,
      seed,
      signal: 'SIGKILL',
    });
    process.stdout.write(`\nkill -9: ${JSON.stringify({ seed, ...figures })}\n\n`);
    expect(faults, `seed ${seed}`).to.deep.equal([]);
    expect(figures.acknowledged).to.be.at.least(ROUNDS * 20);
    await rm(folder, { recursive: true });
  });
});
