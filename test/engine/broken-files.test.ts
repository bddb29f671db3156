import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection } from 'mongodb';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { endProcess, engineScript, killProcesses, startEngineProcess } from './processes.ts';
import { randomFrom } from './seed.ts';
import { codeOf } from './support.ts';

const ROWS = 2000;

describe('Files that are not as they were', function () {
  let whole: Buffer;
  let folder = '';
  let file = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const engine = await startEngine({ folder });
    const client = new MongoClient(engine.uri);
    const collection = client.db('test').collection('c');
    await collection.createIndex({ n: 1 }, undefined, undefined);
    const rows = Array.from({ length: ROWS }, (_, n) => ({ n, text: `${n} `.repeat(50) }));
    await collection.insertMany(rows);
    await client.close();
    await engine.close();
    whole = readFileSync(join(folder, 'engine.db'));
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    file = join(folder, 'engine.db');
    writeFileSync(file, whole);
  });
  afterEach(() => {
    killProcesses();
    return rm(folder, { recursive: true, force: true });
  });

  const refusal = async () => {
    const outcome = await startEngine({ folder }).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error);
    return (outcome as Error).message;
  };

  async function withClient(uri: string, work: (rows: Collection) => Promise<void>): Promise<void> {
    const client = await new MongoClient(uri).connect();
    try {
      await work(client.db('test').collection('c'));
    } finally {
      await client.close();
    }
  }

  it('a text in place of the database is refused, by name, with what to do', async () => {
    writeFileSync(file, 'This is no database at all. '.repeat(500));
    expect(await refusal()).to.include(`${file} cannot be opened. It is damaged: put a backup`);
  });

  it('a database cut short is refused, by name, with what to do', async () => {
    truncateSync(file, whole.length / 2);
    expect(await refusal()).to.include(`${file} cannot be opened. It is damaged: put a backup`);
  });

  it('a catalog entry that cannot be read is refused, by name, with what to do', async () => {
    const place = whole.indexOf('namespace');
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, place - 5, place + 20);
    writeFileSync(file, damaged);
    expect(await refusal()).to.include(`${file} cannot be opened. It is damaged: put a backup`);
  });

  it('a folder in place of the database is refused, by name', async () => {
    rmSync(file);
    await mkdir(file);
    expect(await refusal()).to.include(`${file} cannot be opened.`);
  });

  it('a folder that this user may not write to is refused, by name', async function () {
    await chmod(folder, 0o555);
    // For root every folder is writable, so root lets nobody try.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    // Root may keep the sources where nobody else can read them.
    if (spawnSync('test', ['-r', engineScript], user).status !== 0) this.skip();
    const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', engineScript, folder], {
      ...user,
      encoding: 'utf8',
    });
    expect(stderr).to.include(`The database folder ${folder} cannot be read and written`);
    expect(status).to.equal(1);
  });

  it('a log of garbage is no log: what was in the file is there', async () => {
    writeFileSync(`${file}-wal`, Buffer.alloc(50_000, 'garbage '));
    const engine = await startEngine({ folder });
    await withClient(engine.uri, async (rows) => {
      expect(await rows.countDocuments({ n: { $gte: 0 } })).to.equal(ROWS);
      await rows.insertOne({ n: ROWS });
    });
    await engine.close();
  });

  it('bytes flipped anywhere make errors at most, and never end the process', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = randomFrom(seed);
      const damaged = Buffer.from(whole);
      for (let i = 0; i < 40; i++) {
        const place = 4096 + Math.floor(random() * (damaged.length - 4096));
        damaged.fill(Math.floor(random() * 256), place, place + 8);
      }
      writeFileSync(file, damaged);
      const engine = await startEngine({ folder }).catch(() => undefined);
      if (!engine) continue;
      await withClient(engine.uri, async (rows) => {
        for (let n = 0; n < ROWS; n += 50)
          await codeOf(rows.find({ n: { $gte: n, $lt: n + 50 } }).toArray());
        await codeOf(rows.find().toArray());
        await codeOf(rows.updateMany({}, { $set: { changed: true } }));
        await codeOf(rows.deleteMany({ n: { $lt: 1000 } }));
        await codeOf(rows.insertOne({ n: -1 }));
        expect(await rows.db.command({ ping: 1 }), `seed ${seed}`).to.include({ ok: 1 });
      });
      await engine.close();
    }
  });

  it('a file cut short under a running engine fails what needs the lost pages, and only that', async () => {
    const child = await startEngineProcess(folder);
    await withClient(engineUri(folder), async (rows) => {
      expect(await rows.countDocuments({ n: { $lt: 10 } })).to.equal(10);
      truncateSync(file, whole.length / 4);
      expect(await codeOf(rows.find().toArray())).to.be.oneOf([301, 39]);
      expect(await rows.db.command({ ping: 1 })).to.include({ ok: 1 });
    });
    expect(await endProcess(child, 'SIGTERM')).to.equal(0);
  });

  it('a folder removed under a running engine is noticed by the next write', async () => {
    const child = await startEngineProcess(folder);
    await withClient(engineUri(folder), async (rows) => {
      await rows.insertOne({ n: ROWS });
      rmSync(folder, { recursive: true });
      const error = await rows.insertOne({ n: ROWS }).catch((e: unknown) => e);
      expect(error).to.include({ code: 39, codeName: 'FileStreamFailed' });
      expect(String(error)).to.include(file);
      expect(await rows.countDocuments({})).to.equal(ROWS + 1);
    });
    expect(await endProcess(child, 'SIGTERM')).to.equal(0);
  });

  it('files that may not grow fail writes until the log is emptied, and the process ends well', async () => {
    rmSync(file);
    // In the shell's own unit of 512 or 1024 bytes; only what this engine writes is that big.
    const wrapper = ['sh', '-c', 'ulimit -f 3000; exec "$0" "$@"'];
    const child = await startEngineProcess(folder, { wrapper });
    const acknowledged: number[] = [];
    const refused: unknown[] = [];
    let next = 0;
    const write = async (rows: Collection) => {
      const n = next++;
      const code = await codeOf(rows.insertOne({ n, text: 'x'.repeat(10_000) }));
      if (code === undefined) acknowledged.push(n);
      else refused.push(code);
    };
    await withClient(engineUri(folder), async (rows) => {
      await rows.createIndex({ n: 1 }, { unique: true }, undefined);
      while (refused.length === 0) await Promise.all(Array.from({ length: 8 }, () => write(rows)));
      const before = acknowledged.length;
      while (acknowledged.length === before) await write(rows);
      const found = await rows.find({}, { projection: { n: 1 }, sort: { n: 1 } }).toArray();
      expect(found.map(({ n }) => Number(n))).to.deep.equal(acknowledged.sort((a, b) => a - b));
      expect(await rows.countDocuments({ n: { $gte: 0 } })).to.equal(acknowledged.length);
      expect(new Set(refused)).to.deep.equal(new Set([39]));
    });
    expect(await endProcess(child, 'SIGTERM')).to.equal(0);
    const engine = await startEngine({ folder });
    await withClient(engine.uri, async (rows) => {
      expect(await rows.distinct('n')).to.have.members(acknowledged);
      expect(await rows.countDocuments({})).to.equal(acknowledged.length);
    });
    await engine.close();
  });
});
