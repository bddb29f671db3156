import { expect } from 'chai';
import type { Document } from 'mongodb';
import { codeOf, expectSame, oid, useEngine, type AnyDocument } from './support.ts';

describe('Projecting', () => {
  const engine = useEngine();

  type ProjectionCase = [
    title: string,
    document: AnyDocument,
    projection: Document,
    wanted: unknown,
  ];

  const projections: ProjectionCase[] = [
    ['keeps _id', { a: 1, b: 2 }, { a: 1 }, { _id: 1, a: 1 }],
    ['leaves out inside arrays', { a: [{ b: 1, c: 2 }] }, { 'a.b': 0 }, { _id: 1, a: [{ c: 2 }] }],
    [
      'picks inside arrays',
      { a: [{ b: 1, c: 2 }, { c: 3 }, 5] },
      { 'a.b': 1 },
      { _id: 1, a: [{ b: 1 }, {}] },
    ],
    ["keeps the document's order", { a: 1, b: 2 }, { b: 1, a: 1 }, { _id: 1, a: 1, b: 2 }],
    ['slices', { a: [1, 2, 3] }, { a: { $slice: -1 } }, { _id: 1, a: [3] }],
    [
      'gives the first matching element',
      { a: [{ x: 1 }, { x: 2 }, { x: 2, y: 1 }] },
      { a: { $elemMatch: { x: 2 } } },
      { _id: 1, a: [{ x: 2 }] },
    ],
    [
      'keeps ObjectIds whole',
      { a: { o: oid(7), z: 1 } },
      { 'a.o': 1 },
      { _id: 1, a: { o: oid(7) } },
    ],
    ['evaluates expressions', { a: 2 }, { b: { $add: ['$a', 1] } }, { _id: 1, b: 3 }],
  ];

  describe('Projections', () => {
    for (const [title, document, projection, wanted] of projections)
      it(title, async () => {
        const collection = await engine.collectionOf([document]);
        expectSame(await collection.findOne({}, { projection }), wanted);
      });

    it('gives the element that the filter matched', async () => {
      const collection = await engine.collectionOf([{ a: [{ x: 1 }, { x: 2 }] }]);
      expectSame(await collection.findOne({ 'a.x': 2 }, { projection: { 'a.$': 1 } }), {
        _id: 1,
        a: [{ x: 2 }],
      });
    });

    it('leaves the stored document alone', async () => {
      const collection = await engine.collectionOf([{ a: [{ b: 1, c: 2 }] }]);
      await collection.findOne({}, { projection: { 'a.b': 0 } });
      expectSame(await collection.findOne({}), { _id: 1, a: [{ b: 1, c: 2 }] });
    });

    it('refuses to mix inclusion and exclusion', async () => {
      const collection = await engine.collectionOf([]);
      expect(await codeOf(collection.findOne({}, { projection: { a: 1, b: 0 } }))).to.equal(31254);
    });
  });
});
