import { expect } from 'chai';
import { BSON, type Db, type Document } from 'mongodb';
import { codeOf, useEngine } from './support.ts';

/** The commands behind what people type into mongosh. */
describe('What shells ask for', () => {
  const engine = useEngine();
  let admin: Db;
  before(() => {
    admin = engine.client.db('admin');
  });

  it('tells how much room collections, indexes and databases take', async () => {
    const db = engine.client.db('sizes');
    const collection = db.collection('c');
    const documents = Array.from({ length: 1500 }, (_, n) => ({ n, text: 'x'.repeat(100) }));
    await collection.insertMany(documents);
    await collection.createIndex({ n: 1 }, undefined, undefined);
    const stages = [{ $collStats: { storageStats: { scale: 1 }, count: {} } }];
    const [stats = {}] = await collection.aggregate(stages).toArray();
    const { storageStats: sizes } = stats as { storageStats: Document };
    expect(sizes).to.include({ count: 1500, nindexes: 2, capped: false });
    const [first = {}] = documents;
    const bytes = BSON.calculateObjectSize(first);
    expect(sizes).to.include({ size: 1500 * bytes, avgObjSize: bytes });
    expect(sizes.indexSizes).to.have.all.keys('_id_', 'n_1');
    expect(await db.command({ collStats: 'c' })).to.deep.include(sizes);
    const inKilobytes = await db.command({ collStats: 'c', scale: 1024 });
    expect(inKilobytes.size).to.equal(Math.floor((1500 * bytes) / 1024));
    const total = await db.stats();
    const dataSize = 1500 * bytes;
    expect(total).to.include({ collections: 1, objects: 1500, indexes: 2, dataSize });
    const { databases } = await admin.admin().listDatabases();
    expect(databases.find(({ name }) => name === 'sizes')?.sizeOnDisk).to.equal(total.totalSize);
  });

  it('gives statistics only at the start of a pipeline, and only of what exists', async () => {
    const collection = await engine.collectionOf([{}]);
    const late = collection.aggregate([{ $match: {} }, { $collStats: { count: {} } }]).toArray();
    expect(await codeOf(late)).to.equal(40602);
    const latency = collection.aggregate([{ $collStats: { latencyStats: {} } }]).toArray();
    expect(await codeOf(latency)).to.equal(238);
    const missing = engine.db.collection('missing').aggregate([{ $collStats: { count: {} } }]);
    expect(await codeOf(missing.toArray())).to.equal(26);
  });

  it('shows a replica set of one member, and the host', async () => {
    const hello = await admin.command({ hello: 1 });
    const status = await admin.command({ replSetGetStatus: 1 });
    expect(status).to.include({ set: hello.setName as string, myState: 1 });
    const self = { name: hello.me as string, stateStr: 'PRIMARY' };
    expect((status.members as Document[])[0]).to.include(self);
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: Document };
    expect(config._id).to.equal(hello.setName);
    expect(await admin.command({ hostInfo: 1 })).to.have.nested.property('os.type');
  });

  it('reads backwards in the natural order', async () => {
    const collection = await engine.collectionOf([{ a: 2 }, { a: 1 }, { a: 2 }]);
    await collection.createIndex({ a: 1 }, undefined, undefined);
    const idsOf = async (options: { sort?: Document; hint?: Document }, filter = {}) =>
      (await collection.find(filter, options as never).toArray()).map(({ _id }) => _id as unknown);
    expect(await idsOf({ sort: { $natural: -1 } })).to.deep.equal([3, 2, 1]);
    expect(await idsOf({ sort: { $natural: 1 } }, { a: { $gt: 0 } })).to.deep.equal([1, 2, 3]);
    expect(await idsOf({ hint: { $natural: -1 } }, { a: 2 })).to.deep.equal([3, 1]);
    expect(await idsOf({ hint: { $natural: -1 }, sort: { a: 1 } })).to.deep.equal([2, 1, 3]);
    expect(await codeOf(idsOf({ sort: { $natural: -1, a: 1 } }))).to.equal(2);
    const update = collection.updateOne({}, { $set: { b: 1 } }, { hint: { $natural: -1 } });
    expect(await codeOf(update)).to.equal(238);
  });

  it('is told of options that mean nothing', async () => {
    const { db } = engine;
    const collection = await engine.collectionOf([{}]);
    const { collectionName } = collection;
    const find = { find: collectionName };
    const asked: [Document, number][] = [
      [{ ...find, readConcern: { level: 'bogus' } }, 9],
      [{ explain: find, verbosity: 'bogus' }, 2],
      [{ listDatabases: 1 }, 13],
    ];
    for (const [command, code] of asked)
      expect(await codeOf(db.command(command)), JSON.stringify(command)).to.equal(code);
    expect(await collection.countDocuments()).to.equal(1);
  });

  it('is told of stages and operators that only a server has', async () => {
    const collection = await engine.collectionOf([{}]);
    for (const name of ['$indexStats', '$changeStream', '$listSearchIndexes'])
      expect(await codeOf(collection.aggregate([{ [name]: {} }]).toArray()), name).to.equal(238);
    for (const name of ['$near', '$within', '$geoWithin'])
      expect(await codeOf(collection.findOne({ place: { [name]: [1, 2] } })), name).to.equal(238);
  });

  it('has no validators, so bypassing them changes nothing', async () => {
    const collection = await engine.collectionOf([]);
    const bypass = { bypassDocumentValidation: true };
    await collection.insertOne({ a: 1 }, bypass);
    await collection.updateOne({ a: 1 }, { $inc: { a: 1 } }, bypass);
    const found = await collection.findOneAndUpdate({ a: 2 }, { $inc: { a: 1 } }, bypass);
    expect(found?.a).to.equal(2);
  });
});
