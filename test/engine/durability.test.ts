import { expect } from 'chai';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../server/database/engine/start.ts';
import { killProcesses } from './processes.ts';
import { killRounds } from './kill-rounds.ts';

describe('Durability', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterEach(() => {
    killProcesses();
    return rm(folder, { recursive: true });
  });

  for (const [signal, rounds] of [
    ['SIGKILL', 3],
    ['SIGTERM', 1],
  ] as const)
    it(`loses and doubles nothing at ${signal} under load, and indexes stay whole`, async () => {
      const seed = Date.now() % 2 ** 31;
      const { faults, acknowledged } = await killRounds(folder, { rounds, seed, signal });
      expect(faults, `seed ${seed}`).to.deep.equal([]);
      expect(acknowledged).to.be.greaterThan(rounds * 10);
    });

  it('lets only this user at its files and its socket', async () => {
    const engine = await startEngine({ folder: join(folder, 'data') });
    expect((await stat(join(folder, 'data'))).mode & 0o777).to.equal(0o700);
    expect((await stat(join(folder, 'data', 'engine.sock'))).mode & 0o777).to.equal(0o600);
    await engine.close();
  });
});
