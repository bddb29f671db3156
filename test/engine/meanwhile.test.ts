import { expect } from 'chai';
import { mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection } from 'mongodb';
import { startEngine } from '../../server/database/engine/start.ts';
import { codeOf, expectSame, useEngine } from './support.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ n, text: 'x'.repeat(100) }));

/** Scratch files without a name that this process, and so the engine's thread, has open. */
function openScratchFiles(): number {
  const isScratch = (descriptor: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).includes('scratch-');
    } catch {
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter(isScratch).length;
}

describe('What others do meanwhile', () => {
  const engine = useEngine();
  const isValid = async ({ collectionName }: Collection) =>
    (await engine.db.command({ validate: collectionName })).valid as unknown;

  it('moves a record ahead of an update of many, which changes it once all the same', async () => {
    const collection = await engine.collectionOf(many(3000));
    await collection.createIndex({ n: 1 }, undefined, undefined);
    const asked = collection.updateMany({ n: { $gte: 0 } }, { $inc: { times: 1 } });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        collection.updateOne({ _id: (i + 1) as never }, { $set: { n: 10_000 + i } }),
      ),
    );
    expect((await asked).matchedCount).to.equal(3000);
    expect(await collection.countDocuments({ times: { $ne: 1 } })).to.equal(0);
  });

  it('moves a record ahead of a deletion of many, which counts it once all the same', async () => {
    const collection = await engine.collectionOf(many(3000));
    await collection.createIndex({ n: 1 }, undefined, undefined);
    const asked = collection.deleteMany({ n: { $gte: 0 } });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        collection.updateOne({ _id: (i + 1) as never }, { $set: { n: 10_000 + i } }),
      ),
    );
    expect((await asked).deletedCount).to.equal(3000);
    expect(await collection.estimatedDocumentCount()).to.equal(0);
    expect(await isValid(collection)).to.equal(true);
  });

  it('drops what a cursor reads, which says so instead of ending early', async () => {
    const collection = await engine.collectionOf(many(3000));
    await collection.createIndex({ n: 1 }, undefined, undefined);
    const byIndex = collection.find({ n: { $gte: 0 } }, { batchSize: 10 });
    await byIndex.next();
    await collection.dropIndex('n_1');
    expect(await codeOf(byIndex.toArray())).to.equal(175);
    const whole = collection.find({}, { batchSize: 10 });
    await whole.next();
    await collection.drop();
    expect(await codeOf(whole.toArray())).to.equal(175);
  });

  it('holds a key for longer than a write may take, which then ends', async () => {
    const collection = await engine.collectionOf([{}]);
    const session = engine.client.startSession();
    session.startTransaction();
    await collection.updateOne({}, { $set: { a: 1 } }, { session });
    const write = collection.updateOne({}, { $set: { a: 2 } }, { maxTimeMS: 100 });
    expect(await codeOf(write)).to.equal(50);
    await session.commitTransaction();
    await session.endSession();
    expectSame(await collection.findOne(), { _id: 1, a: 1 });
  });

  it('compacts, and a repeated commit is still known as done', async () => {
    const collection = await engine.collectionOf([{}]);
    const session = engine.client.startSession();
    session.startTransaction();
    await collection.insertOne({ _id: 2 as never }, { session });
    await session.commitTransaction();
    await engine.db.command({ compact: collection.collectionName, force: true });
    await session.commitTransaction();
    await session.endSession();
  });
});

describe('What goes wrong half-way', () => {
  const engine = useEngine();

  it('leaves no file of a sort whose time is over', async function () {
    if (process.platform !== 'linux') this.skip();
    const collection = engine.db.collection('large');
    const text = 'x'.repeat(200_000);
    for (let n = 0; n < 350; n += 50)
      await collection.insertMany(Array.from({ length: 50 }, (_, i) => ({ n: n + i, text })));
    const sorted = (maxTimeMS: number) =>
      codeOf(collection.find().sort({ n: -1 }).maxTimeMS(maxTimeMS).batchSize(1).next());
    let limit = 5;
    // Later and later within the search, until it is no more ended by its time.
    while ((await sorted(limit)) === 50) limit *= 2;
    await engine.client.db('admin').command({ killAllSessions: [] });
    expect(openScratchFiles()).to.equal(0);
  });

  it('a failed $out leaves the collection that it would have replaced, also after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const open = async () => {
      const started = await startEngine({ folder });
      return { started, client: new MongoClient(started.uri) };
    };
    let { started, client } = await open();
    const target = () => client.db('test').collection('target');
    await target().createIndexes([
      { key: { tags: 1 } },
      { key: { k: 1 }, unique: true, sparse: true },
    ]);
    await target().insertOne({ tags: 'kept' });
    const source = client.db('test').collection('source');
    await source.insertMany([
      { k: 1, tags: ['x', 'y'] },
      { k: 1, tags: 'z' },
    ]);
    expect(await codeOf(source.aggregate([{ $out: 'target' }]).toArray())).to.equal(11000);
    await source.insertOne({});
    await client.close();
    await started.close();
    ({ started, client } = await open());
    expect(await target().distinct('tags')).to.deep.equal(['kept']);
    await client.close();
    await started.close();
    rmSync(folder, { recursive: true });
  });

  it('a $merge that would take a record’s _id from it does not', async () => {
    const collection = await engine.collectionOf([{ a: 1 }]);
    const { collectionName: into } = collection;
    const source = await engine.collectionOf([{ _id: 1 }]);
    const merge = (stage: object) => source.aggregate([{ $merge: { into, ...stage } }]).toArray();
    await merge({ whenMatched: [{ $set: { _id: 99 } }] });
    expectSame(await collection.find().toArray(), [{ _id: 1, a: 1 }]);
    await collection.createIndex({ a: 1 }, { unique: true }, undefined);
    expect(await codeOf(merge({ on: 'a' }))).to.equal(51132);
  });

  it('keeps files to this user also in a folder that others may enter', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'engine-')), 'open');
    mkdirSync(folder, { mode: 0o755 });
    const started = await startEngine({ folder });
    const client = new MongoClient(started.uri);
    await client.db('test').collection('c').insertOne({});
    for (const name of ['engine.db', 'engine.db-wal'])
      expect(statSync(join(folder, name)).mode & 0o077, name).to.equal(0);
    await client.close();
    await started.close();
    rmSync(folder, { recursive: true });
  });
});

describe('Partial indexes', () => {
  const engine = useEngine();

  it('are not used for what they do not hold', async () => {
    const collection = await engine.collectionOf([
      { n: 1, status: 'open', name: '' },
      { n: 1, status: 'OPEN', name: 'a' },
    ]);
    const partialOf = (condition: object) => ({ partialFilterExpression: condition });
    await collection.createIndex({ n: 1 }, partialOf({ status: 'open' }), undefined);
    await collection.createIndex({ name: 1 }, partialOf({ name: { $gt: '' } }), undefined);
    const collation = { locale: 'en', strength: 2 };
    const found = await collection.find({ n: 1, status: 'open' }, { collation }).toArray();
    expect(found).to.have.length(2);
    expect(await collection.countDocuments({ name: { $lt: 'z' } })).to.equal(2);
  });
});
