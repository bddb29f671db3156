import { expect } from 'chai';
import { BSON, Double, Int32, Long, type Document, type Filter } from 'mongodb';
import {
  codeOf,
  day,
  decimal,
  expectSame,
  long,
  oid,
  useEngine,
  type AnyDocument,
} from './support.ts';

describe('Writing', () => {
  const engine = useEngine();

  interface Options {
    filter?: Filter<Document>;
    arrayFilters?: Document[];
  }
  type UpdateCase = [
    title: string,
    before: AnyDocument,
    update: Document | Document[],
    after: Document,
    options?: Options,
  ];
  type RefusedCase = [title: string, before: AnyDocument, update: Document, code: number];

  const updates: UpdateCase[] = [
    ['makes the path of a $set', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    ['sets an element', { a: [1, 2] }, { $set: { 'a.1': 9 } }, { a: [1, 9] }],
    ['pads an array with nulls', { a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
    ['sets null', {}, { $set: { a: null } }, { a: null }],
    ['leaves out $setOnInsert', {}, { $set: { a: 1 }, $setOnInsert: { b: 1 } }, { a: 1 }],
    ['increments a missing field', {}, { $inc: { a: 2 } }, { a: 2 }],
    [
      'increments decimals',
      { a: decimal('1.10') },
      { $inc: { a: decimal('2.20') } },
      { a: decimal('3.30') },
    ],
    ['pushes', { a: [oid(1)] }, { $push: { a: oid(2) } }, { a: [oid(1), oid(2)] }],
    [
      'pushes several and keeps the last',
      {},
      { $push: { a: { $each: [1, 2, 3], $slice: -2 } } },
      { a: [2, 3] },
    ],
    [
      'pushes and sorts',
      { a: [] },
      {
        $push: {
          a: {
            $each: [
              { x: 1, y: 2 },
              { x: 1, y: 1 },
            ],
            $sort: { x: 1, y: 1 },
          },
        },
      },
      {
        a: [
          { x: 1, y: 1 },
          { x: 1, y: 2 },
        ],
      },
    ],
    [
      'pushes before the end',
      { a: [1, 2, 3] },
      { $push: { a: { $each: [9], $position: -1 } } },
      { a: [1, 2, 9, 3] },
    ],
    [
      'adds to a set',
      { a: [oid(1)] },
      { $addToSet: { a: { $each: [oid(1), oid(2)] } } },
      { a: [oid(1), oid(2)] },
    ],
    ['keeps duplicates that were there', { a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }],
    ['pulls a value', { a: [oid(1), oid(2)] }, { $pull: { a: oid(1) } }, { a: [oid(2)] }],
    [
      'pulls by operator',
      { a: [oid(1), oid(2), oid(3)] },
      { $pull: { a: { $in: [oid(1), oid(3)] } } },
      { a: [oid(2)] },
    ],
    [
      'pulls by field',
      {
        a: [
          { u: oid(1), n: 1 },
          { u: oid(2), n: 2 },
        ],
      },
      { $pull: { a: { u: oid(1) } } },
      { a: [{ u: oid(2), n: 2 }] },
    ],
    [
      'pulls from two arrays',
      { b: [1, 2], a: [3, 4] },
      { $pull: { b: 1, a: 4 } },
      { b: [2], a: [3] },
    ],
    ['pulls all', { a: [1, 2, 1, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    [
      'changes the element matched',
      {
        a: [
          { k: 1, v: 1 },
          { k: 2, v: 1 },
        ],
      },
      { $set: { 'a.$.v': 9 } },
      {
        a: [
          { k: 1, v: 1 },
          { k: 2, v: 9 },
        ],
      },
      { filter: { 'a.k': 2 } },
    ],
    [
      'changes the element matched by $elemMatch',
      {
        a: [
          { k: 1, j: 1, v: 1 },
          { k: 1, j: 2, v: 1 },
        ],
      },
      { $set: { 'a.$.v': 9 } },
      {
        a: [
          { k: 1, j: 1, v: 1 },
          { k: 1, j: 2, v: 9 },
        ],
      },
      { filter: { a: { $elemMatch: { k: 1, j: 2 } } } },
    ],
    [
      'changes the element matched under $and',
      { a: [1, 5] },
      { $set: { 'a.$': 9 } },
      { a: [1, 9] },
      { filter: { $and: [{ _id: 1 as never }, { a: 5 }] } },
    ],
    [
      'changes filtered elements',
      { a: [{ g: 1 }, { g: 9 }] },
      { $set: { 'a.$[e].p': true } },
      { a: [{ g: 1 }, { g: 9, p: true }] },
      { arrayFilters: [{ 'e.g': { $gte: 5 } }] },
    ],
    [
      'filters elements by ObjectId',
      { a: [{ u: oid(1) }, { u: oid(2) }] },
      { $set: { 'a.$[e].p': 1 } },
      { a: [{ u: oid(1) }, { u: oid(2), p: 1 }] },
      { arrayFilters: [{ 'e.u': oid(2) }] },
    ],
    ['changes all elements', { a: [1, 2] }, { $inc: { 'a.$[]': 1 } }, { a: [2, 3] }],
    [
      'changes filtered elements in all elements',
      { a: [{ b: [{ c: 1 }, { c: 2 }] }] },
      { $set: { 'a.$[].b.$[x].c': 7 } },
      { a: [{ b: [{ c: 1 }, { c: 7 }] }] },
      { arrayFilters: [{ 'x.c': 2 }] },
    ],
    ['unsets an element to null', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
    [
      'unsets nothing through an array',
      { a: [{ b: 1 }] },
      { $unset: { 'a.b': '' } },
      { a: [{ b: 1 }] },
    ],
    ['renames', { a: 1 }, { $rename: { a: 'b.c' } }, { b: { c: 1 } }],
    [
      'keeps the earlier date',
      { a: day('2020-01-01') },
      { $min: { a: day('2019-01-01') } },
      { a: day('2019-01-01') },
    ],
    ['keeps the lesser ObjectId', { a: oid(5) }, { $min: { a: oid(3) } }, { a: oid(3) }],
    ['sets a missing maximum', {}, { $max: { a: 5 } }, { a: 5 }],
    ['multiplies missing to zero', {}, { $mul: { a: 2 } }, { a: 0 }],
    ['ors bits', { a: 1 }, { $bit: { a: { or: 2 } } }, { a: 3 }],
    ['pops the first', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    ['may set the _id that is there', { a: 0 }, { $set: { _id: 1, a: 1 } }, { a: 1 }],
    [
      'runs a pipeline',
      { a: 2 },
      [{ $set: { b: { $multiply: ['$a', 2] } } }, { $unset: 'a' }],
      { b: 4 },
    ],
    [
      'sorts pushed documents without opening their arrays',
      { a: [{ x: [1] }] },
      { $push: { a: { $each: [{ x: 5 }], $sort: { x: 1 } } } },
      { a: [{ x: 5 }, { x: [1] }] },
    ],
    [
      'pulls documents by a filter, and no arrays',
      { a: [[], {}] },
      { $pull: { a: {} } },
      { a: [[]] },
    ],
    [
      'changes the element rather than the array that it is in',
      { a: [1, [2]] },
      { $set: { 'a.$': 9 } },
      { a: [1, 9] },
      { filter: { a: { $gt: [] } } },
    ],
    [
      'adds a renamed field in the order of its new name',
      { a: 1 },
      { $rename: { a: 'z' }, $set: { b: 2 } },
      { b: 2, z: 1 },
    ],
    [
      'adds new fields in the order of their names',
      { z: 1 },
      { $set: { b: 1, a: 1 } },
      { z: 1, a: 1, b: 1 },
    ],
  ];

  const refused: RefusedCase[] = [
    ['a path through null', { a: null }, { $set: { 'a.b': 1 } }, 28],
    ['a path through a number', { a: 5 }, { $set: { 'a.b': 1 } }, 28],
    ['$inc of a string', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc by a string', { a: 1 }, { $inc: { a: 'x' } }, 14],
    ['$inc beyond a long', { a: Long.MAX_VALUE }, { $inc: { a: long('1') } }, 2],
    ['$push to a number', { a: 1 }, { $push: { a: 1 } }, 2],
    ['paths within each other', {}, { $set: { a: 1, 'a.b': 2 } }, 40],
    ['two operators on one path', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['another _id', {}, { $set: { _id: 2 } }, 66],
    ['an unknown operator', {}, { $bogus: { a: 1 } }, 9],
    ['an empty name in a path', {}, { $set: { 'a..b': 1 } }, 56],
    ['$pull through a number', { a: 5 }, { $pull: { 'a.b': 1 } }, 28],
    ['$rename of an element', { a: [1] }, { $rename: { 'a.0': 'b' } }, 2],
    ['$rename into an array', { a: 1, b: [] }, { $rename: { a: 'b.0' } }, 2],
    ['$rename through a number', { a: 1 }, { $rename: { 'a.b': 'c' } }, 28],
    ['$addToSet with more than $each', {}, { $addToSet: { a: { $each: [], $slice: 1 } } }, 2],
    ['$bit by a double', { a: 1 }, { $bit: { a: { or: 1.5 } } }, 2],
    ['$bit by nothing', { a: 1 }, { $bit: { a: {} } }, 2],
    ['$push sorted by 2', {}, { $push: { a: { $each: [], $sort: 2 } } }, 2],
    ['an array filter that is not there', { a: [1] }, { $set: { 'a.$[x]': 2 } }, 2],
    ['a position that nothing matched', { a: [1] }, { $set: { 'a.$': 2 } }, 2],
  ];

  describe('Updates', () => {
    for (const [title, before, update, after, { filter = {}, arrayFilters } = {}] of updates)
      it(title, async () => {
        const collection = await engine.collectionOf([before]);
        await collection.updateOne(filter, update, arrayFilters ? { arrayFilters } : {});
        expectSame(await collection.findOne(), { _id: 1, ...after });
      });

    for (const [title, before, update, code] of refused)
      it(`refuse ${title}`, async () => {
        const collection = await engine.collectionOf([before]);
        expect(await codeOf(collection.updateOne({}, update))).to.equal(code);
        expectSame(await collection.findOne(), { _id: 1, ...before });
      });

    it('add to longs exactly', async () => {
      const collection = await engine.collectionOf([{ a: long('9007199254740993') }]);
      await collection.updateOne({}, { $inc: { a: 1 } });
      const found = await collection.findOne({}, { promoteLongs: false });
      expect(String(found?.a)).to.equal('9007199254740994');
    });

    it('set the current date and timestamp', async () => {
      const collection = await engine.collectionOf([{}]);
      await collection.updateOne(
        {},
        { $currentDate: { d: { $type: 'date' }, t: { $type: 'timestamp' } } },
      );
      const found = await collection.findOne();
      expect(found?.d).to.be.an.instanceOf(Date);
      expect((found?.t as { _bsontype: string })._bsontype).to.equal('Timestamp');
    });

    it('know $$NOW in a pipeline', async () => {
      const collection = await engine.collectionOf([{}]);
      await collection.updateOne({}, [{ $set: { t: '$$NOW' } }]);
      expect((await collection.findOne())?.t).to.be.an.instanceOf(Date);
    });

    it('keep the number types of what they do not touch', async () => {
      const numbers = {
        int: new Int32(1),
        double: new Double(1),
        long: long('1'),
        decimal: decimal('1.0'),
      };
      const collection = await engine.collectionOf([numbers]);
      await collection.updateOne({}, { $set: { touched: true } });
      for (const type of Object.keys(numbers))
        expect(
          await collection.countDocuments({ [type]: { $type: type as 'int' } }),
          type,
        ).to.equal(1);
    });

    it('check their arguments even when they find nothing', async () => {
      const collection = await engine.collectionOf([]);
      for (const [update, code] of [
        [{ $inc: { a: 'x' } }, 14],
        [{ $pop: { a: 5 } }, 9],
        [{ $pull: { a: { $bogus: 1 } } }, 2],
        [{ $pullAll: { a: 1 } }, 2],
      ] as const)
        expect(await codeOf(collection.updateOne({}, update as never))).to.equal(code);
    });

    it('compare by their collation', async () => {
      const collection = await engine.collectionOf([{ a: ['x', 'Y'] }]);
      const options = { collation: { locale: 'en', strength: 2 } };
      const arrayFilters = [{ e: 'y' }];
      await collection.updateOne({}, { $set: { 'a.$[e]': 'z' } }, { ...options, arrayFilters });
      await collection.updateOne({}, { $addToSet: { a: 'Z' } }, options);
      await collection.updateOne({}, { $pull: { a: 'X' } as never }, options);
      expectSame(await collection.findOne(), { _id: 1, a: ['z'] });
    });

    it('show the element that matched by their collation', async () => {
      const collection = await engine.collectionOf([{ a: ['x', 'Y'] }]);
      const options = { collation: { locale: 'en', strength: 2 }, projection: { 'a.$': 1 } };
      const before = await collection.findOneAndUpdate({ a: 'y' }, { $set: { b: 1 } }, options);
      expectSame(before, { _id: 1, a: ['Y'] });
    });

    it('tell what they did', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 1 }, { a: 2 }]);
      const result = await collection.updateMany({ a: 1 }, { $set: { a: 2 } });
      expect(result).to.include({ matchedCount: 2, modifiedCount: 2, upsertedCount: 0 });
      const again = await collection.updateMany({}, { $set: { a: 2 } });
      expect(again).to.include({ matchedCount: 3, modifiedCount: 0 });
    });
  });

  describe('Inserts', () => {
    it('keep the bytes that were sent, also the order of names that look like numbers', async () => {
      const collection = await engine.collectionOf([]);
      const sent = new Map<string, unknown>([
        ['_id', 1],
        ['b', { a: 1 }],
        ['2', 'two'],
        ['1', 'one'],
      ]);
      await collection.insertMany([sent]);
      const [stored] = await collection.find({}, { raw: true }).toArray();
      const bytes = Buffer.from(stored as unknown as Uint8Array);
      expect(bytes.toString('hex')).to.equal(Buffer.from(BSON.serialize(sent)).toString('hex'));
    });
  });

  describe('Upserts', () => {
    it('start from the equalities of the filter', async () => {
      const collection = await engine.collectionOf([]);
      const filter = { _id: 7 as never, 'a.b': 1, c: { $gt: 5 }, $and: [{ d: { $eq: 2 } }] };
      const update = { $set: { e: 3 }, $setOnInsert: { f: 4 } };
      const { upsertedId } = await collection.updateOne(filter, update, { upsert: true });
      expect(upsertedId).to.equal(7);
      expectSame(await collection.findOne(), { _id: 7, a: { b: 1 }, d: 2, e: 3, f: 4 });
    });

    it('refuse a filter that says two things of one field', async () => {
      const collection = await engine.collectionOf([]);
      const update = collection.updateOne({ a: 1, 'a.b': 2 }, { $set: { c: 1 } }, { upsert: true });
      expect(await codeOf(update)).to.equal(54);
    });

    it('take only the _id of the filter for a replacement', async () => {
      const collection = await engine.collectionOf([]);
      await collection.replaceOne({ _id: 7 as never, a: 1 }, { b: 2 }, { upsert: true });
      expectSame(await collection.findOne(), { _id: 7, b: 2 });
    });
  });

  describe('findAndModify', () => {
    it('takes the first in the order of the sort, exactly once', async () => {
      const collection = await engine.collectionOf([{ p: 2 }, { p: 3 }, { p: 1 }]);
      const take = () =>
        collection.findOneAndUpdate(
          { taken: null },
          { $set: { taken: true } },
          { sort: { p: -1 } },
        );
      const taken = await Promise.all([take(), take(), take(), take()]);
      expect(taken.map((job) => job?.p as unknown)).to.have.members([3, 2, 1, undefined]);
      const later = await engine.collectionOf([{ p: 2 }, { p: 3 }]);
      expect((await later.findOneAndDelete({}, { sort: { p: -1 } }))?.p).to.equal(3);
    });

    it('gives the document before, after, or removed', async () => {
      const collection = await engine.collectionOf([{ a: 1 }]);
      expectSame(await collection.findOneAndUpdate({}, { $inc: { a: 1 } }), { _id: 1, a: 1 });
      const after = await collection.findOneAndUpdate(
        {},
        { $inc: { a: 1 } },
        { returnDocument: 'after' },
      );
      expectSame(after, { _id: 1, a: 3 });
      expectSame(await collection.findOneAndDelete({}, { projection: { _id: 0 } }), { a: 3 });
      expect(await collection.findOneAndDelete({})).to.equal(null);
    });
  });

  describe('Deletes', () => {
    it('remove one or all that match', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 }]);
      expect((await collection.deleteOne({ a: 1 })).deletedCount).to.equal(1);
      expect((await collection.deleteMany({ a: 1 })).deletedCount).to.equal(2);
      expect(await collection.countDocuments()).to.equal(1);
    });
  });
});
