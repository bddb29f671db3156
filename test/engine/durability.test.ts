import { expect } from 'chai';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection } from 'mongodb';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { endChild, startChild } from './child.ts';

const ROUNDS = 3;
const WRITERS = 8;

/** Writes until the engine is gone; gives the values that were acknowledged. */
async function writeUntilKilled(collection: Collection, writer: string): Promise<string[]> {
  const acknowledged: string[] = [];
  try {
    for (let i = 0; ; i++) {
      const value = `${writer}-${i}`;
      await collection.insertOne({ value, group: i % 5 });
      acknowledged.push(value);
    }
  } catch {
    return acknowledged;
  }
}

describe('Durability', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps all that was acknowledged through kill -9, and whole indexes', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const child = await startChild(folder);
      const client = new MongoClient(engineUri(folder), {
        serverSelectionTimeoutMS: 300,
        retryWrites: false,
      });
      const collection = client.db('test').collection('written');
      await collection.createIndex({ value: 1 }, { unique: true }, undefined);
      await collection.createIndex({ group: 1, value: 1 }, undefined, undefined);
      const writers = Array.from({ length: WRITERS }, (_, i) =>
        writeUntilKilled(collection, `${round}-${i}`),
      );
      await new Promise((resolve) => setTimeout(resolve, 300 + round * 150));
      await endChild(child, 'SIGKILL');
      acknowledged.push(...(await Promise.all(writers)).flat());
      await client.close();
    }
    const engine = await startEngine({ folder });
    const client = new MongoClient(engine.uri);
    const collection = client.db('test').collection('written');
    const all = await collection.find().toArray();
    const values = new Set(all.map(({ value }) => String(value)));
    expect(acknowledged.filter((value) => !values.has(value))).to.deep.equal([]);
    expect(acknowledged.length).to.be.greaterThan(WRITERS * ROUNDS);
    expect(await collection.countDocuments({ value: { $gte: '' } })).to.equal(all.length);
    expect(await collection.countDocuments({ group: { $gte: 0 } })).to.equal(all.length);
    expect(await collection.estimatedDocumentCount()).to.equal(all.length);
    await client.close();
    await engine.close();
  }).timeout(60_000);

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
