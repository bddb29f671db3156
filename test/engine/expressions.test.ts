import { expect } from 'chai';
import { BSON, ObjectId } from 'mongodb';
import { codeOf, day, decimal, expectSame, oid, useEngine, type AnyDocument } from './support.ts';

describe('Expressions', () => {
  const engine = useEngine();

  type ExpressionCase = [
    title: string,
    document: AnyDocument,
    expression: unknown,
    wanted: unknown,
  ];

  const march = day('2024-03-05T13:14:15.016Z');
  const expressions: ExpressionCase[] = [
    [
      'truncates to the day',
      { d: march },
      { $dateTrunc: { date: '$d', unit: 'day' } },
      day('2024-03-05'),
    ],
    [
      'truncates to a week from Monday',
      { d: day('2024-03-07T13:14:15Z') },
      { $dateTrunc: { date: '$d', unit: 'week', startOfWeek: 'monday' } },
      day('2024-03-04'),
    ],
    [
      'truncates to a month in a time zone',
      { d: day('2024-03-31T23:30:00Z') },
      { $dateTrunc: { date: '$d', unit: 'month', timezone: 'Europe/Berlin' } },
      day('2024-03-31T22:00:00Z'),
    ],
    [
      'formats a date',
      { d: march },
      { $dateToString: { date: '$d', format: '%Y-%m-%dT%H:%M:%S.%LZ' } },
      '2024-03-05T13:14:15.016Z',
    ],
    [
      'formats a date in summer time',
      { d: day('2024-07-01T22:30:00Z') },
      { $dateToString: { date: '$d', format: '%Y-%m-%d', timezone: 'Europe/Berlin' } },
      '2024-07-02',
    ],
    [
      'counts days between dates',
      { a: day('2024-01-01'), b: day('2024-02-01') },
      { $dateDiff: { startDate: '$a', endDate: '$b', unit: 'day' } },
      31,
    ],
    [
      'stays within a shorter month',
      { a: day('2024-01-31') },
      { $dateAdd: { startDate: '$a', amount: 1, unit: 'month' } },
      day('2024-02-29'),
    ],
    [
      'subtracts dates to milliseconds',
      { a: day('2024-01-02'), b: day('2024-01-01') },
      { $subtract: ['$a', '$b'] },
      86_400_000,
    ],
    [
      'adds milliseconds to a date',
      { a: day('2024-01-01') },
      { $add: ['$a', 1000] },
      day('2024-01-01T00:00:01Z'),
    ],
    [
      'sorts an array by fields, whatever else it holds',
      { a: [{ x: [1] }, { x: 5 }, 7] },
      { $sortArray: { input: '$a', sortBy: { x: 1 } } },
      [7, { x: 5 }, { x: [1] }],
    ],
    ['replaces missing', {}, { $ifNull: ['$x', 'd'] }, 'd'],
    ['keeps missing apart from null', {}, { $eq: ['$x', null] }, false],
    ['finds a member', { a: oid(1), l: [oid(1)] }, { $in: ['$a', '$l'] }, true],
    [
      'unites sets',
      { a: [oid(1)], b: [oid(1), oid(2)] },
      { $size: { $setUnion: ['$a', '$b'] } },
      2,
    ],
    ['writes an ObjectId', { a: oid(1) }, { $toString: '$a' }, '000000000000000000000001'],
    ['reads an ObjectId', { a: '000000000000000000000001' }, { $toObjectId: '$a' }, oid(1)],
    ['names a type', { a: oid(1) }, { $type: '$a' }, 'objectId'],
    [
      'reads the date of an ObjectId',
      { a: new ObjectId('65e7d1a70000000000000000') },
      { $toDate: '$a' },
      new Date(0x65e7d1a7 * 1000),
    ],
    [
      'filters an array',
      { l: [{ u: oid(1) }, { u: oid(2) }], k: oid(2) },
      { $filter: { input: '$l', as: 'e', cond: { $eq: ['$$e.u', '$k'] } } },
      [{ u: oid(2) }],
    ],
    [
      'maps an array',
      { a: [1, 2] },
      { $map: { input: '$a', in: { $multiply: ['$$this', 2] } } },
      [2, 4],
    ],
    [
      'reduces an array',
      { a: [1, 2, 3] },
      { $reduce: { input: '$a', initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
      6,
    ],
    ['counts from the end of an array', { a: [1, 2, 3] }, { $arrayElemAt: ['$a', -1] }, 3],
    [
      'merges documents',
      { a: { x: 1 }, b: { y: 2 } },
      { $mergeObjects: ['$a', '$b'] },
      { x: 1, y: 2 },
    ],
    ['keeps a literal', {}, { $literal: '$x' }, '$x'],
    ['sums a path over an array', { l: [{ n: 1 }, { n: 2 }] }, { $sum: '$l.n' }, 3],
    ['chooses', { a: 5 }, { $cond: [{ $gt: ['$a', 3] }, 'more', 'less'] }, 'more'],
    [
      'switches',
      { a: 5 },
      { $switch: { branches: [{ case: { $eq: ['$a', 5] }, then: 'five' }], default: 'other' } },
      'five',
    ],
    [
      'binds variables',
      { a: 2 },
      { $let: { vars: { b: { $add: ['$a', 1] } }, in: { $multiply: ['$a', '$$b'] } } },
      6,
    ],
    ['divides to a double', { a: 7 }, { $divide: ['$a', 2] }, 3.5],
    ['rounds half to even', { a: 2.5 }, { $round: '$a' }, 2],
    ['rounds to a place', { a: 3.14159 }, { $round: ['$a', 2] }, 3.14],
    ['rounds the exact value of a double', { a: 2.675 }, { $round: ['$a', 2] }, 2.67],
    ['rounds half to even below zero', { a: -25 }, { $round: ['$a', -1] }, -20],
    [
      'rounds doubles that are written with an exponent',
      { a: 1e21, b: 1.7e-7 },
      [{ $round: ['$a', 2] }, { $round: ['$b', 7] }],
      [1e21, 2e-7],
    ],
    ['changes the case of ASCII letters', { a: 'Zoë É' }, { $toUpper: '$a' }, 'ZOë É'],
    ['joins text', { a: 'x' }, { $concat: ['$a', '-', 'y'] }, 'x-y'],
    [
      'reads a date without a zone as UTC',
      { a: '2024-03-05 13:14:15.016' },
      { $toDate: '$a' },
      march,
    ],
    [
      'merges the documents of an array',
      { a: [{ x: 1 }, null, { y: 2 }] },
      { $mergeObjects: '$a' },
      { x: 1, y: 2 },
    ],
    ['averages', { a: [1, 2] }, { $avg: '$a' }, 1.5],
    [
      'converts or falls back',
      { a: 'x' },
      { $convert: { input: '$a', to: 'int', onError: -1 } },
      -1,
    ],
  ];

  it('keeps dates beyond those of JavaScript, but knows no calendar for them', async () => {
    const farAt = (time: number) => Object.assign(new Date(), { getTime: () => time });
    const far = farAt(9e15);
    const collection = await engine.collectionOf([{ a: far }]);
    await collection.createIndex({ a: 1 }, undefined, undefined);
    await collection.updateOne({ a: far }, [{ $set: { b: { $add: ['$a', 1] } } }]);
    const [bytes] = await collection.find({}, { raw: true }).toArray();
    expectSame(bytes, BSON.serialize({ _id: 1, a: far, b: farAt(9e15 + 1) }));
    const pipeline = [{ $project: { v: { $year: '$a' } } }];
    expect(await codeOf(collection.aggregate(pipeline).toArray())).to.equal(238);
  });

  for (const [title, document, expression, wanted] of expressions)
    it(title, async () => {
      const collection = await engine.collectionOf([document]);
      const pipeline = [{ $project: { _id: 0, v: expression } }];
      expectSame(await collection.aggregate(pipeline).toArray(), [{ v: wanted }]);
    });

  const refused: [title: string, expression: unknown, code: number][] = [
    ['unknown operators', { $nothing: '$a' }, 168],
    ['regular expressions and cutting of text', { $split: ['$a', '-'] }, 238],
    ['powers and logarithms', { $pow: [2, 3] }, 238],
    ['division of decimals', { $divide: [decimal('1'), 8] }, 238],
    ['the remainder of decimals', { $mod: [decimal('1'), 8] }, 238],
    ['rounding of decimals', { $round: decimal('1.5') }, 238],
    ['the average of decimals', { $avg: [decimal('1'), decimal('2')] }, 238],
    ['deviations', { $stdDevPop: [1, 2] }, 238],
    ['making of arrays', { $range: [0, 10] }, 238],
    ['sets but their union', { $setIntersection: [[1], [1]] }, 238],
    ['dates from parts', { $dateFromParts: { year: 2024 } }, 238],
    ['weeks and days of the year', { $isoWeek: '$d' }, 238],
    ['weeks in the format of a date', { $dateToString: { date: '$d', format: '%V' } }, 238],
    [
      'unknown signs in the format of a date',
      { $dateToString: { date: '$d', format: '%k' } },
      18536,
    ],
    ['conversion to decimals', { $convert: { input: 1, to: 'decimal' } }, 238],
    ['dates that are not ISO 8601', { $toDate: 'March 5, 2024' }, 241],
    ['removal of one field', { $unsetField: { field: 'a', input: '$$ROOT' } }, 238],
    ['merging of what is no document', { $mergeObjects: [{}, 1] }, 40400],
    ['joining of what is no text', { $concat: ['a', 1] }, 16702],
    ['the case of what is no text', { $toLower: true }, 16007],
  ];

  for (const [title, expression, code] of refused)
    it(`refuses ${title}`, async () => {
      const collection = await engine.collectionOf([{ d: march }]);
      const pipeline = [{ $project: { v: expression } }];
      expect(await codeOf(collection.aggregate(pipeline).toArray())).to.equal(code);
    });
});
