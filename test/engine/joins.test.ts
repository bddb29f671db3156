import { expect } from 'chai';
import type { Document } from 'mongodb';
import { expectSame, oid, useEngine, type AnyDocument } from './support.ts';

describe('Pipelines over several collections', () => {
  const engine = useEngine();

  describe('$lookup and its kin', () => {
    const users = [
      { _id: oid(1), n: 'A' },
      { _id: oid(2), n: 'B' },
      { _id: oid(3), n: 'C' },
    ];
    const byField = { localField: 'u', foreignField: '_id' };
    const byExpression = {
      let: { uu: '$u' },
      pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$uu'] } } }],
    };

    async function namesJoined(document: AnyDocument, lookup: Document): Promise<unknown[]> {
      const from = await engine.collectionOf(users);
      const collection = await engine.collectionOf([document]);
      const stage = { $lookup: { from: from.collectionName, as: 'x', ...lookup } };
      const [joined] = await collection.aggregate([stage]).toArray();
      return (joined?.x as Document[]).map(({ n }) => n as unknown);
    }

    it('join by a field', async () => {
      expect(await namesJoined({ u: oid(1) }, byField)).to.deep.equal(['A']);
    });

    it('join each element of an array', async () => {
      expect(await namesJoined({ u: [oid(1), oid(2)] }, byField)).to.deep.equal(['A', 'B']);
    });

    it('join nothing when nothing matches', async () => {
      expect(await namesJoined({ u: [oid(9)] }, byField)).to.deep.equal([]);
    });

    it('join by a field, then run the pipeline', async () => {
      const lookup = { ...byField, pipeline: [{ $project: { n: 1 } }] };
      expect(await namesJoined({ u: oid(1) }, lookup)).to.deep.equal(['A']);
    });

    it('join by an expression over variables', async () => {
      expect(await namesJoined({ u: oid(1) }, byExpression)).to.deep.equal(['A']);
    });

    it('join missing with missing', async () => {
      const from = await engine.collectionOf([{}, { v: 1 }]);
      const collection = await engine.collectionOf([{}]);
      const stage = {
        $lookup: { from: from.collectionName, localField: 'u', foreignField: 'v', as: 'x' },
      };
      expectSame(await collection.aggregate([stage]).toArray(), [{ _id: 1, x: [{ _id: 1 }] }]);
    });

    it('walk a graph', async () => {
      const nodes = await engine.collectionOf([{}, { p: 1 }, { p: 2 }]);
      const walk = {
        from: nodes.collectionName,
        startWith: '$p',
        connectFromField: 'p',
        connectToField: '_id',
        as: 'above',
      };
      const [node] = await nodes
        .aggregate([{ $match: { _id: 3 } }, { $graphLookup: walk }])
        .toArray();
      expect((node?.above as unknown[]).length).to.equal(2);
    });

    it('unite collections', async () => {
      const other = await engine.collectionOf([{}]);
      const collection = await engine.collectionOf([{}]);
      const found = await collection.aggregate([{ $unionWith: other.collectionName }]).toArray();
      expect(found.length).to.equal(2);
    });
  });

  describe('$out and $merge', () => {
    it('replace a collection', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 2 }]);
      await collection.aggregate([{ $match: { a: 2 } }, { $out: 'written' }]).toArray();
      expectSame(await engine.db.collection('written').find().toArray(), [{ _id: 2, a: 2 }]);
    });

    it('merge into a collection', async () => {
      const target = await engine.collectionOf([{ b: 1 }]);
      const collection = await engine.collectionOf([{ a: 1 }, { a: 2 }]);
      await collection.aggregate([{ $merge: { into: target.collectionName } }]).toArray();
      expectSame(await target.find().toArray(), [
        { _id: 1, b: 1, a: 1 },
        { _id: 2, a: 2 },
      ]);
    });
  });
});
