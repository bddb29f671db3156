import { expect } from 'chai';
import { Long, type ClientSession, type Collection } from 'mongodb';
import { codeOf, useEngine } from './support.ts';

describe('Sessions', () => {
  const engine = useEngine();

  async function inSession<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = engine.client.startSession();
    try {
      return await work(session);
    } finally {
      await session.endSession();
    }
  }

  describe('Transactions', () => {
    let accounts: Collection;
    beforeEach(async () => {
      accounts = await engine.collectionOf([{ n: 10 }, { n: 20 }]);
      await accounts.createIndex({ n: 1 }, undefined, undefined);
    });

    it('show their writes to themselves first, to others once committed', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.updateOne({ _id: 1 as never }, { $inc: { n: 5 } }, { session });
        await accounts.insertOne({ n: 99 }, { session });
        expect(await accounts.countDocuments({ n: { $gte: 15 } }, { session })).to.equal(3);
        expect(await accounts.countDocuments({ n: { $gte: 15 } })).to.equal(1);
        await session.commitTransaction();
      });
      expect(await accounts.countDocuments({ n: { $gte: 15 } })).to.equal(3);
      expect(await accounts.estimatedDocumentCount()).to.equal(3);
    });

    it('leave nothing behind when aborted', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.deleteMany({}, { session });
        await accounts.insertOne({ n: 7 }, { session });
        expect(await accounts.find({}, { session }).toArray()).to.have.length(1);
        await session.abortTransaction();
      });
      expect(await accounts.countDocuments({ n: 7 })).to.equal(0);
      expect(await accounts.estimatedDocumentCount()).to.equal(2);
    });

    it('read one snapshot, whatever others commit', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.findOne({}, { session });
        await accounts.updateOne({ _id: 1 as never }, { $set: { n: 11 } });
        expect((await accounts.findOne({ _id: 1 as never }, { session }))?.n).to.equal(10);
        await session.commitTransaction();
      });
    });

    it('meet a conflict where another has written since', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.findOne({}, { session });
        await accounts.updateOne({ _id: 1 as never }, { $set: { n: 11 } });
        const error = (await accounts
          .updateOne({ _id: 1 as never }, { $set: { n: 12 } }, { session })
          .catch((e: unknown) => e)) as { code: number; hasErrorLabel(label: string): boolean };
        expect(error.code).to.equal(112);
        expect(error.hasErrorLabel('TransientTransactionError')).to.equal(true);
      });
    });

    it('make writers outside wait until they end', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.updateOne({ _id: 1 as never }, { $set: { n: 50 } }, { session });
        const outside = accounts.updateOne({ _id: 1 as never }, { $inc: { n: 1 } });
        await session.commitTransaction();
        await outside;
      });
      expect((await accounts.findOne({ _id: 1 as never }))?.n).to.equal(51);
    });

    it('are each applied once when twenty conflict', async () => {
      const increment = () =>
        inSession((session) =>
          session.withTransaction(async () => {
            const found = await accounts.findOne({ _id: 1 as never }, { session });
            const n = Number(found?.n) + 1;
            await accounts.updateOne({ _id: 1 as never }, { $set: { n } }, { session });
          }),
        );
      await Promise.all(Array.from({ length: 20 }, increment));
      expect((await accounts.findOne({ _id: 1 as never }))?.n).to.equal(30);
    });

    it('refuse what is not allowed in them', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.findOne({}, { session });
        expect(
          await codeOf(engine.db.command({ count: accounts.collectionName }, { session })),
        ).to.equal(263);
      });
    });

    it('do not commit over an index that came after their writes', async () => {
      await inSession(async (session) => {
        session.startTransaction();
        await accounts.insertOne({ n: 1 }, { session });
        await accounts.createIndex({ m: 1 }, undefined, undefined);
        expect(await codeOf(session.commitTransaction())).to.equal(112);
      });
    });
  });

  describe('Retryable writes', () => {
    it('are done once, and answered alike', async () => {
      const collection = await engine.collectionOf([{ n: 0 }]);
      await inSession(async (session) => {
        // Far above the numbers that the driver itself gives in this session.
        const increment = (txnNumber: number) =>
          engine.db.command(
            {
              update: collection.collectionName,
              updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }],
              txnNumber: Long.fromNumber(txnNumber),
            },
            { session },
          );
        const first = await increment(1001);
        const again = await increment(1001);
        expect(again.n).to.equal(first.n);
        expect((await collection.findOne())?.n).to.equal(1);
        await increment(1002);
        expect((await collection.findOne())?.n).to.equal(2);
        expect(await codeOf(increment(1001))).to.equal(225);
      });
    });
  });
});
