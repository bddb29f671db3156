import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { startEngine } from '../../server/database/engine/start.ts';
import { Catalog } from '../../server/database/engine/storage/catalog.ts';
import { recordKey } from '../../server/database/engine/storage/documents.ts';
import { Store } from '../../server/database/engine/storage/store.ts';
import { freePort } from '../support/ports.ts';
import { aDataFolder } from '../support/product.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

describe('npm run db', () => {
  const folder = aDataFolder();
  const databaseFolder = path.join(folder.data, 'database');
  const dumpFile = `${folder.data}.archive`;

  async function run(given: string, environment: Record<string, string> = {}) {
    const child = spawn(
      process.execPath,
      ['--import=tsx', 'scripts/db.ts', ...given.split(' ').filter((word) => word !== '')],
      {
        cwd: projectFolder,
        env: { PATH: process.env.PATH, HABEAS_DATA_DIR: folder.data, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    const read = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  async function withEngine(work: (client: MongoClient) => Promise<void>): Promise<void> {
    const engine = await startEngine({ folder: databaseFolder });
    const client = await new MongoClient(engine.uri).connect();
    try {
      await work(client);
    } finally {
      await client.close();
      await engine.close();
    }
  }

  before(() =>
    withEngine(async (client) => {
      const subjects = client.db('habeas').collection('subjects');
      await subjects.createIndexes([{ key: { n: 1 } }]);
      await subjects.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: n as never, n })));
    }),
  );
  after(() => {
    folder.remove();
  });

  it('explains itself to whoever asks for something else', async () => {
    const orders = ['', 'mend', 'dump', 'restore a --gzip', 'check -x'];
    for (const order of orders) {
      const { code, output } = await run(order);
      expect(code, order).to.equal(64);
      expect(output).to.match(/^Usage: npm run db -- check \| stats/u);
    }
  });

  it('says in a sentence that there is no database, or none that answers', async () => {
    const none = await run('check', { HABEAS_DATA_DIR: `${folder.data}-none` });
    expect(none.code).to.equal(1);
    expect(none.output).to.equal(
      `There is no database in ${folder.data}-none: name its folder with HABEAS_DATA_DIR.\n`,
    );
    const silent = await run('check', {
      MONGODB_URI: `mongodb://127.0.0.1:${await freePort()}/habeas`,
      HABEAS_KEY: Buffer.alloc(32).toString('base64'),
    });
    expect(silent.code).to.equal(1);
    expect(silent.output).to.match(/^The database in MONGODB_URI cannot be reached: .*\n$/u);
  });

  it('dumps a stopped installation, and restores it elsewhere', async () => {
    const dumped = await run(`dump ${dumpFile} --gzip`);
    expect(dumped.output).to.include('Dumped 50 documents of 1 collections').and.to.include('key');
    expect(dumped.code).to.equal(0);
    expect(statSync(dumpFile).mode & 0o777).to.equal(0o600);
    expect(readdirSync(path.dirname(dumpFile)).filter((name) => name.includes('.part'))).to.be
      .empty;
    const elsewhere = { HABEAS_DATA_DIR: `${folder.data}-copy` };
    const restored = await run(`restore ${dumpFile}`, elsewhere);
    expect(restored.output).to.include('Restored 50 documents of 1 collections into habeas');
    expect(restored.code).to.equal(0);
    const again = await run(`restore ${dumpFile}`, elsewhere);
    expect(again.output).to.include('There is data in subjects already');
    expect(again.code).to.equal(1);
    const checked = await run('check', elsewhere);
    expect(checked.output).to.include('subjects: 50 records, 2 indexes');
    expect(checked.code).to.equal(0);
  });

  it('works beside a running service, except that it restores nothing under it', async () => {
    await withEngine(async () => {
      const uri = { MONGODB_URI: '' };
      for (const order of ['stats', 'check', 'compact', `dump ${dumpFile}-2`]) {
        const { code, output } = await run(order, uri);
        expect(code, output).to.equal(0);
      }
      const { code, output } = await run(`restore ${dumpFile} --drop`, uri);
      expect(code).to.equal(1);
      expect(output).to.equal('The service is running: stop it first.\n');
    });
  });

  it('fails when it finds damage', async () => {
    const store = new Store(databaseFolder);
    const catalog = new Catalog(store);
    await catalog.open();
    await store.write(() => {
      store.view.remove(recordKey(catalog.find('habeas.subjects')!, 7));
    });
    await store.close();
    const { code, output } = await run('check');
    expect(code).to.equal(1);
    expect(output).to.include('DAMAGED subjects: 49 records, 2 indexes');
    expect(output).to.include("Index with name 'n_1' has inconsistencies.");
    expect(output).to.include('Damaged: subjects.');
  });

  it('says what keeps a folder from being opened', async () => {
    const broken = { HABEAS_DATA_DIR: `${folder.data}-broken` };
    mkdirSync(path.join(broken.HABEAS_DATA_DIR, 'database'), { recursive: true });
    writeFileSync(path.join(broken.HABEAS_DATA_DIR, 'database', 'engine.db'), 'x'.repeat(10_000));
    const { code, output } = await run('check', broken);
    expect(code).to.equal(1);
    expect(output).to.match(/^[^\n]*not a database[^\n]*\n$/u);
  });
});
