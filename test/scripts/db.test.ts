import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BSON, type Db, type Document } from 'mongodb';
import { expect } from 'chai';
import { writeArchive } from '../../scripts/db/archive-writer.ts';
import { checkDatabase } from '../../scripts/db/check.ts';
import { compactDatabase } from '../../scripts/db/compact.ts';
import { dumpDatabase } from '../../scripts/db/dump.ts';
import { ToolFailed } from '../../scripts/db/outcome.ts';
import { restoreDatabase } from '../../scripts/db/restore.ts';
import { describeSizes } from '../../scripts/db/stats.ts';
import { useEngine, type EngineUnderTest } from '../engine/support.ts';

const { Binary, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = BSON;

/** A document with elements that the driver itself would not write. */
function withRaw(document: Document, hex: string): Buffer {
  const body = Buffer.concat([
    Buffer.from(BSON.serialize(document)).subarray(4, -1),
    Buffer.from(hex, 'hex'),
    Buffer.from([0]),
  ]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

const numbers = [
  new Int32(1),
  new Double(1),
  Long.fromNumber(1),
  Decimal128.fromString('1.00'),
  new Double(-0),
  new Double(NaN),
  new Double(-Infinity),
  Long.MIN_VALUE,
  Decimal128.fromString('-9.99E+6144'),
];

const everyType: Buffer[] = [
  BSON.serialize({
    _id: 1,
    numbers,
    text: '',
    more: 'ä\0😀',
    flag: true,
    none: null,
    at: new Date(-1),
  }),
  BSON.serialize({
    _id: new ObjectId(),
    bytes: [0, 2, 3, 4, 5, 0x80].map((type) => new Binary(Buffer.from('0123456789abcdef'), type)),
    empty: new Binary(Buffer.alloc(0)),
    inner: { a: [[], {}, [{ b: [] }]] },
    stamp: new Timestamp({ t: 1, i: 2 }),
    least: new BSON.MinKey(),
    most: new BSON.MaxKey(),
    pattern: new BSON.BSONRegExp('a.b', 'ix'),
    code: new Code('f()'),
    symbol: new BSON.BSONSymbol('s'),
  }),
  // An undefined, twice the same field, and fields that look like numbers, out of order.
  withRaw(
    { _id: 'raw' },
    '0675 00 1078000100 0000 1078000200 0000 0832000 1 08310001'.replaceAll(' ', ''),
  ),
  BSON.serialize({ _id: { compound: 'key' }, large: 'x'.repeat(1_000_000) }),
].map((bytes) => Buffer.from(bytes));

const indexes = [
  { key: { text: 1 }, name: 'text_1', unique: true, sparse: true },
  { key: { 'inner.a': -1, flag: 1 }, name: 'compound' },
  { key: { numbers: 1 }, name: 'numbers_1', hidden: true },
  { key: { at: 1 }, name: 'ttl', expireAfterSeconds: 2_000_000_000 },
  { key: { none: 1 }, name: 'partial', partialFilterExpression: { flag: { $eq: true } } },
];

interface Content {
  db?: string;
  collection: string;
  documents?: Buffer[];
  metadata?: Document;
  type?: string;
}

async function writeFile(file: string, contents: Content[]): Promise<void> {
  const archive = writeArchive(
    { server: '7.0.0', tool: '100.9.4' },
    contents.map(({ db = 'elsewhere', collection, documents = [], metadata, type }) => ({
      description: {
        db,
        collection,
        metadata: metadata ? BSON.EJSON.stringify(metadata, { relaxed: false }) : '',
        size: 0,
        type: type ?? 'collection',
      },
      batches: Readable.from(documents.length > 0 ? [documents] : []),
    })),
  );
  writeFileSync(
    file,
    await Readable.from(archive).reduce(
      (all, part: Buffer) => Buffer.concat([all, part]),
      Buffer.alloc(0),
    ),
  );
}

async function contentOf(db: Db) {
  const content: Record<string, unknown> = {};
  for (const { name } of await db.listCollections().toArray()) {
    const documents = await db.collection(name).find({}, { raw: true }).toArray();
    content[name] = {
      documents: documents.map((bytes) =>
        Buffer.from(bytes as unknown as Uint8Array).toString('hex'),
      ),
      indexes: (await db.collection(name).listIndexes().toArray()) as unknown,
    };
  }
  return content;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return '';
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    return error.message;
  }
}

const openedIn = (engine: EngineUnderTest, db: Db, isOurs = true) => ({
  db: db as never,
  client: engine.client as never,
  folder: engine.folder,
  isOurs,
});

describe('Dumps', () => {
  const here = useEngine();
  const there = useEngine();
  const folder = mkdtempSync(path.join(tmpdir(), 'habeas-dump-'));
  let files = 0;
  const newFile = () => path.join(folder, `${++files}.archive`);
  const dump = (db: Db, options: { isZipped?: boolean; isOurs?: boolean } = {}) => {
    const file = newFile();
    const { isZipped = false, isOurs = true } = options;
    return dumpDatabase(openedIn(here, db, isOurs), file, { isZipped }).then(() => file);
  };
  const restore = (db: Db, file: string, mayDrop = false) =>
    restoreDatabase({ db: db }, file, { mayDrop });

  before(async () => {
    const file = newFile();
    await writeFile(file, [
      { collection: 'types', documents: everyType, metadata: { indexes } },
      {
        collection: 'empty',
        metadata: { indexes: [{ key: { _id: 1 }, name: '_id_' }, indexes[0]] },
      },
      { collection: 'plain', documents: everyType.slice(0, 1) },
      { db: 'admin', collection: 'system.version', documents: everyType.slice(0, 1) },
    ]);
    await restore(here.db, file);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('hold what was written, byte for byte, with all indexes', async () => {
    const content = await contentOf(here.db);
    expect(Object.keys(content)).to.have.members(['types', 'empty', 'plain']);
    expect(content.types).to.deep.include({ documents: idOrder(everyType) });
    for (const isZipped of [false, true])
      for (const isOurs of [false, true]) {
        const file = await dump(here.db, { isZipped, isOurs });
        const db = there.client.db(`copy-${isZipped}-${isOurs}`);
        await restore(db, file);
        expect(await contentOf(db)).to.deep.equal(content);
        expect((await checkDatabase({ db: db })).isSound).to.equal(true);
      }
    expect(await here.db.collection('types').indexes()).to.deep.equal([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      ...indexes.map((index) => ({ v: 2, ...index })),
    ]);
  });

  it('are files that only this user can read, and never replace another', async () => {
    const file = await dump(here.db);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const again = dumpDatabase(openedIn(here, here.db), file, { isZipped: false });
    expect(await failureOf(again)).to.include('exists already');
    const nowhere = path.join(folder, 'no', 'such');
    const lost = dumpDatabase(openedIn(here, here.db), nowhere, { isZipped: false });
    expect(await failureOf(lost)).to.include(`${nowhere} cannot be written`);
  });

  it('show one moment, also while others write', async () => {
    const db = here.client.db('moment');
    const session = here.client.startSession();
    for (const name of ['a', 'z']) await db.createCollection(name);
    const state = { isDone: false };
    const writing = (async () => {
      while (!state.isDone)
        await session.withTransaction(async () => {
          for (const name of ['a', 'z'])
            await db.collection(name).insertMany([{ t: 'x'.repeat(500) }, { t: 1 }], { session });
        });
    })();
    while ((await db.collection('z').estimatedDocumentCount()) < 100);
    const sizes: number[] = [];
    for (let i = 0; i < 5; i++) {
      const copy = there.client.db(`moment-${i}`);
      await restore(copy, await dump(db, { isOurs: false }));
      const [a, z] = await Promise.all(
        ['a', 'z'].map((name) => copy.collection(name).countDocuments()),
      );
      expect(a).to.equal(z);
      sizes.push(a!);
    }
    state.isDone = true;
    await writing;
    await session.endSession();
    expect(new Set(sizes).size).to.be.greaterThan(1);
  });

  it('are not made at all when their transaction ends before them', async () => {
    const db = here.client.db('many');
    const many = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    await db.collection('c').insertMany(many);
    const state = { isDone: false };
    const dumping = failureOf(dump(db, { isOurs: false })).finally(() => {
      state.isDone = true;
    });
    while (!state.isDone) await here.client.db('admin').command({ killAllSessions: [] });
    expect(await dumping).to.include('stop the service, and dump again');
    expect(readdirSync(folder).filter((name) => name.startsWith(`${files}.`))).to.be.empty;
  });

  it('say what they hold in the words of mongodump', async () => {
    const file = await dump(here.db, { isZipped: true });
    const bytes = gunzipSync(readFileSync(file));
    const header = BSON.deserialize(bytes.subarray(4, 4 + bytes.readInt32LE(4)));
    expect(header).to.include({
      version: '0.1',
      server_version: '7.0.0',
      concurrent_collections: 1,
    });
    const start = 4 + bytes.readInt32LE(4);
    const described = BSON.deserialize(bytes.subarray(start, start + bytes.readInt32LE(start)));
    expect(described).to.include({ db: 'test', collection: 'empty', type: 'collection' });
    const metadata = JSON.parse(described.metadata as string) as Document;
    expect(metadata).to.have.all.keys('options', 'indexes', 'uuid', 'collectionName', 'type');
    expect(metadata.uuid).to.match(/^[0-9a-f]{32}$/u);
    expect((metadata.indexes as Document[])[1]).to.deep.equal({
      v: { $numberInt: '2' },
      key: { text: { $numberInt: '1' } },
      name: 'text_1',
      unique: true,
      sparse: true,
    });
  });

  describe('when restored', () => {
    let file = '';
    let db: Db;
    beforeEach(async () => {
      file = await dump(here.db);
      db = there.client.db(`target-${files}`);
    });

    it('do not replace data, unless told to', async () => {
      await db.collection('types').insertOne({ mine: true });
      await db.collection('other').insertOne({ mine: true });
      const before = await contentOf(db);
      expect(await failureOf(restore(db, file))).to.include('There is data in types already');
      expect(await contentOf(db)).to.deep.equal(before);
      await restore(db, file, true);
      const { other, ...restored } = await contentOf(db);
      expect(restored).to.deep.equal(await contentOf(here.db));
      expect(other).to.deep.equal(before.other);
    });

    it('take the place of empty collections, and of their indexes', async () => {
      await db.collection('types').createIndexes([{ key: { other: 1 } }]);
      await restore(db, file);
      expect(await contentOf(db)).to.deep.equal(await contentOf(here.db));
    });

    it('change nothing when they are damaged', async () => {
      await db.collection('types').insertOne({ mine: true });
      const before = await contentOf(db);
      const zipped = newFile();
      writeFileSync(zipped, gzipSync(readFileSync(file)));
      const flipped = newFile();
      const bytes = readFileSync(file);
      bytes[bytes.length - 5000]! ^= 1;
      writeFileSync(flipped, bytes);
      for (const cut of [file, zipped]) truncateSync(cut, statSync(cut).size - 9);
      const empty = newFile();
      writeFileSync(empty, '');
      for (const damaged of [file, zipped, flipped, empty])
        expect(await failureOf(restore(db, damaged, true))).to.include(
          `${damaged} is no whole archive`,
        );
      expect(await failureOf(restore(db, path.join(folder, 'none')))).to.include('cannot be read');
      expect(await contentOf(db)).to.deep.equal(before);
    });

    it('are refused when they hold more than a database of ours can', async () => {
      const refusalOf = async (contents: Content[]) => {
        await writeFile(file, contents);
        return failureOf(restore(db, file));
      };
      const two = [
        { db: 'a', collection: 'c' },
        { db: 'b', collection: 'c' },
      ];
      expect(await refusalOf(two)).to.include('several databases (a, b)');
      expect(await refusalOf([{ db: '', collection: 'oplog' }])).to.include('--oplog');
      expect(await refusalOf([{ db: 'admin', collection: 'c' }])).to.include('no collection');
      const view = { collection: 'v', metadata: { type: 'view', options: { viewOn: 'c' } } };
      expect(await refusalOf([view])).to.include('v is a view');
      expect(await contentOf(db)).to.deep.equal({});
    });
  });
});

/** As a scan gives documents: in the order of their ids. */
function idOrder(documents: Buffer[]): string[] {
  const [number, objectId, text, compound] = documents.map((bytes) => bytes.toString('hex'));
  return [number!, text!, compound!, objectId!];
}

describe('Database tools', () => {
  const engine = useEngine();
  const opened = () => openedIn(engine, engine.db);
  before(() =>
    engine.collectionOf(Array.from({ length: 3000 }, (_, i) => ({ text: `${i}`.repeat(200) }))),
  );

  it('tell sizes as a table, and those of the files', async () => {
    await engine.db.createCollection('none');
    const { report } = await describeSizes(opened());
    const lines = report.split('\n');
    expect(lines[0]).to.match(/^collection +documents +average +data +indexes +in indexes$/u);
    expect(lines[1]).to.match(/^c1 +3000 +\d+ B +[\d.]+ MB +1 +0\.0\d MB$/u);
    expect(lines[2]).to.match(/^none +0 +0 B +0\.00 MB +1 +0\.00 MB$/u);
    expect(lines[3]).to.match(/^all +3000 /u);
    expect(report).to.include(`Files in ${engine.folder}: engine.db `);
  });

  it('give back what was deleted', async () => {
    await engine.db.collection('c1').deleteMany({ _id: { $gt: 10 as never } });
    const { report } = await compactDatabase(opened());
    expect(Number(/Compacted: ([\d.]+) MB/u.exec(report)?.[1])).to.be.greaterThan(1);
  });

  it('find a whole database whole', async () => {
    const { report, isSound } = await checkDatabase(opened());
    expect(isSound).to.equal(true);
    expect(report).to.match(
      /ok {5} c1: 10 records, 1 indexes\n.*\nThe database is whole: 2 collections\./u,
    );
  });
});
