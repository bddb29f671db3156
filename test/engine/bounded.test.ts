import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePipeline } from '../../server/database/engine/aggregate/pipeline.ts';
import { collect, inOneBatch, type Batches } from '../../server/database/engine/query/batches.ts';
import { Scratch } from '../../server/database/engine/storage/scratch.ts';
import type { Document } from '../../server/database/engine/values/kinds.ts';
import { codeOf, useEngine } from './support.ts';

const KILOBYTES = 1024;

describe('Queries that do not fit in memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function run(pipeline: Document[], documents: Document[], scratch: Scratch): Document[] {
    const stage = compilePipeline(pipeline, {
      variables: {},
      collator: undefined,
      scratch,
      find: () => inOneBatch([]),
    });
    return collect(stage(inBatchesOf(7, documents)));
  }

  function* inBatchesOf(size: number, documents: Document[]): Batches<Document> {
    for (let i = 0; i < documents.length; i += size) yield documents.slice(i, i + size);
  }

  const random = fc.array(
    fc.record({ n: fc.integer({ min: -50, max: 50 }), text: fc.string({ maxLength: 40 }) }),
    { minLength: 300, maxLength: 1500 },
  );
  const numbered = (documents: object[]): Document[] =>
    documents.map((document, _id) => ({ _id, ...document }));

  it('sort as those that do, by spilling', () => {
    fc.assert(
      fc.property(random, (documents) => {
        const spilling = new Scratch(folder, 8 * KILOBYTES);
        const sorted = run([{ $sort: { n: -1, _id: 1 } }], numbered(documents), spilling);
        const wanted = numbered(documents).sort(
          (a, b) => Number(b.n) - Number(a.n) || Number(a._id) - Number(b._id),
        );
        expect(sorted).to.deep.equal(wanted);
      }),
      { numRuns: 20 },
    );
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('group as those that do, by spilling', () => {
    const group = {
      $group: { _id: '$text', n: { $sum: '$n' }, ids: { $push: '$_id' }, last: { $last: '$n' } },
    };
    const byText = (a: Document, b: Document) => (String(a._id) < String(b._id) ? -1 : 1);
    fc.assert(
      fc.property(random, (documents) => {
        const spilling = new Scratch(folder, 16 * KILOBYTES);
        const grouped = run([group], numbered(documents), spilling);
        const atOnce = run([group], numbered(documents), new Scratch(folder));
        expect(grouped.sort(byText)).to.deep.equal(atOnce.sort(byText));
      }),
      { numRuns: 20 },
    );
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are refused what can neither be held nor spilled', () => {
    const documents = numbered(
      Array.from({ length: 500 }, (_, i) => ({ n: i % 3, text: 'x'.repeat(100) })),
    );
    const small = new Scratch(folder, 16 * KILOBYTES);
    for (const stage of [
      { $group: { _id: '$n', all: { $push: '$text' } } },
      { $group: { _id: null, all: { $addToSet: { $concat: ['$text', { $toString: '$_id' }] } } } },
      { $facet: { all: [{ $match: {} }] } },
      { $sample: { size: 5 } },
    ])
      expect(() => run([stage], documents, small)).to.throw('cannot spill to disk');
  });

  describe('in the engine', () => {
    const engine = useEngine();
    const LARGE = 200 * KILOBYTES;
    const COUNT = 300;

    // As much as the tests below, it waits for the disk, which others use as well.
    before(async () => {
      const texts = engine.db.collection<Document & { _id: number }>('texts');
      await texts.insertMany(
        Array.from({ length: COUNT }, (_, n) => ({
          _id: n,
          place: (n * 7) % COUNT,
          text: `${n}`.padEnd(LARGE, 'x'),
        })),
      );
    });

    it('read a large sort whole, and leave no file', async () => {
      const sorted = engine.db.collection('texts').find().sort({ place: -1 });
      const places: unknown[] = [];
      for await (const { place } of sorted) places.push(place);
      expect(places).to.deep.equal(Array.from({ length: COUNT }, (_, i) => COUNT - 1 - i));
      const files = readdirSync(engine.folder).filter((name) => name.startsWith('scratch'));
      expect(files).to.deep.equal([]);
    });

    it('are refused when they must not use the disk', async () => {
      const texts = engine.db.collection('texts');
      const sort = texts.find({}, { allowDiskUse: false }).sort({ place: 1 });
      expect(await codeOf(sort.toArray())).to.equal(292);
      const grouped = texts.aggregate([{ $group: { _id: '$text' } }], { allowDiskUse: false });
      expect(await codeOf(grouped.toArray())).to.equal(292);
    });

    it('give the first of a large sort without spilling', async () => {
      const first = engine.db.collection('texts').find({}, { allowDiskUse: false });
      const found = await first.sort({ place: 1 }).limit(3).project({ _id: 0, place: 1 }).toArray();
      expect(found).to.deep.equal([{ place: 0 }, { place: 1 }, { place: 2 }]);
    });

    it('end when their cursor is killed', async () => {
      const cursor = engine.db.collection('texts').find().sort({ place: 1 }).batchSize(1);
      await cursor.next();
      await cursor.close();
      expect(await engine.db.collection('texts').countDocuments()).to.equal(COUNT);
    });
  });
});
