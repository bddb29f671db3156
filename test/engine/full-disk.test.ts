import { expect } from 'chai';
import type SqlDatabase from 'libsql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection, type Db } from 'mongodb';
import { engineUri } from '../../server/database/engine/address.ts';
import { Database } from '../../server/database/engine/database.ts';
import { WireServer } from '../../server/database/engine/server.ts';
import { codeOf } from './support.ts';

const FULL = 14031;
const PLENTY = 2 ** 30;
const ROW = 'x'.repeat(3000);

describe('A full disk', () => {
  let folder = '';
  let database: Database;
  let server: WireServer;
  let client: MongoClient;
  let db: Db;
  let full: Collection;

  async function start(): Promise<void> {
    database = await Database.open(folder);
    server = new WireServer(database);
    await server.listenOnSocket(join(folder, 'engine.sock'));
    client = await new MongoClient(engineUri(folder)).connect();
    db = client.db('test');
    full = db.collection('full');
  }

  async function stop(): Promise<void> {
    await client.close();
    await server.close();
    await database.close();
  }

  /** As if the disk had room for so many pages of 4 kB; SQLite then fails as on a disk that is full. */
  function allowPages(more: number): void {
    const sql = Reflect.get(database.store, 'database') as SqlDatabase.Database;
    const [pages] = sql.prepare('PRAGMA page_count').raw().get() as [number];
    sql.exec(`PRAGMA max_page_count = ${pages + more}`);
  }

  const everything = async () => ({
    catalog: database.catalog.all().map((each) => ({ ...each.toStored(), count: each.count })),
    documents: await full.find().sort({ _id: 1 }).toArray(),
    byIndex: await full.find().hint('n_1').sort({ n: 1 }).toArray(),
    counted: await full.countDocuments({}),
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    await start();
    await full.createIndex({ n: 1 }, { unique: true }, undefined);
    await full.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: n as never, n, ROW })));
  });

  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  /** A command fails for want of room, and nothing of it is left, in memory or on disk; then it succeeds. */
  async function expectAllOrNothing(command: () => Promise<unknown>): Promise<void> {
    const before = await everything();
    allowPages(0);
    expect(await codeOf(command())).to.equal(FULL);
    expect(await everything()).to.deep.equal(before);
    await stop();
    await start();
    expect(await everything()).to.deep.equal(before);
    allowPages(PLENTY);
    await command();
    expect(await everything()).not.to.deep.equal(before);
  }

  const rows = (count: number, from = 1000) =>
    Array.from({ length: count }, (_, i) => ({ _id: (from + i) as never, n: from + i, ROW }));

  it('fails an insert whole', () => expectAllOrNothing(() => full.insertMany(rows(100))));

  it('fails an update whole', () =>
    expectAllOrNothing(() => full.updateOne({ n: 1 }, { $set: { more: ROW.repeat(20) } })));

  it('fails an upsert and the new collection that it would have made', () =>
    expectAllOrNothing(() =>
      db
        .collection('made')
        .updateOne({ n: 1 }, { $set: { ROW: ROW.repeat(20) } }, { upsert: true }),
    ));

  it('fails $out and keeps what was there', () =>
    expectAllOrNothing(() =>
      full.aggregate([{ $set: { more: ROW.repeat(4) } }, { $out: 'full' }]).toArray(),
    ));

  it('fails an index build, which leaves no half of an index', () =>
    expectAllOrNothing(() => full.createIndex({ ROW: 1, n: 1 }, undefined, undefined)));

  it('fails all that share the commit', async () => {
    const before = await everything();
    allowPages(2);
    const inserts = Array.from({ length: 20 }, (_, i) => rows(5, 1000 + i * 5));
    const codes = await Promise.all(inserts.map((some) => codeOf(full.insertMany(some))));
    expect(codes).to.include(FULL);
    const acknowledged = codes.filter((code) => code === undefined).length;
    expect(await full.countDocuments({})).to.equal(before.counted + acknowledged * 5);
    allowPages(PLENTY);
    for (const [i, code] of codes.entries())
      if (code !== undefined) await full.insertMany(inserts[i] ?? []);
    expect(await full.countDocuments({ n: { $gte: 1000 } })).to.equal(100);
  });

  it('fails a commit, after which the transaction is gone', async () => {
    const session = client.startSession();
    const before = await everything();
    session.startTransaction();
    await full.insertMany(rows(100), { session });
    await full.deleteOne({ n: 1 }, { session });
    allowPages(0);
    expect(await codeOf(session.commitTransaction())).to.equal(FULL);
    expect(await everything()).to.deep.equal(before);
    expect(await codeOf(session.commitTransaction())).to.equal(251);
    allowPages(PLENTY);
    await session.withTransaction(async () => {
      await full.insertMany(rows(100), { session });
      await full.deleteOne({ n: 1 }, { session });
    });
    await session.endSession();
    expect(await full.countDocuments({})).to.equal(before.counted + 99);
  });

  it('lets room be made', async () => {
    allowPages(0);
    expect(await codeOf(full.insertMany(rows(20)))).to.equal(FULL);
    await full.deleteMany({ n: { $lt: 40 } });
    await full.insertMany(rows(20));
    expect(await full.countDocuments({})).to.equal(30);
  });
});
