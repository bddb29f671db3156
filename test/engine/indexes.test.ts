import { expect } from 'chai';
import type {
  Collection,
  CreateIndexesOptions,
  Document,
  Filter,
  IndexSpecification,
  Sort,
} from 'mongodb';
import { until } from '../support/until.ts';
import { codeOf, day, useEngine, type AnyDocument } from './support.ts';

describe('Indexes and collections', () => {
  const engine = useEngine();

  async function withIndex(
    documents: AnyDocument[],
    key: IndexSpecification,
    options: CreateIndexesOptions = {},
  ): Promise<Collection> {
    const collection = await engine.collectionOf(documents);
    await collection.createIndex(key, options, undefined);
    return collection;
  }

  /** The stages of the winning plan, outermost first. */
  async function stagesOf(
    collection: Collection,
    filter: Filter<Document>,
    sort?: Sort,
  ): Promise<string[]> {
    const cursor = collection.find(filter);
    const { queryPlanner } = (await (sort ? cursor.sort(sort) : cursor).explain()) as {
      queryPlanner: { winningPlan: Document };
    };
    const stages: string[] = [];
    for (
      let stage: Document | undefined = queryPlanner.winningPlan;
      stage;
      stage = stage.inputStage as Document | undefined
    )
      stages.push(String(stage.stage));
    return stages;
  }

  describe('Unique indexes', () => {
    it('refuse a duplicate, and say of what', async () => {
      const collection = await withIndex([{ a: 1, b: 'x' }], { a: 1, b: -1 }, { unique: true });
      const error = (await collection
        .insertOne({ _id: 2 as never, a: 1, b: 'x' })
        .catch((e: unknown) => e)) as Document;
      expect(error.code).to.equal(11000);
      expect(error.keyPattern).to.deep.equal({ a: 1, b: -1 });
      expect(error.keyValue).to.deep.equal({ a: 1, b: 'x' });
      expect(error.message).to.match(
        /^E11000 duplicate key error collection: test\.c\d+ index: a_1_b_-1 dup key: \{ a: 1, b: "x" \}$/,
      );
    });

    it('hold equal numbers of different types for duplicates', async () => {
      const collection = await withIndex([{ a: 1 }], { a: 1 }, { unique: true });
      expect(
        await codeOf(
          collection.updateOne({ _id: 2 as never }, { $set: { a: 1 } }, { upsert: true }),
        ),
      ).to.equal(11000);
    });

    it('let one of many concurrent inserts through', async () => {
      const collection = await withIndex([], { a: 1 }, { unique: true });
      const codes = await Promise.all(
        Array.from({ length: 20 }, () => codeOf(collection.insertOne({ a: 1 }))),
      );
      expect(codes.filter((code) => code === undefined).length).to.equal(1);
      expect(await collection.countDocuments()).to.equal(1);
    });

    it('are not made over duplicates', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 1 }]);
      expect(await codeOf(collection.createIndex({ a: 1 }, { unique: true }, undefined))).to.equal(
        11000,
      );
      expect((await collection.indexes()).length).to.equal(1);
    });

    it('count missing as one value, unless sparse or partial', async () => {
      const plain = await withIndex([{}], { a: 1 }, { unique: true });
      expect(await codeOf(plain.insertOne({}))).to.equal(11000);
      const sparse = await withIndex([{}], { a: 1 }, { unique: true, sparse: true });
      expect(await codeOf(sparse.insertOne({}))).to.equal(undefined);
      const partialFilterExpression = { a: { $type: 'string' } };
      const partial = await withIndex([{}], { a: 1 }, { unique: true, partialFilterExpression });
      expect(await codeOf(partial.insertMany([{ a: 1 }, { a: 1 }, { a: 'x' }]))).to.equal(
        undefined,
      );
      expect(await codeOf(partial.insertOne({ a: 'x' }))).to.equal(11000);
    });

    it('free a value that is changed or removed', async () => {
      const collection = await withIndex([{ a: 1 }, { a: 2 }], { a: 1 }, { unique: true });
      await collection.updateOne({ a: 1 }, { $set: { a: 3 } });
      await collection.deleteOne({ a: 2 });
      expect(await codeOf(collection.insertMany([{ a: 1 }, { a: 2 }] as never))).to.equal(
        undefined,
      );
      expect(await codeOf(collection.insertOne({ a: 3 }))).to.equal(11000);
    });

    it('hold every element of an array', async () => {
      const collection = await withIndex([{ a: [1, 2] }], { a: 1 }, { unique: true });
      expect(await codeOf(collection.insertOne({ a: 2 }))).to.equal(11000);
      expect(await codeOf(collection.insertOne({ a: [3, 3] }))).to.equal(undefined);
    });
  });

  describe('Indexes over arrays', () => {
    it('pair the fields of one element, not of several', async () => {
      const pairs = [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ];
      const collection = await withIndex([{ a: pairs }], { 'a.x': 1, 'a.y': 1 }, { unique: true });
      expect(await codeOf(collection.insertOne({ a: [{ x: 1, y: 2 }] }))).to.equal(undefined);
      expect(await codeOf(collection.insertOne({ a: [{ x: 2, y: 2 }] }))).to.equal(11000);
    });

    it('leave out elements without the field when sparse', async () => {
      const unique = { unique: true, sparse: true };
      const collection = await withIndex([{ a: [{ b: 1 }, {}] }], { 'a.b': 1 }, unique);
      expect(await codeOf(collection.insertOne({ a: [{ b: 2 }, {}] }))).to.equal(undefined);
    });

    it('find conditions that are met by different elements', async () => {
      const pairs = [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ];
      const collection = await withIndex([{ a: pairs }], { 'a.x': 1, 'a.y': 1 });
      expect(await collection.countDocuments({ 'a.x': 1, 'a.y': 1 })).to.equal(1);
    });

    it('sort an array by its greatest element though another is asked for', async () => {
      const collection = await withIndex([{ a: 1 }, { a: [1, 5] }], { b: 1 });
      const found = await collection.find({ a: 1 }).sort({ a: -1 }).toArray();
      expect(found.map(({ _id }) => _id as unknown)).to.deep.equal([2, 1]);
    });

    it('refuse two arrays, and numbers that mean a name and a place', async () => {
      const collection = await withIndex([], { a: 1, b: 1 });
      expect(await codeOf(collection.insertOne({ a: [1], b: [] }))).to.equal(171);
      await collection.createIndex({ 'c.0': 1 }, undefined, undefined);
      expect(await codeOf(collection.insertOne({ c: [{ 0: 1 }] }))).to.equal(16746);
    });
  });

  describe('Plans', () => {
    it('keep a text apart from one that goes on after a zero byte', async () => {
      for (const direction of [1, -1] as const) {
        const collection = await withIndex([{ a: 'x' }, { a: 'x\0y' }], { a: direction });
        expect(await collection.countDocuments({ a: 'x' })).to.equal(1);
      }
    });

    const rows = Array.from({ length: 60 }, (_, i) => ({
      a: i % 3,
      b: i,
      s: `k${i}`,
      t: [i, i + 1],
    }));

    it('use an index for equality, range and sort', async () => {
      const collection = await withIndex(rows, { a: 1, b: -1 });
      expect(await stagesOf(collection, { a: 1 })).to.deep.equal(['FETCH', 'IXSCAN']);
      expect(await stagesOf(collection, { a: 1, b: { $gt: 5 } }, { b: 1 })).to.deep.equal([
        'FETCH',
        'IXSCAN',
      ]);
      expect(await stagesOf(collection, {}, { a: -1, b: 1 })).to.deep.equal(['FETCH', 'IXSCAN']);
    });

    it('sort by what follows an array that is held to one element', async () => {
      const collection = await withIndex(rows, { t: 1, b: 1 });
      const stages = ['FETCH', 'IXSCAN'];
      expect(await stagesOf(collection, { t: 7 }, { b: -1 })).to.deep.equal(stages);
      expect(await stagesOf(collection, { t: { $in: [7, 9] } }, { b: 1 })).to.include('SORT');
      expect(await stagesOf(collection, { t: 7 }, { t: 1 })).to.include('SORT');
      const found = await collection.find({ t: 7 }).sort({ b: -1 }).toArray();
      expect(found.map(({ b }) => b as number)).to.deep.equal([7, 6]);
      await collection.insertOne({ t: 7, b: [1, 99] });
      expect(await stagesOf(collection, { t: 7 }, { b: 1 })).to.include('SORT');
    });

    it('read nothing for an empty $in', async () => {
      const collection = await withIndex(rows, { a: 1 });
      const none = collection.find({ a: { $in: [] } });
      expect(await none.toArray()).to.deep.equal([]);
      const { executionStats } = (await collection.find({ _id: { $in: [] } }).explain()) as {
        executionStats: Document;
      };
      expect(executionStats.totalDocsExamined).to.equal(0);
    });

    it('say when a sort or a scan is left', async () => {
      const collection = await withIndex(rows, { a: 1, b: -1 });
      expect(await stagesOf(collection, { a: 1 }, { s: 1 })).to.deep.equal([
        'SORT',
        'FETCH',
        'IXSCAN',
      ]);
      expect(await stagesOf(collection, { a: { $in: [1, 2] } }, { b: 1 })).to.deep.equal([
        'SORT',
        'FETCH',
        'IXSCAN',
      ]);
      expect(await stagesOf(collection, { s: 'k1' })).to.deep.equal(['COLLSCAN']);
      expect(await stagesOf(collection, { _id: 1 as never })).to.deep.equal(['IDHACK']);
    });

    it('use a partial or sparse index only where it holds every answer', async () => {
      const partialFilterExpression = { b: { $exists: true } };
      const partial = await withIndex(rows, { a: 1 }, { partialFilterExpression });
      expect(await stagesOf(partial, { a: 1 })).to.deep.equal(['COLLSCAN']);
      expect(await stagesOf(partial, { a: 1, b: 5 })).to.deep.equal(['FETCH', 'IXSCAN']);
      const sparse = await withIndex(rows, { a: 1 }, { sparse: true });
      expect(await stagesOf(sparse, { a: null })).to.deep.equal(['COLLSCAN']);
      expect(await stagesOf(sparse, { a: 1 })).to.deep.equal(['FETCH', 'IXSCAN']);
    });

    it('join one index per clause of an $or', async () => {
      const collection = await withIndex(rows, { a: 1 });
      await collection.createIndex({ s: 1 }, undefined, undefined);
      expect(await stagesOf(collection, { $or: [{ a: 1 }, { s: 'k2' }] })).to.deep.equal([
        'FETCH',
        'OR',
      ]);
      expect(
        await collection.countDocuments({ $or: [{ a: 1 }, { s: 'k1' }, { s: 'k2' }] }),
      ).to.equal(21);
    });

    it('give the same answers as a scan', async () => {
      const bare = await engine.collectionOf(rows);
      const indexed = await withIndex(rows, { a: 1, b: -1 });
      await indexed.createIndexes([{ key: { s: -1 } }, { key: { t: 1 } }, { key: { b: 1, a: 1 } }]);
      const filters: Filter<Document>[] = [
        { a: 1, b: { $gt: 10, $lte: 40 } },
        { b: { $in: [3, 9, 99, 12] } },
        { s: /^k1/ },
        { s: { $gte: 'k3' } },
        { t: { $gt: 20, $lt: 22 } },
        { t: 7, a: { $ne: 1 } },
        { $or: [{ a: 0, b: 3 }, { s: 'k9' }] },
        { a: null },
      ];
      for (const filter of filters)
        for (const sort of [{ b: 1 }, { a: -1, b: 1 }, { s: 1 }] as Sort[]) {
          const wanted = await bare.find(filter).sort(sort).toArray();
          const found = await indexed.find(filter).sort(sort).toArray();
          expect(found, JSON.stringify([filter, sort])).to.deep.equal(wanted);
          expect(await indexed.countDocuments(filter)).to.equal(wanted.length);
        }
    });

    it('follow a hint, and refuse one that names nothing', async () => {
      const collection = await withIndex(rows, { a: 1 });
      expect((await collection.find({ b: 4 }).hint('a_1').toArray()).length).to.equal(1);
      expect(await codeOf(collection.find({}).hint('nothing').toArray())).to.equal(2);
    });
  });

  describe('TTL indexes', () => {
    it('remove what is over, and nothing else', async () => {
      const soon = new Date(Date.now() + 3_600_000);
      const collection = await withIndex(
        [{ at: day('2020-01-01') }, { at: soon }, { at: 'never' }, {}],
        { at: 1 },
        { expireAfterSeconds: 60 },
      );
      await engine.client.db('admin').command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
      await until('the old one is gone', async () => (await collection.countDocuments()) <= 3);
      const left = await collection.find().toArray();
      expect(left.map(({ _id }) => _id as unknown)).to.deep.equal([2, 3, 4]);
    });
  });

  describe('Index management', () => {
    it('lists, drops and makes indexes again', async () => {
      const collection = await withIndex([{ a: 1 }], { a: 1 }, { unique: true, name: 'only' });
      expect(
        await collection.createIndex({ a: 1 }, { unique: true, name: 'only' }, undefined),
      ).to.equal('only');
      expect((await collection.indexes()).map(({ name }) => name)).to.deep.equal(['_id_', 'only']);
      await collection.dropIndex('only');
      expect(await codeOf(collection.dropIndex('only'))).to.equal(27);
      expect((await collection.indexes()).length).to.equal(1);
    });

    it('refuses what it cannot keep', async () => {
      const collection = await withIndex([], { a: 1 });
      const asked: [IndexSpecification, CreateIndexesOptions, number][] = [
        [{ a: 1 }, { name: 'other' }, 85],
        [{ b: 1 }, { name: 'a_1' }, 86],
        [{ a: 'text' }, {}, 238],
        [{ a: '2dsphere' }, {}, 238],
        [{ a: 'hashed' }, {}, 238],
        [{ '$**': 1 }, {}, 238],
        [{ b: 1 }, { collation: { locale: 'en', strength: 2 } }, 238],
        [{ b: 1, c: 1 }, { expireAfterSeconds: 1 }, 67],
        [{ b: 1 }, { partialFilterExpression: { a: { $ne: 1 } } }, 67],
        [{ b: 1 }, { partialFilterExpression: { a: { $exists: false } } }, 67],
        [{ b: 1 }, { partialFilterExpression: { $nor: [{ a: 1 }] } }, 67],
        [{ b: 1 }, { sparse: true, partialFilterExpression: { b: 1 } }, 67],
        [{ b: 1 }, { partialFilterExpression: { b: { $ne: 1 } } }, 67],
        [{ b: 1 }, { partialFilterExpression: { b: { $exists: false } } }, 67],
        [{ b: 1 }, { partialFilterExpression: { $nor: [{ b: 1 }] } }, 67],
        [{ b: 'bogus' as never }, {}, 67],
        [{ b: 1 }, { default_language: 'english' }, 197],
      ];
      for (const [key, options, code] of asked)
        expect(
          await codeOf(collection.createIndex(key, options, undefined)),
          JSON.stringify([key, options]),
        ).to.equal(code);
    });

    it('makes an index once when many ask for it, and all wait for it', async () => {
      const collection = await engine.collectionOf(Array.from({ length: 2500 }, () => ({})));
      const duplicate = { a: 1 };
      await collection.insertMany([duplicate, { a: 1 }]);
      const codes = await Promise.all(
        Array.from({ length: 4 }, () =>
          codeOf(collection.createIndex({ a: 1 }, { unique: true, sparse: true }, undefined)),
        ),
      );
      expect(codes).to.deep.equal([11000, 11000, 11000, 11000]);
      await collection.deleteOne(duplicate);
      const ways = [{ a: 1 }, { a: 1 }, { b: 1 }] as const;
      const outcomes = await Promise.all(
        ways.map((key) => codeOf(collection.createIndex(key, { name: 'n' }, undefined))),
      );
      expect(outcomes.filter((code) => code === 86).length).to.be.within(1, 2);
      expect((await collection.indexes()).length).to.equal(2);
    });

    it('makes all indexes of a command, or none', async () => {
      const collection = await engine.collectionOf([{ a: 1, b: 1 }, { a: 1 }]);
      const both = [{ key: { b: 1 } }, { key: { a: 1 }, unique: true }];
      expect(await codeOf(collection.createIndexes(both))).to.equal(11000);
      expect((await collection.indexes()).map(({ name }) => name)).to.deep.equal(['_id_']);
      await collection.deleteOne({ b: 1 });
      await collection.createIndexes(both);
      expect((await collection.indexes()).length).to.equal(3);
      expect(await codeOf(collection.insertOne({ a: 1 }))).to.equal(11000);
    });
  });

  describe('Collections', () => {
    it('refuse what the engine would have to ignore', async () => {
      const { db } = engine;
      expect(await codeOf(db.createCollection('v', { validator: { $jsonSchema: {} } }))).to.equal(
        238,
      );
      expect(
        await codeOf(db.createCollection('l', { collation: { locale: 'en', strength: 2 } })),
      ).to.equal(238);
      expect(await codeOf(db.createCollection('k', { capped: true, size: 100 }))).to.equal(238);
      expect(await codeOf(db.command({ create: 'x', bogus: 1 }))).to.equal(40415);
      expect(await codeOf(db.command({ bogus: 1 }))).to.equal(59);
      expect(await codeOf(db.collection('x').watch().next())).to.equal(238);
    });

    it('are made once, listed and dropped', async () => {
      const { db } = engine;
      await db.createCollection('made');
      await db.createCollection('made');
      expect((await db.listCollections({ name: 'made' }).toArray()).length).to.equal(1);
      await db.collection('made').insertOne({ a: 1 });
      await db.collection('made').drop();
      expect(await db.collection('made').countDocuments()).to.equal(0);
      expect(await codeOf(db.collection('x'.repeat(252)).insertOne({}))).to.equal(73);
    });

    it('change their name, and keep records and indexes', async () => {
      const { db } = engine;
      const old = await withIndex([{ a: 1 }, { a: 2 }], { a: 1 }, { unique: true });
      const other = await engine.collectionOf([{}]);
      expect(await codeOf(old.rename(other.collectionName))).to.equal(48);
      expect(await codeOf(db.collection('nowhere').rename('somewhere'))).to.equal(26);
      const toItself = { renameCollection: old.namespace, to: old.namespace };
      expect(await codeOf(engine.client.db('admin').command(toItself))).to.equal(20);
      expect(await codeOf(db.command(toItself))).to.equal(13);
      const renamed = await old.rename(other.collectionName, { dropTarget: true });
      expect(await renamed.countDocuments({ a: { $gt: 0 } })).to.equal(2);
      const error: unknown = await renamed.insertOne({ a: 1 }).catch((e: unknown) => e);
      expect((error as Error).message).to.include(`test.${other.collectionName} index: a_1`);
      expect(await old.countDocuments()).to.equal(0);
    });
  });
});
