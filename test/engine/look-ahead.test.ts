import { expect } from 'chai';
import { codeOf, useEngine } from './support.ts';

describe('Writes of one document that no index leads to', () => {
  const engine = useEngine();

  it('let others be served while they look for it', async () => {
    const documents = Array.from({ length: 30_000 }, (_, n) => ({ n, text: 'x'.repeat(100) }));
    const collection = await engine.collectionOf(documents);
    const order: string[] = [];
    // Neither has to open a connection first.
    await Promise.all([engine.db.command({ ping: 1 }), engine.db.command({ ping: 1 })]);
    const slow = collection.updateOne({ n: 29_999 }, { $set: { found: true } });
    const quick = collection.findOne({ _id: 5 as never });
    await Promise.all([
      slow.then(({ modifiedCount }) => order.push(`changed ${modifiedCount}`)),
      quick.then((document) => order.push(`read ${String(document?.n)}`)),
    ]);
    expect(order).to.deep.equal(['read 4', 'changed 1']);
  });

  it('change it once when two look for the same', async () => {
    const collection = await engine.collectionOf([{ state: 'new' }, { state: 'new' }]);
    const take = () =>
      collection.findOneAndUpdate(
        { state: 'new' },
        { $set: { state: 'taken' } },
        { sort: { n: 1 } },
      );
    const taken = await Promise.all([take(), take(), take()]);
    const ids = taken.map((document) => document?._id as unknown);
    expect(ids.filter((id) => id !== undefined)).to.have.members([1, 2]);
  });

  it('report a faulty filter as an error of the statement', async () => {
    const collection = await engine.collectionOf([{ a: 1 }]);
    expect(await codeOf(collection.updateOne({ a: { $foo: 1 } }, { $set: { b: 1 } }))).to.equal(2);
    expect(await codeOf(collection.deleteOne({ $expr: { $divide: ['$a', 0] } }))).to.equal(2);
  });
});
