import { expect } from 'chai';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { engineUri } from '../../server/database/engine/start.ts';
import { freePort } from '../support/ports.ts';
import { aDataFolder, startProduct, type Product } from '../support/product.ts';
import { addressOf } from '../support/server.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

// An engine in a process of its own stands for the replica set: the product knows only its address.
describe('Nodes that share a database', () => {
  const folder = aDataFolder();
  const started: Product[] = [];
  let server: ChildProcess;
  let client: MongoClient;

  before(async () => {
    server = fork(new URL('../engine/engine-process.ts', import.meta.url), [folder.data], {
      execArgv: ['--import=tsx'],
    });
    await once(server, 'message');
    client = await new MongoClient(engineUri(folder.data)).connect();
  });
  after(async () => {
    await client.close();
    const exit = once(server, 'exit');
    server.kill();
    await exit;
    folder.remove();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((product) => product.stop()));
  });

  const aDeployment = () => {
    const database = `nodes-${randomBytes(4).toString('hex')}`;
    return {
      database: client.db(database),
      settings: {
        MONGODB_URI: addressOf(engineUri(folder.data), database),
        HABEAS_KEY: randomBytes(32).toString('base64'),
        HABEAS_DATA_DIR: `${folder.data}-unused`,
        PUBLIC_URL: 'http://localhost:8080',
      },
    };
  };
  const aNode = async (settings: ReturnType<typeof aDeployment>['settings']) => {
    const [PORT, DEMO_PORT] = [await freePort(), await freePort()].map(String) as [string, string];
    const product = startProduct({ ...settings, PORT, DEMO_PORT });
    started.push(product);
    return product;
  };
  const migrate = async (settings: Record<string, string>) => {
    const { PATH } = process.env;
    const child = spawn(process.execPath, ['scripts/run.mjs', 'migrate'], {
      cwd: projectFolder,
      env: { PATH, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const read = (chunk: Buffer) => (printed += chunk.toString());
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, printed };
  };

  it('prepare it once when all start for the first time together', async () => {
    const { settings, database } = aDeployment();
    const nodes = await Promise.all([aNode(settings), aNode(settings), aNode(settings)]);
    await Promise.all(nodes.map(({ ready }) => ready));
    for (const node of nodes) {
      expect((await fetch(`${node.origin}/readyz`)).status).to.equal(200);
      expect(node.output()).not.to.contain('starts again');
    }
    expect(await database.collection('organizations').countDocuments()).to.equal(1);
    expect(await database.collection('installation').countDocuments()).to.equal(1);
    const sweeps = await database.collection('agendaJobs').find({ type: 'single' }).toArray();
    expect(new Set(sweeps.map(({ name }) => String(name))).size).to.equal(sweeps.length);
  });

  it('find it prepared by npm run migrate, which says what it made and what is not ours', async () => {
    const { settings, database } = aDeployment();
    const first = await migrate(settings);
    expect(first.code, first.printed).to.equal(0);
    expect(first.printed)
      .to.contain('made     mails.nextActionAt_1')
      .and.contain('The database is ready for this version.');
    await database.collection('mails').createIndex({ template: 1 }, undefined, undefined);
    const again = await migrate(settings);
    expect(again.printed).to.contain('unknown  mails.template_1').and.not.contain('made');
    const node = await aNode(settings);
    await node.ready;
  });

  it('end with a sentence when a newer version has migrated', async () => {
    const { settings, database } = aDeployment();
    await migrate(settings);
    await database.collection('installation').updateOne({}, { $set: { format: 99 } });
    const node = await aNode(settings);
    expect(await node.ended).to.equal(78);
    expect(node.output()).to.contain('start the newer version').and.not.contain('starts again');
    expect((await migrate(settings)).code).to.equal(78);
  });
});
