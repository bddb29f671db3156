import { expect } from 'chai';
import {
  Binary,
  Long,
  MongoClient,
  MongoServerError,
  Timestamp,
  type ClientSession,
  type Document,
} from 'mongodb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { codeOf, useEngine } from './support.ts';

describe('A session of a replica set', () => {
  const engine = useEngine();

  async function inSession(
    work: (session: ClientSession) => Promise<void>,
    options: { snapshot?: boolean } = {},
  ): Promise<void> {
    const session = engine.client.startSession(options);
    try {
      await work(session);
    } finally {
      await session.endSession();
    }
  }

  describe('Cluster time', () => {
    const timeOf = (reply: Document) => reply.operationTime as Timestamp;

    it('is in every reply, and grows with every write', async () => {
      const { collectionName } = await engine.collectionOf([{}]);
      const insert = { insert: collectionName, documents: [{ a: 1 }] };
      const first = await engine.db.command({ ...insert });
      const second = await engine.db.command({ ...insert });
      expect(timeOf(second).greaterThan(timeOf(first))).to.equal(true);
      const found = await engine.db.command({ find: collectionName });
      expect(timeOf(found).greaterThanOrEqual(timeOf(second))).to.equal(true);
      expect(found.$clusterTime).to.have.nested.property('signature.keyId');
      const refused = await engine.db.command({ nonsense: 1 }).catch((error: unknown) => error);
      expect((refused as MongoServerError).errorResponse.operationTime).to.be.instanceOf(Timestamp);
    });

    it('is learnt from clients, but not from those that are far ahead', async () => {
      const readAfter = async (seconds: number) => {
        const clusterTime = new Timestamp({ t: Math.floor(Date.now() / 1000) + seconds, i: 1 });
        const signature = { hash: new Binary(Buffer.alloc(20)), keyId: 0n as unknown as Long };
        await inSession(async (session) => {
          session.advanceClusterTime({ clusterTime, signature });
          session.advanceOperationTime(clusterTime);
          await engine.db.collection('any').findOne({}, { session });
        });
      };
      expect(await codeOf(readAfter(2 * 365 * 86_400))).to.equal(205);
      expect(await codeOf(readAfter(60))).to.equal(undefined);
    });

    it('lets a session read what it has seen, and nothing of the future', async () => {
      const collection = await engine.collectionOf([{}]);
      await inSession(async (session) => {
        await collection.insertOne({ a: 1 }, { session });
        expect(session.operationTime).to.be.instanceOf(Timestamp);
        expect(await collection.countDocuments({ a: 1 }, { session })).to.equal(1);
      });
      const afterClusterTime = new Timestamp({ t: 2 ** 32 - 1, i: 1 });
      const read = { find: collection.collectionName, readConcern: { afterClusterTime } };
      expect(await codeOf(engine.db.command(read))).to.equal(72);
    });
  });

  describe('Snapshot reads', () => {
    it('show one moment to find, aggregate, distinct and their cursors', async () => {
      const collection = await engine.collectionOf([{ n: 1 }, { n: 2 }]);
      await inSession(
        async (session) => {
          const cursor = collection.find({}, { session, batchSize: 1, sort: { _id: 1 } });
          expect((await cursor.next())?.n).to.equal(1);
          await collection.updateMany({}, { $inc: { n: 10 } });
          expect((await cursor.next())?.n).to.equal(2);
          expect(await collection.distinct('n', {}, { session })).to.deep.equal([1, 2]);
          expect(await collection.countDocuments({}, { session })).to.equal(2);
          await collection.insertOne({ n: 3 });
          expect(await collection.countDocuments({}, { session })).to.equal(2);
          expect(await collection.countDocuments({})).to.equal(3);
        },
        { snapshot: true },
      );
    });

    it('are refused to other commands, and when collection or moment are gone', async () => {
      const collection = await engine.collectionOf([{ n: 1 }]);
      await inSession(
        async (session) => {
          expect(await codeOf(collection.estimatedDocumentCount({ session }))).to.equal(72);
          await collection.findOne({}, { session });
          await collection.createIndex({ n: 1 }, undefined, undefined);
          expect(await codeOf(collection.findOne({ n: 1 }, { session }))).to.equal(246);
        },
        { snapshot: true },
      );
      const readConcern = { level: 'snapshot', atClusterTime: new Timestamp({ t: 1, i: 1 }) };
      const read = { find: collection.collectionName, readConcern };
      expect(await codeOf(engine.db.command(read))).to.equal(239);
    });
  });

  describe('Cursors', () => {
    async function openCursor(session: ClientSession): Promise<Document> {
      const { collectionName } = await engine.collectionOf([{}, {}, {}]);
      const find = { find: collectionName, batchSize: 1 };
      const { cursor } = await engine.db.command(find, { session });
      return { getMore: (cursor as { id: Long }).id, collection: collectionName };
    }

    it('are read on only in their session', async () => {
      await inSession(async (session) => {
        const more = await openCursor(session);
        expect(await codeOf(engine.db.command({ ...more }))).to.equal(50738);
        expect(await codeOf(engine.db.command({ ...more }, { session }))).to.equal(undefined);
      });
    });

    for (const end of ['endSessions', 'killSessions', 'killAllSessions'])
      it(`end with ${end}`, async () => {
        await inSession(async (session) => {
          const more = await openCursor(session);
          await engine.db.command({ [end]: end === 'killAllSessions' ? [] : [session.id] });
          expect(await codeOf(engine.db.command(more, { session }))).to.equal(43);
        });
      });

    it('of lists come in batches as asked', async () => {
      await engine.collectionOf([{}]);
      await engine.collectionOf([{}]);
      const reply = await engine.db.command({ listCollections: 1, cursor: { batchSize: 1 } });
      const { firstBatch, id } = reply.cursor as { firstBatch: Document[]; id: Long };
      expect(firstBatch).to.have.length(1);
      expect(Number(id)).to.not.equal(0);
    });
  });

  it('is listed until it ends', async () => {
    const listed = async (session: ClientSession) => {
      const found = await engine.db.aggregate([{ $listLocalSessions: {} }]).toArray();
      const id = session.id?.id.toString('hex');
      return found.some((each) => (each._id as { id: Binary }).id.toString('hex') === id);
    };
    await inSession(async (session) => {
      await engine.db.command({ ping: 1 }, { session });
      expect(await listed(session)).to.equal(true);
      await engine.db.command({ endSessions: [session.id] });
      expect(await listed(session)).to.equal(false);
    });
  });

  describe('Transactions, as drivers send them', () => {
    interface Parts {
      start: (body: Document) => Promise<Document>;
      go: (body: Document) => Promise<Document>;
    }

    /** Gives the work a session with a client of its own, as the numbers in it are not the driver's. */
    async function inTransaction(
      work: (parts: Parts, collectionName: string) => Promise<void>,
    ): Promise<void> {
      const { collectionName } = await engine.collectionOf([{ n: 1 }]);
      const client = await new MongoClient(engineUri(engine.folder)).connect();
      // What is sent first does not wait for its connection.
      await client.db('test').command({ ping: 1 });
      const session = client.startSession({ causalConsistency: false });
      const go = (body: Document) => {
        const { db = 'commitTransaction' in body ? 'admin' : 'test', ...command } = body;
        // The number that the driver would give to a commit in a session that it has not used.
        const options = { txnNumber: Long.ZERO, autocommit: false };
        return client.db(String(db)).command({ ...command, ...options, ...command }, { session });
      };
      try {
        await work(
          { start: (body) => go({ ...body, startTransaction: true }), go },
          collectionName,
        );
      } finally {
        await client.close();
      }
    }

    async function failureOf(
      promise: Promise<unknown>,
    ): Promise<{ code: unknown; labels: string[] }> {
      const error = await promise.catch((reason: unknown) => reason);
      if (!(error instanceof MongoServerError))
        throw new Error('It should have failed', { cause: error });
      return { code: error.code, labels: error.errorLabels };
    }

    it('are found by their number alone', async () => {
      await inTransaction(async ({ start, go }, find) => {
        const transient = ['TransientTransactionError'];
        expect(await failureOf(go({ find }))).to.deep.equal({ code: 251, labels: transient });
        await start({ find });
        expect(await codeOf(start({ find }))).to.equal(50911);
        await go({ commitTransaction: 1 });
        expect(await codeOf(go({ find }))).to.equal(256);
        expect(await codeOf(go({ commitTransaction: 1 }))).to.equal(undefined);
        await start({ find, txnNumber: Long.fromNumber(2) });
        const past = { find, txnNumber: Long.ONE };
        expect(await codeOf(go(past))).to.equal(225);
        expect(await codeOf(start(past))).to.equal(225);
      });
    });

    it('are committed once, however often and fast that is asked', async () => {
      await inTransaction(async ({ start, go }, update) => {
        await start({ update, updates: [{ q: {}, u: { $inc: { n: 1 } } }] });
        const commit = () => codeOf(go({ commitTransaction: 1 }));
        const codes = await Promise.all([commit(), commit(), commit()]);
        expect(codes).to.deep.equal([undefined, undefined, undefined]);
        expect(await engine.db.collection(update).distinct('n')).to.deep.equal([2]);
      });
    });

    it('are over after an error, also for the commit', async () => {
      await inTransaction(async ({ start, go }, find) => {
        await start({ find });
        expect(await codeOf(go({ find, filter: { $no: 1 } }))).to.equal(2);
        const over = { code: 251, labels: ['TransientTransactionError'] };
        expect(await failureOf(go({ find }))).to.deep.equal(over);
        expect(await failureOf(go({ commitTransaction: 1 }))).to.deep.equal(over);
      });
    });

    it('take concerns only where they belong', async () => {
      await inTransaction(async ({ start, go }, find) => {
        const readConcern = { level: 'majority' };
        expect(await codeOf(start({ find, readConcern: { level: 'available' } }))).to.equal(72);
        await start({ find, readConcern });
        expect(await codeOf(go({ find, readConcern }))).to.equal(72);
        const insert = { insert: find, documents: [{}] };
        expect(await codeOf(go({ ...insert, writeConcern: { w: 1 } }))).to.equal(72);
        await go(insert);
        await go({ commitTransaction: 1, writeConcern: { w: 'majority' } });
      });
    });

    it('refuse what no transaction may do, and go on', async () => {
      await inTransaction(async ({ start, go }, find) => {
        await start({ find });
        for (const body of [
          { count: find },
          { listCollections: 1 },
          { drop: find },
          { find, db: 'admin' },
        ])
          expect(await codeOf(go(body))).to.equal(263);
        expect(await codeOf(go({ find, autocommit: true }))).to.equal(72);
        await go({ find });
      });
    });

    it('do not see indexes of after their start', async () => {
      await inTransaction(async ({ start, go }, find) => {
        await start({ find });
        await engine.db.collection(find).createIndex({ n: 1 }, undefined, undefined);
        const stale = { code: 246, labels: ['TransientTransactionError'] };
        expect(await failureOf(go({ find, filter: { n: 1 } }))).to.deep.equal(stale);
      });
    });

    it('end under a read that goes on in them', async () => {
      const documents = Array.from({ length: 1000 }, (_, n) => ({ n }));
      const { collectionName: from } = await engine.collectionOf(documents);
      await inTransaction(async ({ start }) => {
        const lookup = { from, let: { n: '$n' }, pipeline: [{ $match: {} }], as: 'all' };
        const pipeline = [{ $lookup: lookup }, { $count: 'n' }];
        const reading = codeOf(start({ aggregate: from, pipeline, cursor: {} }));
        await engine.db.command({ ping: 1 });
        await engine.db.command({ killAllSessions: [] });
        expect(await reading).to.equal(251);
      });
    });

    it('end when they are open too long, and what waits for their keys goes on', async () => {
      await inTransaction(async ({ start, go }, update) => {
        const setLimit = (seconds: number) =>
          engine.client
            .db('admin')
            .command({ setParameter: 1, transactionLifetimeLimitSeconds: seconds });
        const updates = [{ q: {}, u: { $inc: { n: 1 } } }];
        await setLimit(1);
        await start({ update, updates });
        expect(await setLimit(60)).to.include({ was: 1 });
        await engine.db.command({ update, updates });
        expect(await codeOf(go({ commitTransaction: 1 }))).to.equal(251);
        expect(await engine.db.collection(update).distinct('n')).to.deep.equal([2]);
      });
    });

    it('keep to the API that they were begun under', async () => {
      await inTransaction(async ({ start, go }, find) => {
        await start({ find, apiVersion: '1' });
        expect(await codeOf(go({ commitTransaction: 1 }))).to.equal(347);
        await go({ commitTransaction: 1, apiVersion: '1' });
      });
    });
  });

  describe('New collections in a transaction', () => {
    const names = async () =>
      (await engine.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);

    it('come with their indexes when it commits', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        const explicit = await engine.db.createCollection('explicit', { session });
        await explicit.createIndex({ a: 1 }, { unique: true }, { session });
        await explicit.insertOne({ a: 1 }, { session });
        await engine.db.collection('implicit').insertMany([{ b: 1 }, { b: 2 }], { session });
        expect(await explicit.find({ a: 1 }, { session }).toArray()).to.have.length(1);
        expect(await names()).to.not.include.members(['explicit']);
        await session.commitTransaction();
      });
      expect(await names()).to.include.members(['explicit', 'implicit']);
      expect(await codeOf(engine.db.collection('explicit').insertOne({ a: 1 }))).to.equal(11000);
      expect(await engine.db.collection('implicit').estimatedDocumentCount()).to.equal(2);
    });

    it('never were when it aborts', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await engine.db.collection('unborn').insertOne({ list: [1] }, { session });
        await session.abortTransaction();
      });
      await engine.db.collection('born').insertOne({});
      expect(await names()).to.not.include('unborn');
    });

    it('conflict with those that another has made since', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await engine.db.collection('contested').insertOne({}, { session });
        await engine.db.createCollection('contested');
        expect(await codeOf(session.commitTransaction())).to.equal(112);
        session.startTransaction();
        const again = engine.db.createCollection('contested', { session });
        expect(await codeOf(again)).to.equal(48);
      });
      // Outside of transactions it may be asked for again.
      await engine.db.createCollection('contested');
      expect(await engine.db.collection('contested').countDocuments()).to.equal(0);
    });

    it('are the only ones to get indexes', async () => {
      const collection = await engine.collectionOf([{}]);
      await inSession(async (session) => {
        session.startTransaction();
        expect(await codeOf(collection.createIndex({ a: 1 }, {}, { session }))).to.equal(263);
      });
    });
  });

  it('is answered alike after a restart, for writes and commits that are sent again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    let own = await startEngine({ folder });
    const client = await new MongoClient(own.uri).connect();
    try {
      const collection = client.db('test').collection('things');
      const session = client.startSession();
      const txnNumber = Long.fromNumber(1000);
      const change = { q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true };
      const update = { update: 'things', updates: [change], txnNumber };
      const answers = [await client.db('test').command({ ...update }, { session })];
      const other = client.startSession();
      other.startTransaction();
      await collection.insertOne({ n: 2 }, { session: other });
      await other.commitTransaction();
      await own.close();
      own = await startEngine({ folder });
      answers.push(await client.db('test').command({ ...update }, { session }));
      const [first, again] = answers.map(({ n, upserted }) => [n, upserted] as unknown[]);
      expect(again).to.deep.equal(first);
      await other.commitTransaction();
      expect(await collection.countDocuments({ n: 1 })).to.equal(1);
      expect(await collection.countDocuments({ n: 2 })).to.equal(1);
    } finally {
      await client.close();
      await own.close();
      await rm(folder, { recursive: true });
    }
  });
});
