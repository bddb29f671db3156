import { expect } from 'chai';
import { Code, Long, MongoClient, type Document } from 'mongodb';
import { engineUri } from '../../server/database/engine/start.ts';
import { codeOf, useEngine } from './support.ts';

describe('What goes with every command', () => {
  const engine = useEngine();

  const codeFor = (command: Document) => codeOf(engine.db.command(command));

  it('A value of a type that is not kept is refused, and the connection goes on', async () => {
    const client = new MongoClient(engineUri(engine.folder), {
      maxPoolSize: 1,
      monitorCommands: true,
    });
    const connections = new Set<unknown>();
    client.on('commandStarted', ({ serverConnectionId }) => connections.add(serverConnectionId));
    try {
      const collection = client.db('test').collection('c');
      const withScope = { code: new Code('x', { a: 1 }) };
      expect(await codeOf(collection.insertOne(withScope))).to.equal(238);
      await collection.insertOne({});
      expect(connections).to.have.property('size', 1);
    } finally {
      await client.close();
    }
  });

  describe('A write concern', () => {
    it('that cannot be met is told beside the write that was done', async () => {
      const collection = await engine.collectionOf([{}]);
      const insert = { insert: collection.collectionName, documents: [{}] };
      const send = (w: number | string) =>
        engine.db.command({ ...insert, writeConcern: { w } }).catch((error: unknown) => error);
      for (const [w, code] of [
        [2, 100],
        ['elsewhere', 79],
      ] as const) {
        const answer = (await send(w)) as Document;
        const reply = (answer.errorResponse ?? answer) as Document;
        expect(reply).to.include({ ok: 1, n: 1 });
        expect(reply.writeConcernError).to.include({ code });
      }
      expect(await collection.countDocuments()).to.equal(3);
      expect(await codeOf(send('majority'))).to.equal(undefined);
    });

    it('is refused when it is none, and where nothing is written', async () => {
      const insert = { insert: 'c', documents: [{}] };
      expect(await codeFor({ ...insert, writeConcern: { w: 51 } })).to.equal(9);
      expect(await codeFor({ ...insert, writeConcern: { w: -1 } })).to.equal(9);
      expect(await codeFor({ ...insert, writeConcern: { x: 1 } })).to.equal(40415);
      expect(await codeFor({ find: 'c', writeConcern: { w: 1 } })).to.equal(72);
    });
  });

  it('A read concern is refused where it means nothing', async () => {
    for (const level of ['local', 'majority', 'available', 'linearizable', 'snapshot'])
      expect(await codeFor({ find: 'c', readConcern: { level } })).to.equal(undefined);
    expect(await codeFor({ find: 'c', readConcern: { level: 'most' } })).to.equal(9);
    expect(await codeFor({ find: 'c', readConcern: { depth: 1 } })).to.equal(40415);
    const insert = { insert: 'c', documents: [{}] };
    expect(await codeFor({ ...insert, readConcern: { level: 'local' } })).to.equal(undefined);
    expect(await codeFor({ ...insert, readConcern: { level: 'majority' } })).to.equal(72);
    const out = { aggregate: 'c', pipeline: [{ $out: 'd' }], cursor: {} };
    expect(await codeFor({ ...out, readConcern: { level: 'linearizable' } })).to.equal(72);
  });

  it('A transaction number needs a write of single documents', async () => {
    const txnNumber = Long.ONE;
    const change = { q: {}, u: { $set: { a: 1 } }, multi: true };
    expect(await codeFor({ find: 'c', txnNumber })).to.equal(50768);
    expect(await codeFor({ update: 'c', updates: [change], txnNumber })).to.equal(72);
    expect(await codeFor({ delete: 'c', deletes: [{ q: {}, limit: 0 }], txnNumber })).to.equal(72);
    const insert = { insert: 'c', documents: [{}] };
    expect(await codeFor({ ...insert, startTransaction: true })).to.equal(72);
    expect(await codeFor({ ...insert, autocommit: false })).to.equal(72);
  });

  describe('The stable API', () => {
    it('is version 1, and flags go with it', async () => {
      expect(await codeFor({ ping: 1, apiVersion: '1', apiStrict: true })).to.equal(undefined);
      expect(await codeFor({ ping: 1, apiVersion: '2' })).to.equal(322);
      expect(await codeFor({ ping: 1, apiVersion: 1 })).to.equal(14);
      expect(await codeFor({ ping: 1, apiStrict: true })).to.equal(4886600);
    });

    it('keeps a strict client to its commands, fields and stages', async () => {
      const uri = engineUri(engine.folder);
      const client = new MongoClient(uri, { serverApi: { version: '1', strict: true } });
      try {
        const collection = client.db('test').collection('strict');
        await collection.insertOne({ a: 1 });
        expect(await collection.countDocuments()).to.equal(1);
        expect(await collection.findOne()).to.include({ a: 1 });
        expect(await codeOf(collection.distinct('a'))).to.equal(323);
        expect(await codeOf(collection.find({}, { noCursorTimeout: true }).toArray())).to.equal(
          323,
        );
        expect(await codeOf(collection.aggregate([{ $indexStats: {} }]).toArray())).to.equal(323);
        const sparse = collection.createIndex({ a: 1 }, { sparse: true }, {});
        expect(await codeOf(sparse)).to.equal(323);
      } finally {
        await client.close();
      }
    });
  });
});
