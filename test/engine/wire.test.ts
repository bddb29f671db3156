import { expect } from 'chai';
import { BSON, MongoClient, type Document } from 'mongodb';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineUri } from '../../server/database/engine/start.ts';
import { endProcess, startEngineProcess, type EngineProcess } from './processes.ts';
import { bson, message, opMsg, opQuery, RawConnection } from './raw-connection.ts';
import { useEngine } from './support.ts';

const FLAG_CHECKSUM = 1;
const FLAG_MORE_TO_COME = 2;
const ping = { ping: 1, $db: 'test' };

interface MemoryStatus {
  mem: { resident: number };
}

/** BSON of one command whose field `x` has a type and bytes of one's own. */
function commandWith(type: number, value: number[]): Buffer {
  const body = Buffer.from([0x10, ...Buffer.from('ping\0'), 1, 0, 0, 0]);
  const field = Buffer.from([type, ...Buffer.from('x\0'), ...value]);
  const bytes = Buffer.concat([Buffer.alloc(4), body, field, Buffer.from([0])]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

/** A document sequence, as inserts send their documents. */
function sequence(name: string, ...documents: Buffer[]): Buffer {
  const bytes = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
  const head = Buffer.alloc(5, 1);
  head.writeInt32LE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function nested(levels: number): Document {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}

describe('The wire', () => {
  const engine = useEngine();
  let connection: RawConnection;
  beforeEach(async () => {
    connection = await RawConnection.open(engineUri(engine.folder));
  });
  afterEach(() => {
    connection.close();
  });

  describe('loses the connection, and only that,', () => {
    const checked = opMsg(ping, FLAG_CHECKSUM);
    for (const [of, bytes] of [
      ['a message that is too short to be one', message(Buffer.alloc(0), { length: 15 })],
      ['a message larger than hello allows', message(Buffer.alloc(0), { length: 48_000_001 })],
      ['a message of an unknown kind', message(Buffer.alloc(20), { opcode: 2012 })],
      ['a message with an unknown required flag', opMsg(ping, 4)],
      [
        'a message whose checksum is wrong',
        message(Buffer.concat([checked.subarray(16), Buffer.alloc(4)])),
      ],
      ['noise', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ] as const)
      it(`of ${of}`, async () => {
        connection.send(bytes);
        expect(await connection.reply()).to.equal(undefined);
        expect(await engine.db.command(ping)).to.include({ ok: 1 });
      });
  });

  describe('answers with an error, and goes on,', () => {
    const section = (kind: number) => Buffer.concat([Buffer.from([kind]), bson(ping)]);
    const sections = (...all: Buffer[]) => message(Buffer.concat([Buffer.alloc(4), ...all]));
    const document = bson({ a: 1 });
    for (const [to, bytes, code] of [
      ['a type that BSON has not', opMsg(commandWith(0x20, [])), 22],
      ['a string that is longer than its message', opMsg(commandWith(2, [9, 9, 9, 0])), 22],
      ['a document that ends too early', opMsg(bson(ping).subarray(0, -1)), 22],
      ['JavaScript with scope', opMsg(commandWith(0x0f, [14, 0, 0, 0])), 238],
      ['a DBPointer', opMsg(commandWith(0x0c, [1, 0, 0, 0, 0])), 238],
      ['what is nested too deep', opMsg({ ...ping, x: nested(200) }), 15],
      ['two bodies', sections(section(0), section(0)), 40430],
      ['no body', sections(), 40587],
      ['an unknown kind of section', sections(section(0), section(2)), 40432],
      [
        'a sequence given twice',
        sections(section(0), sequence('x', document), sequence('x', document)),
        40431,
      ],
      [
        'a sequence that is in the body too',
        sections(section(0), sequence('ping', document)),
        40433,
      ],
      ['a broken sequence', sections(section(0), sequence('x', Buffer.from([1]))), 22],
      ['a legacy query', opQuery('test', { find: 'c' }), 352],
      ['an unknown command', opMsg({ nothing: 1, $db: 'test' }), 59],
    ] as const)
      it(`to ${to}`, async () => {
        expect(await connection.ask(bytes)).to.include({ ok: 0, code });
        expect(await connection.ask(opMsg(ping))).to.include({ ok: 1 });
      });
  });

  it('takes a message whose checksum is right', async () => {
    const bytes = message(
      Buffer.concat([opMsg(ping, FLAG_CHECKSUM).subarray(16), Buffer.alloc(4)]),
    );
    // Worked out by other means, bit by bit.
    bytes.writeUInt32LE(0xcd21905c, bytes.length - 4);
    expect(await connection.ask(bytes)).to.include({ ok: 1 });
  });

  it('answers what comes in one go in its order, and not what wants no answer', async () => {
    const insert = (n: number) => ({ insert: 'order', documents: [{ _id: n }], $db: 'test' });
    connection.send(
      opQuery('admin', { ismaster: 1 }),
      opMsg(insert(1), FLAG_MORE_TO_COME),
      opMsg({ count: 'order', $db: 'test' }),
      opMsg(insert(2)),
    );
    expect(await connection.reply()).to.include({ ismaster: true, setName: 'embedded' });
    expect(await connection.reply()).to.include({ n: 1 });
    expect(await connection.reply()).to.include({ n: 1, ok: 1 });
    expect(await engine.db.collection('order').countDocuments()).to.equal(2);
  });

  it('reads a message that comes byte by byte', async () => {
    for (const byte of opMsg(ping)) connection.send(Buffer.from([byte]));
    expect(await connection.reply()).to.include({ ok: 1 });
  });
});

describe('An engine in its own process', () => {
  let folder = '';
  let served: EngineProcess;

  async function start(nodeOptions: string[] = []): Promise<void> {
    served = await startEngineProcess(folder, { nodeOptions });
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
  });
  afterEach(async () => {
    await endProcess(served, 'SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('does not keep in memory what a client asks for and does not read', async () => {
    const asked = 40;
    const megabytes = 8;
    await start();
    const client = await new MongoClient(served.uri).connect();
    const large = client.db('test').collection('large');
    const memory = async () => {
      const { mem } = (await client.db('test').command({ serverStatus: 1 })) as MemoryStatus;
      return mem.resident;
    };
    await large.insertOne({ text: 'x'.repeat(megabytes * 1_000_000) });
    await large.findOne();
    const before = await memory();
    const slow = await RawConnection.open(served.uri);
    const find = opMsg({ find: 'large', $db: 'test' });
    slow.send(...Array.from({ length: asked }, () => find));
    // Time enough: as many small ones on another connection, each after the one before.
    for (let i = 0; i < asked; i++) await large.findOne({}, { projection: { _id: 1 } });
    expect((await memory()) - before).to.be.lessThan((asked * megabytes) / 2);
    for (let i = 0; i < asked; i++) expect(await slow.reply()).to.include({ ok: 1 });
    slow.close();
    await client.close();
  });

  it('ends loudly when its thread runs out of memory', async () => {
    await start(['--max-old-space-size=64', '--max-semi-space-size=1']);
    const exit = once(served.child, 'exit');
    // Each takes several times its size when it is decoded.
    const document = bson({
      list: new Array<unknown>(500_000).fill(new BSON.ObjectId()),
    });
    const body = bson({ insert: 'c', $db: 'test' });
    const documents = sequence('documents', ...Array.from({ length: 4 }, () => document));
    const connection = await RawConnection.open(served.uri);
    connection.send(message(Buffer.concat([Buffer.alloc(5), body, documents])));
    expect(await exit).to.deep.equal([1, null]);
    expect(served.complaints()).to.include('The database thread died').and.include('memory');
    connection.close();
  });
});
