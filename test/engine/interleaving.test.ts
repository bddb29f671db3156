import { expect } from 'chai';
import { codeOf, useEngine } from './support.ts';

describe('What comes between', () => {
  const engine = useEngine();
  const namesOf = async (name: string) =>
    (await engine.db.collection(name).indexes()).map((index) => index.name);

  it('a drop before a waiting insert leaves the insert a new collection', async () => {
    const collection = await engine.collectionOf([{}]);
    const session = engine.client.startSession();
    session.startTransaction();
    await collection.insertOne({ _id: 2 as never }, { session });
    // Waits for the transaction, which holds the key.
    const waiting = collection.insertOne({ _id: 2 as never, isLate: true });
    await engine.db.command({ ping: 1 });
    await collection.drop();
    await session.abortTransaction();
    await session.endSession();
    await waiting;
    expect(await collection.find().toArray()).to.deep.equal([{ _id: 2, isLate: true }]);
    expect(await collection.countDocuments()).to.equal(1);
  });

  it('a request for an index that is being built waits for it, and makes no second one', async () => {
    const documents = Array.from({ length: 5000 }, (_, n) => ({ n }));
    const collection = await engine.collectionOf(documents);
    const ask = () => collection.createIndex({ n: 1 }, undefined, undefined);
    const readAfter = async () => {
      await ask();
      return collection.countDocuments({ n: { $gte: 0 } }, { hint: 'n_1' });
    };
    const counts = await Promise.all([readAfter(), readAfter(), readAfter()]);
    expect(counts).to.deep.equal([5000, 5000, 5000]);
    expect(await namesOf(collection.collectionName)).to.deep.equal(['_id_', 'n_1']);
  });

  it('dropping an index while it is being built ends the build', async () => {
    const documents = Array.from({ length: 20_000 }, (_, n) => ({ n }));
    const collection = await engine.collectionOf(documents);
    let ending: unknown;
    // Where the build was over before it could be dropped, it is begun again.
    while (ending === undefined) {
      const built = codeOf(collection.createIndex({ n: 1 }, undefined, undefined));
      while ((await codeOf(collection.dropIndex('n_1'))) === 27);
      ending = await built;
    }
    expect(ending).to.equal(276);
    expect(await namesOf(collection.collectionName)).to.deep.equal(['_id_']);
  });

  it('dropping a collection while an index is being built ends the build, and it stays dropped', async () => {
    const documents = Array.from({ length: 20_000 }, (_, n) => ({ n }));
    const collection = await engine.collectionOf(documents);
    const built = codeOf(collection.createIndex({ n: 1 }, undefined, undefined));
    await collection.drop();
    expect(await built).to.be.oneOf([276, undefined]);
    await collection.insertOne({ n: 1 });
    expect(await namesOf(collection.collectionName)).to.deep.equal(['_id_']);
  });
});
