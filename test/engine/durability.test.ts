import { expect } from 'chai';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { endChild, startChild } from './child.ts';
import { killRounds } from './kill-rounds.ts';

describe('Durability', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('loses and doubles nothing when it is killed under load, and indexes stay whole', async () => {
    const seed = Date.now() % 2 ** 31;
    const { faults, acknowledged } = await killRounds(folder, { rounds: 3, seed });
    expect(faults, `seed ${seed}`).to.deep.equal([]);
    expect(acknowledged).to.be.greaterThan(50);
  }).timeout(120_000);

  it('keeps a folder to one process, and gives it to the next when that dies', async () => {
    const child = await startChild(folder);
    const refusal = (await startEngine({ folder }).catch((error: unknown) => error)) as Error;
    expect(refusal.message).to.include(folder).and.to.include(String(child.pid));
    await endChild(child, 'SIGKILL');
    const engine = await startEngine({ folder });
    await engine.close();
  }).timeout(30_000);

  it('lets only this user at its files and its socket', async () => {
    const engine = await startEngine({ folder: join(folder, 'data') });
    expect((await stat(join(folder, 'data'))).mode & 0o777).to.equal(0o700);
    expect((await stat(join(folder, 'data', 'engine.sock'))).mode & 0o777).to.equal(0o600);
    await engine.close();
  });

  it('serves folders whose path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
    const engine = await startEngine({ folder: deep });
    expect(engine.uri).to.equal(engineUri(deep));
    const client = await new MongoClient(engine.uri).connect();
    await client.db('test').collection('c').insertOne({ a: 1 });
    await client.close();
    await engine.close();
  });
});
