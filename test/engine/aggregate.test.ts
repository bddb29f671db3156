import { expect } from 'chai';
import type { Document } from 'mongodb';
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

describe('Aggregation', () => {
  const engine = useEngine();

  type PipelineCase = [
    title: string,
    documents: AnyDocument[],
    pipeline: Document[],
    wanted: unknown[],
  ];

  const pipelines: PipelineCase[] = [
    [
      'groups by ObjectId',
      [
        { a: oid(1), n: 1 },
        { a: oid(1), n: 2 },
        { a: oid(2), n: 4 },
      ],
      [{ $group: { _id: '$a', s: { $sum: '$n' }, c: { $sum: 1 } } }, { $sort: { s: 1 } }],
      [
        { _id: oid(1), s: 3, c: 2 },
        { _id: oid(2), s: 4, c: 1 },
      ],
    ],
    [
      'groups by several values',
      [
        { a: day('2020-01-01'), b: 'x' },
        { a: day('2020-01-01'), b: 'x' },
      ],
      [{ $group: { _id: { a: '$a', b: '$b' }, c: { $sum: 1 } } }],
      [{ _id: { a: day('2020-01-01'), b: 'x' }, c: 2 }],
    ],
    [
      'groups missing with null',
      [{ a: null }, {}],
      [{ $group: { _id: '$a', c: { $sum: 1 } } }],
      [{ _id: null, c: 2 }],
    ],
    [
      'groups an int with an equal long',
      [{ a: 1 }, { a: long('1') }],
      [{ $group: { _id: '$a', c: { $sum: 1 } } }, { $project: { _id: 0 } }],
      [{ c: 2 }],
    ],
    [
      'groups by field order',
      [{ a: { x: 1, y: 1 } }, { a: { y: 1, x: 1 } }],
      [{ $group: { _id: '$a' } }, { $count: 'n' }],
      [{ n: 2 }],
    ],
    [
      'collects a set',
      [{ a: oid(1) }, { a: oid(1) }],
      [{ $group: { _id: null, s: { $addToSet: '$a' } } }],
      [{ _id: null, s: [oid(1)] }],
    ],
    [
      'sums numbers only',
      [{ a: 1 }, { a: 'x' }, {}],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: 1 }],
    ],
    [
      'sums decimals',
      [{ a: decimal('1.10') }, { a: decimal('2.20') }],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: decimal('3.30') }],
    ],
    [
      'averages nothing to null',
      [{ a: 'x' }],
      [{ $group: { _id: null, s: { $avg: '$a' } } }],
      [{ _id: null, s: null }],
    ],
    [
      'finds the latest date',
      [{ a: day('2020-01-01') }, { a: day('2021-01-01') }],
      [{ $group: { _id: null, s: { $max: '$a' } } }],
      [{ _id: null, s: day('2021-01-01') }],
    ],
    [
      'finds the least of what is there',
      [{ a: null }, {}, { a: 3 }],
      [{ $group: { _id: null, s: { $min: '$a' } } }],
      [{ _id: null, s: 3 }],
    ],
    [
      'finds the greatest ObjectId',
      [{ a: oid(2) }, { a: oid(9) }],
      [{ $group: { _id: null, s: { $max: '$a' } } }],
      [{ _id: null, s: oid(9) }],
    ],
    [
      'gives first and last, missing as null',
      [{}, { a: 5 }],
      [{ $sort: { _id: 1 } }, { $group: { _id: null, f: { $first: '$a' }, l: { $last: '$a' } } }],
      [{ _id: null, f: null, l: 5 }],
    ],
    [
      'pushes what is there',
      [{}, { a: 5 }, { a: null }],
      [{ $group: { _id: null, p: { $push: '$a' } } }],
      [{ _id: null, p: [5, null] }],
    ],
    ['unwinds an empty string', [{ a: '' }], [{ $unwind: '$a' }], [{ _id: 1, a: '' }]],
    ['unwinds an empty document', [{ a: {} }], [{ $unwind: '$a' }], [{ _id: 1, a: {} }]],
    [
      'unwinds with the index',
      [{ a: ['x', 'y'] }],
      [{ $unwind: { path: '$a', includeArrayIndex: 'i' } }],
      [
        { _id: 1, a: 'x', i: 0 },
        { _id: 1, a: 'y', i: 1 },
      ],
    ],
    [
      'unwinds nothing when asked to keep it',
      [{ a: [] }],
      [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }],
      [{ _id: 1 }],
    ],
    [
      'runs facets',
      [{ a: 1 }, { a: 2 }],
      [
        {
          $facet: {
            n: [{ $count: 'c' }],
            m: [{ $match: { a: 2 } }, { $project: { _id: 0, a: 1 } }],
          },
        },
      ],
      [{ n: [{ c: 2 }], m: [{ a: 2 }] }],
    ],
    ['counts nothing to nothing', [], [{ $count: 'c' }], []],
    [
      'sorts by count',
      [{ a: 'x' }, { a: 'y' }, { a: 'x' }],
      [{ $sortByCount: '$a' }],
      [
        { _id: 'x', count: 2 },
        { _id: 'y', count: 1 },
      ],
    ],
    [
      'sorts into buckets',
      [{ a: 1 }, { a: 5 }, { a: 50 }],
      [
        {
          $bucket: {
            groupBy: '$a',
            boundaries: [0, 5, 10],
            default: 'other',
            output: { c: { $sum: 1 } },
          },
        },
      ],
      [
        { _id: 0, c: 1 },
        { _id: 5, c: 1 },
        { _id: 'other', c: 1 },
      ],
    ],
    [
      'takes a sample',
      [{ a: 1 }, { a: 2 }, { a: 3 }],
      [{ $sample: { size: 2 } }, { $count: 'n' }],
      [{ n: 2 }],
    ],
    [
      'ranks over a window',
      [{ a: 5 }, { a: 7 }],
      [
        { $setWindowFields: { sortBy: { a: -1 }, output: { r: { $rank: {} } } } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 1, a: 5, r: 2 },
        { _id: 2, a: 7, r: 1 },
      ],
    ],
    ['replaces the root', [{ a: { x: 1 } }], [{ $replaceRoot: { newRoot: '$a' } }], [{ x: 1 }]],
    [
      'projects in the order asked for',
      [{ a: { b: 1, c: 2 } }],
      [{ $project: { 'a.b': 1, z: '$a.c' } }],
      [{ _id: 1, a: { b: 1 }, z: 2 }],
    ],
    [
      'adds a nested field by path',
      [{ a: { x: 1 } }],
      [{ $addFields: { 'a.y': 2 } }],
      [{ _id: 1, a: { x: 1, y: 2 } }],
    ],
    [
      'adds a nested field by document',
      [{ a: { x: 1 } }],
      [{ $addFields: { a: { y: 2 } } }],
      [{ _id: 1, a: { x: 1, y: 2 } }],
    ],
    [
      'adds a field in every element',
      [{ a: [{ x: 1 }] }],
      [{ $addFields: { 'a.y': 2 } }],
      [{ _id: 1, a: [{ x: 1, y: 2 }] }],
    ],
    [
      'keeps ObjectIds and strings apart',
      [{ a: oid(1) }],
      [{ $match: { a: '000000000000000000000001' } }],
      [],
    ],
    [
      'skips, then limits',
      [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }],
      [{ $sort: { a: 1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 0 } }],
      [{ a: 2 }, { a: 3 }],
    ],
    [
      'matches, skips and limits what was limited before',
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ a: n, b: n % 2, c: { d: n % 3 } })),
      [
        { $sort: { a: 1 } },
        { $limit: 7 },
        { $match: { b: 1 } },
        { $skip: 1 },
        { $match: { $expr: { $lt: ['$a', 8] } } },
        { $limit: 2 },
        { $project: { _id: 0, c: 1 } },
      ],
      [{ c: { d: 0 } }, { c: { d: 2 } }],
    ],
    [
      'counts what it matches after a limit',
      [{ a: 1 }, { a: 2 }, { a: 1 }, { a: 1 }],
      [
        { $sort: { a: 1 } },
        { $limit: 3 },
        { $match: { a: 1 } },
        { $group: { _id: 1, n: { $sum: 1 } } },
      ],
      [{ _id: 1, n: 3 }],
    ],
  ];

  describe('Pipelines', () => {
    for (const [title, documents, pipeline, wanted] of pipelines)
      it(title, async () => {
        const collection = await engine.collectionOf(documents);
        expectSame(await collection.aggregate(pipeline).toArray(), wanted);
      });

    it('leave the stored documents alone', async () => {
      const collection = await engine.collectionOf([{ a: { x: 1 }, l: [] }]);
      await collection
        .aggregate([
          { $addFields: { 'a.y': 2 } },
          { $unwind: { path: '$l', preserveNullAndEmptyArrays: true } },
        ])
        .toArray();
      expectSame(await collection.findOne(), { _id: 1, a: { x: 1 }, l: [] });
    });

    it('count by group as countDocuments does', async () => {
      const collection = await engine.collectionOf([{ a: 1 }, { a: 1 }, { a: 2 }]);
      expect(await collection.countDocuments({ a: 1 })).to.equal(2);
      expect(await collection.countDocuments({ a: { $gte: 1 } }, { skip: 1, limit: 5 })).to.equal(
        2,
      );
      expect(await collection.countDocuments({ a: 3 })).to.equal(0);
    });

    for (const where of ['an index', 'the records', 'nothing'] as const) {
      it(`count by ${where}, less what is skipped and no further than the limit`, async () => {
        const documents = Array.from({ length: 20 }, (_, n) => ({ a: n % 2, b: n }));
        const collection = await engine.collectionOf(documents);
        if (where === 'an index') await collection.createIndex({ a: 1 }, undefined, undefined);
        const [filter, all] = where === 'nothing' ? [{}, 20] : [{ a: 1 }, 10];
        for (const [skip, limit] of [
          [0, 3],
          [4, 3],
          [all - 2, 3],
          [all, 3],
          [0, all + 5],
          [7, 0],
        ] as const) {
          const count = Math.min(Math.max(0, all - skip), limit || Infinity);
          const options = { skip, ...(limit > 0 && { limit }) };
          expect(await collection.countDocuments(filter, options)).to.equal(count);
          const reply = await engine.db.command({
            count: collection.collectionName,
            query: filter,
            skip,
            limit,
          });
          expect(reply.n).to.equal(count);
        }
      });
    }

    const refused: [pipeline: Document[], code: number][] = [
      [[{ $bogus: 1 }], 40324],
      [[{ constructor: 1 }], 40324],
      [[{ $group: { _id: 1, a: { $bogus: 1 } } }], 15952],
      [[{ $group: { _id: 1, a: { constructor: 1 } } }], 15952],
      [[{ $group: { _id: 1, a: { $stdDevSamp: '$a' } } }], 238],
      [[{ $match: {}, $sort: {} }], 40323],
      [[{ $changeStream: {} }], 238],
      [[{ $geoNear: {} }], 238],
      [[{ $unwind: { path: '$a', depth: 1 } }], 40415],
      [[{ $lookup: { from: 'x', as: 'y', pipeline: [], limit: 1 } }], 40415],
      [[{ $merge: { into: 'x', let: { a: 1 } } }], 238],
      [[{ $merge: { into: 'x', when: 'fail' } }], 40415],
      [[{ $out: 'x' }, { $match: {} }], 40601],
      [[{ $group: { c: { $sum: 1 } } }], 15955],
      [[{ $limit: 0 }], 15958],
      [[{ $project: { a: { $bogus: 1 } } }], 168],
      [[{ $project: { a: '$$nobody' } }], 17276],
    ];
    for (const [pipeline, code] of refused)
      it(`refuse ${JSON.stringify(pipeline)}`, async () => {
        const collection = await engine.collectionOf([{ a: 1 }]);
        expect(await codeOf(collection.aggregate(pipeline).toArray())).to.equal(code);
      });
  });
});
