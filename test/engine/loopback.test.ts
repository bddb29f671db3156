import { expect } from 'chai';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, Long, MongoClient, type Document, type MongoClientOptions } from 'mongodb';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';
import { message, opMsg, RawConnection } from './raw-connection.ts';
import { codeOf } from './support.ts';

describe('The engine on loopback, where a folder’s path is too long for a socket', () => {
  let parent = '';
  let folder = '';
  let engine: Engine;
  const clients: MongoClient[] = [];

  /** A client of this address, with some of its parts changed. */
  function clientWith(change: (uri: URL) => void, options: MongoClientOptions = {}): MongoClient {
    const uri = new URL(engine.uri);
    change(uri);
    const client = new MongoClient(uri.href, { serverSelectionTimeoutMS: 5_000, ...options });
    clients.push(client);
    return client;
  }

  const stranger = () =>
    clientWith((uri) => {
      uri.username = '';
      uri.password = '';
      uri.search = '?directConnection=true';
    });

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'engine-'));
    folder = join(parent, 'x'.repeat(60), 'y'.repeat(60));
    engine = await startEngine({ folder });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  after(async () => {
    await engine.close();
    await rm(parent, { recursive: true });
  });

  it('keeps its address in a file for this user only', async () => {
    const file = join(folder, 'engine.address');
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readFile(file, 'utf8')).to.equal(`${engine.uri}\n`);
    expect(new URL(engine.uri).password).to.have.lengthOf(43);
  });

  it('lets in who knows the password', async () => {
    const { host } = new URL(engine.uri);
    const client = clientWith(() => undefined);
    await client
      .db('test')
      .collection('c')
      .insertOne({ text: 'x'.repeat(100_000) });
    const hello: Document = await client.db('admin').command({ hello: 1 });
    expect(hello).to.deep.include({ me: host, hosts: [host], primary: host });
    const { authInfo } = await client.db('admin').command({ connectionStatus: 1 });
    expect((authInfo as Document).authenticatedUsers).to.deep.equal([
      { user: 'engine', db: 'admin' },
    ]);
  });

  it('tells a client that asks which mechanism to use', async () => {
    const client = clientWith((uri) => {
      uri.search = '?directConnection=true&authSource=admin';
    });
    expect(await client.db('test').collection('none').countDocuments()).to.equal(0);
  });

  for (const [who, change] of [
    ['a wrong password', (uri: URL) => (uri.password = 'guess')],
    ['another user', (uri: URL) => (uri.username = 'root')],
    ['another database’s user', (uri: URL) => (uri.search = uri.search.replace('admin', 'test'))],
  ] as const)
    it(`refuses ${who}`, async () => {
      const client = clientWith(change);
      expect(await codeOf(client.db('test').command({ ping: 1 }))).to.equal(18);
    });

  it('answers strangers what they need for logging in, and no more', async () => {
    const db = stranger().db('admin');
    for (const command of ['hello', 'ping', 'buildInfo', 'connectionStatus', 'logout'])
      expect(await codeOf(db.command({ [command]: 1 })), command).to.equal(undefined);
    for (const command of ['find', 'insert', 'serverStatus', 'endSessions', 'getParameter']) {
      const error = (await db.command({ [command]: 1 }).catch((e: unknown) => e)) as Document;
      expect(error).to.include({ code: 13, message: `Command ${command} requires authentication` });
    }
    expect(await codeOf(db.command({ nothing: 1 }))).to.equal(59);
  });

  it('gives a stranger no reply that was kept for somebody’s retry', async () => {
    const client = clientWith(() => undefined);
    const session = client.startSession();
    const write = { insert: 'kept', documents: [{ _id: 1 }], txnNumber: Long.fromNumber(1001) };
    expect(await client.db('test').command(write, { session })).to.include({ n: 1 });
    const connection = await RawConnection.open(engine.uri);
    const { txnNumber } = write;
    const reply = await connection.ask(
      opMsg({ ping: 1, lsid: session.id, txnNumber, $db: 'test' }),
    );
    expect(reply).to.include({ ok: 0, code: 50768 });
    await session.endSession();
    connection.close();
  });

  it('wants the steps of a login in their order', async () => {
    const connection = await RawConnection.open(engine.uri);
    const ask = (command: Document) => connection.ask(opMsg({ ...command, $db: 'admin' }));
    const payload = (text: string) => new BSON.Binary(Buffer.from(text));
    const start = (mechanism: string) =>
      ask({ saslStart: 1, mechanism, payload: payload('n,,n=engine,r=abcdef') });
    const proceed = (text: string, conversationId = 1) =>
      ask({ saslContinue: 1, conversationId, payload: payload(text) });
    expect(await proceed('')).to.include({ code: 17, codeName: 'ProtocolError' });
    expect(await start('SCRAM-SHA-1')).to.include({ code: 334, codeName: 'MechanismUnavailable' });
    const first = (await start('SCRAM-SHA-256'))!;
    expect(first).to.include({ conversationId: 1, done: false, ok: 1 });
    const challenge = (first.payload as BSON.Binary).toString();
    expect(challenge).to.match(/^r=abcdef.{32},s=.{40},i=15000$/u);
    const [nonce] = challenge.split(',');
    const guess = Buffer.alloc(32).toString('base64');
    expect(await proceed(`c=biws,${nonce ?? ''},p=${guess}`)).to.include({ code: 18 });
    expect(await proceed(`c=biws,${nonce ?? ''},p=${guess}`)).to.include({ code: 17 });
    await start('SCRAM-SHA-256');
    expect(await proceed('', 2)).to.include({ code: 17 });
    expect(await ask({ find: 'c' })).to.include({ code: 13 });
    connection.close();
  });

  it('closes the connection of a stranger who sends much', async () => {
    const connection = await RawConnection.open(engine.uri);
    expect(await connection.ask(opMsg({ ping: 1, $db: 'admin' }))).to.include({ ok: 1 });
    connection.send(message(Buffer.alloc(0), { length: 16_385 }));
    expect(await connection.reply()).to.equal(undefined);
  });

  it('forgets the login of a connection that logs out', async () => {
    const client = clientWith(() => undefined, { maxPoolSize: 1 });
    await client.db('admin').command({ logout: 1 });
    expect(await codeOf(client.db('test').command({ count: 'c' }))).to.equal(13);
  });

  it('takes another port, and says so, when its own is taken, and makes up what it cannot read', async () => {
    const elsewhere = join(parent, 'z'.repeat(100));
    const first = await startEngine({ folder: elsewhere });
    await first.close();
    const occupant = createServer().listen(Number(new URL(first.uri).port), '127.0.0.1');
    await once(occupant, 'listening');
    const second = await startEngine({ folder: elsewhere });
    const { port, password } = new URL(second.uri);
    expect(Number(port)).not.to.equal((occupant.address() as AddressInfo).port);
    expect(password).to.equal(new URL(first.uri).password);
    occupant.close();
    await second.close();
    await writeFile(join(elsewhere, 'engine.address'), 'mongodb://eng');
    const third = await startEngine({ folder: elsewhere });
    expect(new URL(third.uri).password).to.have.lengthOf(43).and.not.equal(password);
    await third.close();
  });
});
