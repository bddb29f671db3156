import { expect } from 'chai';
import type { CollationOptions } from 'mongodb';
import { codeOf, useEngine } from './support.ts';

describe('A collation', () => {
  const engine = useEngine();

  it('compares without case under a collation', async () => {
    const collection = await engine.collectionOf([{ a: 'Ada' }, { a: 'ADA' }, { a: 'Ádá' }]);
    const found = await collection
      .find({ a: 'ada' }, { collation: { locale: 'en', strength: 2 } })
      .toArray();
    expect(found.map(({ _id }) => _id as unknown)).to.deep.equal([1, 2]);
  });

  it('is refused where it would not be followed', async () => {
    const collection = await engine.collectionOf([{ a: 'Ada' }, { a: 'ada' }]);
    const options = { collation: { locale: 'en', strength: 2 } };
    expect(await collection.countDocuments({ a: 'ADA' }, options)).to.equal(2);
    const expression = { $eq: ['$a', 'ADA'] };
    const pipelines = [
      [{ $group: { _id: '$a' } }],
      [{ $project: { is: expression } }],
      [{ $match: { $expr: expression } }],
    ];
    for (const pipeline of pipelines)
      expect(await codeOf(collection.aggregate(pipeline, options).toArray())).to.equal(238);
    const projection = { is: expression };
    expect(await codeOf(collection.findOne({}, { ...options, projection }))).to.equal(238);
    const change = [{ $set: { is: expression } }];
    expect(await codeOf(collection.updateOne({}, change, options))).to.equal(238);
  });

  const collations: [collation: CollationOptions, code: number][] = [
    [{ locale: 'en', caseFirst: 'upper' }, 238],
    [{ locale: 'en', caseLevel: true }, 238],
    [{ locale: 'en', numericOrdering: true }, 238],
    [{ locale: 'en', strength: 5 }, 238],
    [{ locale: 'tlh' }, 2],
  ];

  for (const [collation, code] of collations)
    it(`refuses the collation ${JSON.stringify(collation)}`, async () => {
      const collection = await engine.collectionOf([{ a: 'Ada' }]);
      const found = collection.find({ a: 'ada' }, { collation }).toArray();
      expect(await codeOf(found)).to.equal(code);
    });
});
