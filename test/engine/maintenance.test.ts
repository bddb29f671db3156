import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, MongoClient, type Db } from 'mongodb';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';
import { Catalog } from '../../server/database/engine/storage/catalog.ts';
import type { Collection, Index } from '../../server/database/engine/storage/collection.ts';
import { recordKey } from '../../server/database/engine/storage/documents.ts';
import { Store } from '../../server/database/engine/storage/store.ts';
import { spanOf, type View } from '../../server/database/engine/storage/view.ts';
import { encodeDocument } from '../../server/database/engine/values/encode.ts';
import type { Document } from '../../server/database/engine/values/kinds.ts';
import { codeOf, useEngine } from './support.ts';

const RECORDS = 300;
const page = 4096;

async function fill(db: Db, name: string): Promise<void> {
  const collection = db.collection(name);
  await collection.createIndexes([
    { key: { tag: 1 } },
    { key: { serial: -1 }, unique: true },
    { key: { list: 1, tag: 1 } },
    { key: { rare: 1 }, sparse: true },
    { key: { day: 1 }, partialFilterExpression: { tag: { $gt: 2 } } },
  ]);
  await collection.insertMany(
    Array.from({ length: RECORDS }, (_, i) => ({
      _id: i as never,
      tag: i % 5,
      serial: `${name}-${i}`,
      list: [i % 3, i, String(i)],
      ...(i % 10 === 0 && { rare: i }),
      day: new Date(i),
    })),
  );
}

/** How each damage is done, and what must be said of it. */
const damages: Record<
  string,
  { plant: (view: View, collection: Collection) => void; told: Document }
> = {
  'a removed index entry': {
    plant: (view, collection) => {
      view.remove(entriesOf(view, collection, 'tag_1')[7]!.key);
    },
    told: {
      errors: ["Index with name 'tag_1' has inconsistencies."],
      warnings: ['Detected 1 missing index entries.'],
    },
  },
  'an orphaned index entry': {
    plant: (view, collection) => {
      const { key, value } = entriesOf(view, collection, 'tag_1')[7]!;
      view.put(Buffer.concat([key, Buffer.from([1])]), value);
    },
    told: {
      errors: ["Index with name 'tag_1' has inconsistencies."],
      warnings: ['Detected 1 extra index entries.'],
    },
  },
  'an entry that leads to another record': {
    plant: (view, collection) => {
      const [first, second] = entriesOf(view, collection, 'serial_-1');
      view.put(first!.key, second!.value);
    },
    told: {
      errors: ["Index with name 'serial_-1' has inconsistencies."],
      warnings: ['Detected 1 missing index entries.', 'Detected 1 extra index entries.'],
    },
  },
  'an array in an index that is not marked for it': {
    plant: (view, collection) => {
      const stored = collection.toStored();
      for (const index of stored.indexes as Document[]) index.isMultikey = false;
      const key = Buffer.concat([Buffer.from([0, 1]), Buffer.from(collection.namespace)]);
      view.put(key, encodeDocument(stored));
    },
    told: {
      errors: ["Index 'list_1_tag_1' holds values of arrays but is not marked as multikey."],
    },
  },
  'a wrong count': {
    plant: (view, collection) => {
      const count = Buffer.alloc(8);
      count.writeDoubleBE(RECORDS + 1);
      view.put(collection.countKey, count);
    },
    told: { nrecords: RECORDS },
  },
  'a record that cannot be read': {
    plant: (view, collection) => {
      const key = recordKey(collection, 4);
      view.put(key, view.get(key)!.subarray(0, -3));
    },
    told: { nInvalidDocuments: 1, nrecords: RECORDS },
  },
  'a record under the key of another': {
    plant: (view, collection) => {
      view.put(recordKey(collection, 4), view.get(recordKey(collection, 5))!);
    },
    told: { nInvalidDocuments: 1, nrecords: RECORDS },
  },
};

function entriesOf(view: View, { indexes }: Collection, name: string) {
  const { prefix } = indexes.find((index: Index) => index.name === name)!;
  return view.scan(spanOf(prefix), { reverse: false, limit: 10_000 }).rows;
}

async function withStore(folder: string, work: (store: Store, catalog: Catalog) => void) {
  const store = new Store(folder);
  const catalog = new Catalog(store);
  await catalog.open();
  await store.write(() => {
    work(store, catalog);
  });
  await store.close();
}

const validate = (db: Db, name: string): Promise<Document> =>
  db.command({ validate: name, full: true });

describe('validate', () => {
  let folder = '';
  let engine: Engine;
  let client: MongoClient;
  const start = async () => {
    engine = await startEngine({ folder });
    client = await new MongoClient(engine.uri).connect();
    return client.db('test');
  };
  const stop = async () => {
    await client.close();
    await engine.close();
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const db = await start();
    for (const name of ['whole', ...Object.keys(damages)]) await fill(db, name);
  });
  after(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });

  it('finds nothing in a whole collection, also while it is written to', async () => {
    const collection = client.db('test').collection('whole');
    const state = { isDone: false };
    const writing = (async () => {
      for (let i = RECORDS; !state.isDone; i++) {
        await collection.insertOne({ _id: i as never, serial: i, list: [i, -i] });
        await collection.updateOne({ _id: (i - RECORDS) as never }, { $set: { tag: i } });
      }
    })();
    const replies: Document[] = [];
    const hasGrown = () => Number(replies.at(-1)?.nrecords) > Number(replies[0]?.nrecords);
    while (replies.length < 10 || !hasGrown())
      replies.push(await validate(client.db('test'), 'whole'));
    state.isDone = true;
    await writing;
    for (const { ns, valid, errors, warnings, nIndexes, nrecords, keysPerIndex } of replies) {
      expect({ ns, valid, errors, warnings, nIndexes }).to.deep.equal({
        ns: 'test.whole',
        valid: true,
        errors: [],
        warnings: [],
        nIndexes: 6,
      });
      expect(nrecords).to.be.at.least(RECORDS);
      expect(keysPerIndex).to.include({ _id_: nrecords, tag_1: nrecords });
    }
  });

  it('refuses what it does not do, and a collection that is not there', async () => {
    const db = client.db('test');
    expect(await codeOf(db.command({ validate: 'whole', repair: true }))).to.equal(238);
    expect(await codeOf(db.command({ validate: 'nothing' }))).to.equal(26);
  });

  describe('of damage', () => {
    before(async () => {
      await stop();
      await withStore(folder, ({ view }, catalog) => {
        for (const [name, { plant }] of Object.entries(damages))
          plant(view, catalog.find(`test.${name}`)!);
      });
      await start();
    });

    for (const [name, { told }] of Object.entries(damages))
      it(`tells of ${name}`, async () => {
        const reply = await validate(client.db('test'), name);
        expect(reply.valid).to.equal(false);
        expect(reply.errors).not.to.be.empty;
        for (const field of Object.keys(told)) expect(reply[field]).to.deep.equal(told[field]);
      });

    it('names the records', async () => {
      const db = client.db('test');
      const { missingIndexEntries } = await validate(db, 'a removed index entry');
      expect(missingIndexEntries).to.have.lengthOf(1);
      expect((missingIndexEntries as Document[])[0]).to.include({ indexName: 'tag_1' });
      const { corruptRecords } = await validate(db, 'a record that cannot be read');
      expect(corruptRecords).to.have.lengthOf(1);
      expect((await validate(db, 'a wrong count')).errors).to.deep.equal([
        "fast count (301) does not match number of records (300) for collection 'test.a wrong count'",
      ]);
    });

    it('tells of a broken file', async () => {
      await stop();
      const file = join(folder, 'engine.db');
      const bytes = readFileSync(file);
      const leaf = Math.floor(bytes.indexOf('whole-150') / page) * page;
      // The page keeps its type and loses the table of its rows.
      writeFileSync(file, bytes.fill(0xee, leaf + 8, leaf + 40));
      const reply = await validate(await start(), 'a wrong count');
      expect(reply.valid).to.equal(false);
      expect((reply.errors as string[])[0]).to.match(/page|tree|database/iu);
    });
  });
});

describe('compact', () => {
  const engine = useEngine();
  const MARKER = 'a-marker-that-was-deleted';
  const compact = () => engine.db.command({ compact: 'kept', force: true });
  const traces = () =>
    readdirSync(engine.folder).filter(
      (file) => file !== 'engine.sock' && readFileSync(join(engine.folder, file)).includes(MARKER),
    );

  beforeEach(async () => {
    const marked = Array.from({ length: 2000 }, (_, i) => ({ text: `${MARKER}-${i}`.repeat(5) }));
    await engine.db.collection('gone').insertMany(marked);
    await engine.db.collection('gone').createIndexes([{ key: { text: 1 } }]);
    await engine.db.collection('kept').insertOne({ kept: true });
    await engine.db.collection('gone').deleteMany({});
  });

  it('gives back the room, and leaves no byte of what was deleted in any file', async () => {
    const reply = await compact();
    expect(reply.bytesFreed).to.be.greaterThan(500_000);
    expect(traces()).to.deep.equal([]);
  });

  it('holds up neither reads nor writes for good', async () => {
    const kept = engine.db.collection('kept');
    const before = await kept.countDocuments();
    const [, , found] = await Promise.all([
      compact(),
      kept.insertMany(Array.from({ length: 50 }, () => ({ kept: true }))),
      kept.findOne(),
      compact(),
    ]);
    expect(found).to.include({ kept: true });
    expect(await kept.countDocuments()).to.equal(before + 50);
    expect(traces()).to.deep.equal([]);
  });

  it('ends only when no transaction reads the old pages any more', async () => {
    const session = engine.client.startSession();
    session.startTransaction();
    await engine.db.collection('kept').findOne({}, { session });
    let isDone = false;
    const compacting = compact().then(() => (isDone = true));
    const timed = engine.db.command({ compact: 'kept', force: true, maxTimeMS: 100 });
    expect(await codeOf(timed)).to.equal(50);
    expect(isDone).to.equal(false);
    await session.abortTransaction();
    await compacting;
    expect(traces()).to.deep.equal([]);
    await session.endSession();
  });

  it('asks for force, as a primary does, and for a collection', async () => {
    expect(await codeOf(engine.db.command({ compact: 'kept' }))).to.equal(20);
    expect(await codeOf(engine.db.command({ compact: 'none', force: true }))).to.equal(26);
  });

  it('may be cut short by the end of the engine', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    for (let round = 0; round < 2; round++) {
      const other = await startEngine({ folder });
      const client = await new MongoClient(other.uri).connect();
      const collection = client.db('test').collection('c');
      await collection.insertMany(
        Array.from({ length: 5000 }, (_, i) => ({ i, text: 'x'.repeat(500) })),
      );
      const compacting = codeOf(client.db('test').command({ compact: 'c', force: true }));
      await collection.findOne();
      await other.close();
      await compacting;
      await client.close();
    }
    const other = await startEngine({ folder });
    const client = await new MongoClient(other.uri).connect();
    expect(await client.db('test').collection('c').countDocuments()).to.equal(10_000);
    expect(await validate(client.db('test'), 'c')).to.include({ valid: true });
    await client.close();
    await other.close();
    await rm(folder, { recursive: true });
  });
});

describe('Stats', () => {
  const engine = useEngine();
  const text = 'x'.repeat(1000);

  before(async () => {
    const collection = engine.db.collection('sized');
    await collection.createIndexes([{ key: { text: 1 } }, { key: { rare: 1 }, sparse: true }]);
    await collection.insertMany(Array.from({ length: 6000 }, (_, i) => ({ i, text })));
    await engine.db.createCollection('empty');
  });

  it('tell the true sizes of a collection and of its indexes', async () => {
    const stats = await engine.db.command({ collStats: 'sized' });
    const each = BSON.calculateObjectSize({ _id: new BSON.ObjectId(), i: 1, text });
    expect(stats).to.include({ ns: 'test.sized', count: 6000, nindexes: 3, scaleFactor: 1 });
    expect(stats).to.include({ size: 6000 * each, avgObjSize: each });
    const sizes = stats.indexSizes as Record<string, number>;
    expect(sizes.rare_1).to.equal(0);
    expect(sizes._id_).to.be.within(6000 * 12, 6000 * 24);
    expect(sizes.text_1).to.be.within(6000 * 1012, 6000 * 1100);
    const { size, totalIndexSize, totalSize } = stats as Record<string, number>;
    expect(totalSize).to.equal(size! + totalIndexSize!);
  });

  it('are scaled, and zero for what is empty or missing', async () => {
    const { size } = await engine.db.command({ collStats: 'sized' });
    const inKilobytes = await engine.db.command({ collStats: 'sized', scale: 1024 });
    expect(inKilobytes.size).to.equal(Math.floor((size as number) / 1024));
    for (const name of ['empty', 'missing'])
      expect(await engine.db.command({ collStats: name })).to.include({ count: 0, size: 0 });
  });

  it('tell the sum for a database, and the free pages of the file', async () => {
    const sized: Document = await engine.db.command({ collStats: 'sized' });
    const stats: Document = await engine.db.command({ dbStats: 1, freeStorage: 1 });
    expect(stats).to.include({ collections: 2, objects: 6000, indexes: 4, dataSize: sized.size });
    const before = stats.totalFreeStorageSize as number;
    const { databases } = await engine.db.admin().listDatabases();
    const { sizeOnDisk } = databases.find(({ name }) => name === 'test')!;
    expect(sizeOnDisk).to.equal(stats.totalSize);
    expect(sizeOnDisk).to.be.at.least(Number(sized.totalSize));
    await engine.db.collection('sized').deleteMany({});
    const after = await engine.db.command({ dbStats: 1, freeStorage: 1 });
    expect(after.totalFreeStorageSize).to.be.greaterThan(before + 6_000_000);
  });
});
