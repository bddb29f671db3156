import { expect } from 'chai';
import { Binary, MaxKey, MinKey, Timestamp, UUID, type Document, type Sort } from 'mongodb';
import { binary, codeOf, day, decimal, long, oid, useEngine, type AnyDocument } from './support.ts';

describe('Reading', () => {
  const engine = useEngine();

  type FilterCase = [title: string, documents: AnyDocument[], filter: Document, ids: unknown[]];
  type SortCase = [title: string, documents: AnyDocument[], sort: Sort, ids: unknown[]];

  const uuid = new UUID('00000000-0000-4000-8000-000000000001');

  const filters: FilterCase[] = [
    ['compares ObjectIds', [{ a: oid(1) }, { a: oid(2) }], { a: oid(1) }, [1]],
    [
      'finds ObjectIds with $in',
      [{ a: oid(1) }, { a: oid(2) }, { a: oid(3) }],
      { a: { $in: [oid(1), oid(3)] } },
      [1, 3],
    ],
    ['orders ObjectIds', [{ a: oid(1) }, { a: oid(2) }], { a: { $gt: oid(1) } }, [2]],
    ['excludes an ObjectId with $ne', [{ a: oid(1) }, { a: oid(2) }], { a: { $ne: oid(1) } }, [2]],
    [
      'compares dates',
      [{ a: day('2020-01-01') }, { a: day('2021-01-01') }],
      { a: day('2020-01-01') },
      [1],
    ],
    [
      'orders dates',
      [{ a: day('2020-01-01') }, { a: day('2021-01-01') }],
      { a: { $lte: day('2020-06-01') } },
      [1],
    ],
    ['holds a long equal to an int', [{ a: long('5') }, { a: 5 }], { a: 5 }, [1, 2]],
    [
      'orders longs beyond doubles',
      [{ a: long('9007199254740993') }, { a: long('9007199254740995') }],
      { a: { $gt: long('9007199254740993') } },
      [2],
    ],
    [
      'orders longs by value, not by text',
      [{ a: long('10') }, { a: long('9') }],
      { a: { $gt: long('9') } },
      [1],
    ],
    ['holds a decimal equal to a double', [{ a: decimal('1.50') }], { a: 1.5 }, [1]],
    [
      'keeps a decimal apart from a double that is only near',
      [{ a: decimal('0.1') }],
      { a: 0.1 },
      [],
    ],
    [
      'orders decimals',
      [{ a: decimal('10.5') }, { a: decimal('9.5') }],
      { a: { $gt: decimal('9.9') } },
      [1],
    ],
    ['compares binaries', [{ a: binary('x') }, { a: binary('y') }], { a: binary('x') }, [1]],
    ['compares UUIDs', [{ a: new Binary(uuid.buffer, 4) }], { a: uuid }, [1]],
    [
      'compares subdocuments with their field order',
      [{ a: { x: 1, y: 2 } }],
      { a: { y: 2, x: 1 } },
      [],
    ],
    [
      'orders subdocuments field by field',
      [{ a: { x: 1, y: 5 } }],
      { a: { $gt: { x: 1, y: 2 } } },
      [1],
    ],
    ['finds missing with null', [{}, { a: null }, { a: 1 }], { a: null }, [1, 2]],
    [
      'finds missing with null in $in',
      [{}, { a: null }, { a: 1 }],
      { a: { $in: [null, 9] } },
      [1, 2],
    ],
    ['finds missing with $lte null', [{}, { a: null }, { a: 1 }], { a: { $lte: null } }, [1, 2]],
    [
      'finds null inside $or',
      [{ l: null }, {}, { l: day('2020-01-01') }],
      { $or: [{ l: { $eq: null } }, { l: { $lte: day('2019-01-01') } }] },
      [1, 2],
    ],
    ['finds null among elements', [{ a: [1, null] }, { a: [1] }], { a: null }, [1]],
    [
      'finds a field missing in one of several elements',
      [{ a: [{ b: 1 }, { c: 1 }] }, { a: [{ b: 1 }] }, { a: [] }],
      { 'a.b': null },
      [1],
    ],
    [
      'wants $exists: false of every element',
      [{ a: [{ b: 1 }, { c: 1 }] }, { a: [{ c: 1 }] }, {}],
      { 'a.b': { $exists: false } },
      [2, 3],
    ],
    ['compares whole arrays', [{ a: [1, 2] }, { a: [2, 1] }], { a: [1, 2] }, [1]],
    ['finds an array in an array', [{ a: [[1, 2], 3] }], { a: [1, 2] }, [1]],
    ['takes a range to any element', [{ a: [1, 20] }, { a: [1, 2] }], { a: { $gt: 10 } }, [1]],
    ['takes a range not two arrays deep', [{ a: [[20]] }], { a: { $gt: 10 } }, []],
    ['takes an equality not two arrays deep', [{ a: [[5]] }], { a: 5 }, []],
    ['keeps ranges within a type', [{ a: 'x' }, { a: 20 }], { a: { $gt: 10 } }, [2]],
    ['reads a number in a path as an index', [{ a: [{ b: 1 }, { b: 2 }] }], { 'a.1.b': 2 }, [1]],
    ['matches a regex to elements', [{ a: ['foo', 'bar'] }], { a: /^ba/ }, [1]],
    ['takes $options', [{ a: 'Hello' }], { a: { $regex: '^hel', $options: 'i' } }, [1]],
    ['takes the x option', [{ a: 'abc' }], { a: { $regex: 'a b c # c', $options: 'x' } }, [1]],
    ['negates a regex', [{ a: 'abc' }, { a: 'xyz' }, {}], { a: { $not: /^a/ } }, [2, 3]],
    ['knows $type objectId', [{ a: oid(1) }, { a: 'x' }], { a: { $type: 'objectId' } }, [1]],
    ['knows $type binData', [{ a: binary('x') }, { a: 'x' }], { a: { $type: 'binData' } }, [1]],
    ['knows $type of elements', [{ a: ['x'] }, { a: [1] }], { a: { $type: 'string' } }, [1]],
    ['knows $type array', [{ a: [1] }, { a: 1 }], { a: { $type: 'array' } }, [1]],
    [
      'matches one element with $elemMatch',
      [
        { a: [{ u: oid(1), r: 'x' }] },
        {
          a: [
            { u: oid(1), r: 'y' },
            { u: oid(2), r: 'x' },
          ],
        },
      ],
      { a: { $elemMatch: { u: oid(1), r: 'x' } } },
      [1],
    ],
    [
      'wants $all',
      [{ a: [oid(1), oid(2)] }, { a: [oid(1)] }],
      { a: { $all: [oid(1), oid(2)] } },
      [1],
    ],
    ['knows $size', [{ a: [1, 2] }, { a: [1] }], { a: { $size: 2 } }, [1]],
    ['counts missing as not in $nin', [{}, { a: 1 }], { a: { $nin: [1] } }, [1]],
    ['knows $mod', [{ a: 4 }, { a: 5 }], { a: { $mod: [4, 0] } }, [1]],
    ['knows $bitsAllSet', [{ a: 6 }, { a: 1 }], { a: { $bitsAllSet: 2 } }, [1]],
    [
      'compares fields with $expr',
      [
        { a: oid(1), b: oid(1) },
        { a: oid(1), b: oid(2) },
      ],
      { $expr: { $eq: ['$a', '$b'] } },
      [1],
    ],
    ['compares across types in $expr', [{ a: 'x' }], { $expr: { $gt: ['$a', 5] } }, [1]],
    ['holds missing least in $expr', [{}], { $expr: { $lt: ['$a', 5] } }, [1]],
    ['accepts $comment', [{ a: 1 }], { a: 1, $comment: 'x' }, [1]],
    ['keeps NaN out of ranges', [{ a: NaN }, { a: 1 }], { a: { $lt: 5 } }, [2]],
    ['takes an element picked by its place whole', [{ a: [[1], 2] }], { 'a.0': 1 }, []],
    ['finds no field in a number picked by its place', [{ a: [5] }], { 'a.0.b': null }, []],
    ['takes elements whole in $elemMatch', [{ a: [[5]] }], { a: { $elemMatch: { $gt: 1 } } }, []],
    [
      'looks into nested arrays by place in $elemMatch',
      [{ a: [[{ b: 1 }]] }],
      { a: { $elemMatch: { '0.b': 1, b: null } } },
      [1],
    ],
    ['bounds missing fields by MinKey', [{}, { a: 1 }], { a: { $gt: new MinKey() } }, [1, 2]],
    [
      'takes $mod of what a long can hold, exactly',
      [{ a: decimal('9007199254740993') }, { a: 1e300 }],
      { a: { $mod: [2, 1] } },
      [1],
    ],
    ['tells stored regexes apart by options', [{ a: /x/i }, { a: /x/ }], { a: /x/ }, [2]],
  ];

  describe('Filters', () => {
    for (const [title, documents, filter, ids] of filters)
      it(title, async () => {
        const collection = await engine.collectionOf(documents);
        const found = await collection.find(filter).toArray();
        expect(found.map(({ _id }) => _id as unknown)).to.deep.equal(ids);
      });

    for (const [title, documents, filter, ids] of filters)
      it(`${title}, by an index`, async () => {
        const collection = await engine.collectionOf(documents);
        await collection.createIndex({ a: 1 }, undefined, undefined);
        await collection.createIndex({ 'a.b': -1 }, undefined, undefined);
        const found = await collection.find(filter).sort({ _id: 1 }).toArray();
        expect(found.map(({ _id }) => _id as unknown)).to.deep.equal(ids);
      });

    const refused: [filter: Document, code: number][] = [
      [{ $bogus: 1 }, 2],
      [{ a: { $bogus: 1 } }, 2],
      [{ $or: [] }, 2],
      [{ a: { $in: 1 } }, 2],
      [{ a: { $regex: '(' } }, 51091],
      [{ a: { $ne: /x/ } }, 2],
      [{ $and: [5] }, 2],
      [{ a: { $not: {} } }, 2],
      [{ a: { $in: [{ $gt: 1 }] } }, 2],
      [{ a: { $all: [{ $gt: 1 }] } }, 2],
      [{ a: { $all: [{ $elemMatch: { b: 1 } }, 1] } }, 2],
      [{ a: { $type: [] } }, 9],
      [{ a: { $bitsAllSet: -5 } }, 9],
      [{ a: { $bitsAllSet: [-1] } }, 2],
      [{ a: { $gt: /x/ } }, 2],
      [{ a: { $near: [1, 2] } }, 238],
      [{ $text: { $search: 'x' } }, 238],
      [{ $where: 'true' }, 238],
      [{ $jsonSchema: {} }, 238],
      [{ $alwaysTrue: 1 }, 238],
      [{ $expr: { $bogus: 1 } }, 168],
    ];
    for (const [filter, code] of refused)
      it(`refuses ${JSON.stringify(filter)}`, async () => {
        const collection = await engine.collectionOf([]);
        expect(await codeOf(collection.find(filter).toArray())).to.equal(code);
      });
  });

  const ofEveryType: AnyDocument[] = [
    { _id: 'maxKey', a: new MaxKey() },
    { _id: 'regex', a: /x/ },
    { _id: 'timestamp', a: new Timestamp({ t: 1, i: 1 }) },
    { _id: 'date', a: day('2020-01-01') },
    { _id: 'boolean', a: true },
    { _id: 'objectId', a: oid(1) },
    { _id: 'binary', a: binary('x') },
    { _id: 'array', a: [['z']] },
    { _id: 'document', a: { x: 1 } },
    { _id: 'string', a: 's' },
    { _id: 'number', a: 1 },
    { _id: 'null', a: null },
    { _id: 'minKey', a: new MinKey() },
  ];
  const typeOrder = [
    'minKey',
    'null',
    'number',
    'string',
    'document',
    'array',
    'binary',
    'objectId',
    'boolean',
    'date',
    'timestamp',
    'regex',
    'maxKey',
  ];

  const sorts: SortCase[] = [
    ['orders the types', ofEveryType, { a: 1 }, typeOrder],
    ['orders the types backwards', ofEveryType, { a: -1 }, typeOrder.toReversed()],
    [
      'ties missing with null',
      [{ _id: 3, a: null }, { _id: 1 }, { _id: 2, a: null }],
      { a: 1, _id: 1 },
      [1, 2, 3],
    ],
    [
      'takes the least element ascending',
      [{ a: [5, 9] }, { a: [1, 10] }, { a: 3 }],
      { a: 1 },
      [2, 3, 1],
    ],
    [
      'takes the greatest element descending',
      [{ a: [5, 9] }, { a: [1, 10] }, { a: 7 }],
      { a: -1 },
      [2, 1, 3],
    ],
    [
      'orders an empty array before null',
      [{ a: null }, { a: [] }, {}],
      { a: 1, _id: 1 },
      [2, 1, 3],
    ],
    [
      'takes null for an element without the field',
      [{ a: [{ b: 1 }, 5] }, { a: [{ b: 0 }] }],
      { 'a.b': 1 },
      [1, 2],
    ],
    [
      'orders ObjectIds descending',
      [{ a: oid(1) }, { a: oid(3) }, { a: oid(2) }],
      { a: -1 },
      [2, 3, 1],
    ],
    [
      'orders numbers across types',
      [{ a: long('10') }, { a: 2.5 }, { a: decimal('3') }],
      { a: 1 },
      [2, 3, 1],
    ],
    ['orders strings by code point', [{ a: '\uff5e' }, { a: '\u{1F600}' }], { a: 1 }, [1, 2]],
    [
      'orders long strings to the end',
      [{ a: `${'x'.repeat(600)}b` }, { a: `${'x'.repeat(600)}a` }],
      { a: 1 },
      [2, 1],
    ],
    [
      'orders subdocuments by name and value',
      [{ a: { z: 1, a: 2 } }, { a: { b: 9 } }],
      { a: 1 },
      [2, 1],
    ],
  ];

  describe('Sorts', () => {
    it('take all their fields from one element', async () => {
      const collection = await engine.collectionOf([
        {
          a: [
            { x: 1, y: 1 },
            { x: 2, y: 9 },
          ],
        },
        { a: [{ x: 1, y: 5 }] },
      ]);
      const found = await collection.find().sort({ 'a.x': 1, 'a.y': -1 }).toArray();
      expect(found.map(({ _id }) => _id as unknown)).to.deep.equal([2, 1]);
    });

    it('refuse to run through two arrays', async () => {
      const collection = await engine.collectionOf([{ a: [1], b: [1] }]);
      expect(await codeOf(collection.find().sort({ a: 1, b: 1 }).toArray())).to.equal(2);
    });

    for (const [title, documents, sort, ids] of sorts)
      for (const isIndexed of [false, true])
        it(`${title}${isIndexed ? ', by an index' : ''}`, async () => {
          const collection = await engine.collectionOf(documents);
          if (isIndexed) await collection.createIndex({ a: 1, _id: 1 }, undefined, undefined);
          const found = await collection.find().sort(sort).toArray();
          expect(found.map(({ _id }) => _id as unknown)).to.deep.equal(ids);
        });

    it('keeps ties in the order found', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 1 }, { a: 2 }]);
      const found = await collection.find().sort({ a: -1 }).toArray();
      expect(found.map(({ _id }) => _id as unknown)).to.deep.equal([3, 1, 2]);
    });
  });

  describe('Cursors', () => {
    it('give every document once, whatever the batch size', async () => {
      const collection = await engine.collectionOf(Array.from({ length: 250 }, (_, a) => ({ a })));
      for (const batchSize of [1, 7, 101, 250, 1000]) {
        const found = await collection.find().batchSize(batchSize).toArray();
        expect(found.length).to.equal(250);
      }
      expect((await collection.find().skip(3).limit(5).batchSize(2).toArray()).length).to.equal(5);
    });

    it('end with maxTimeMS', async () => {
      const collection = await engine.collectionOf(
        Array.from({ length: 20_000 }, (_, a) => ({ a })),
      );
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      const slow = collection.find({ $expr: { $in: ['$a', numbers] } }).maxTimeMS(1);
      expect(await codeOf(slow.toArray())).to.equal(50);
    });
  });
});
