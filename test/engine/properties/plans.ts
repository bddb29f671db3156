import fc from 'fast-check';
import { BSON } from 'mongodb';
import { planQuery, type Plan } from '../../../server/database/engine/query/planner.ts';
import { Collection } from '../../../server/database/engine/storage/collection.ts';
import { recordKey } from '../../../server/database/engine/storage/documents.ts';
import { entriesOf } from '../../../server/database/engine/storage/index-entries.ts';
import { spanOf } from '../../../server/database/engine/storage/view.ts';
import { decodeDocument } from '../../../server/database/engine/values/decode.ts';
import { keyOf } from '../../../server/database/engine/values/keys.ts';
import { collections, indexSets, queries, type IndexSpec } from '../random-indexes.ts';
import { numbered } from '../random.ts';
import { matches } from '../reference/matcher.ts';
import type { Fields } from '../reference/order.ts';
import { expectAgreement, parametersOf, type Runs } from './agreement.ts';

/** Which keys a plan reads, without reading any: thousands of times what a collection allows. */
export function describePlans(runs: Runs): void {
  it('reach every document that matches, and no other when they are exact', () => {
    const property = fc.property(collections, indexSets, queries, (contents, specs, query) => {
      const all = numbered(contents);
      const collection = planned(specs, all);
      if (!collection) return;
      const { filter } = decoded({ filter: query.filter });
      const plan = planQuery(collection, { filter: filter as Fields, sort: query.sort });
      for (const fields of all) {
        const isWanted = matches(fields, query.filter);
        const isReached = reaches(plan, collection, decoded(fields));
        const isRight = isWanted ? isReached : !isReached || !plan.isExact;
        expectAgreement({ isRight }, { isRight: true }, { query, specs, fields, isWanted });
      }
    });
    fc.assert(property, parametersOf(runs, 4000));
  });

  it('have spans that hold all keys with a prefix, and no other', () => {
    const someBytes = fc.array(fc.constantFrom(0, 1, 0xfe, 0xff), { maxLength: 3 });
    const property = fc.property(someBytes, someBytes, (rest, key) => {
      const prefix = Buffer.from([4, ...rest]);
      const candidate = Buffer.from([4, ...key]);
      const span = spanOf(prefix);
      const isWithin =
        Buffer.compare(span.from, candidate) <= 0 && Buffer.compare(candidate, span.to) < 0;
      const begins = candidate.subarray(0, prefix.length).equals(prefix);
      expectAgreement({ isWithin }, { isWithin: begins }, { prefix, candidate });
    });
    fc.assert(property, parametersOf(runs, 2000));
  });
}

function decoded(fields: Fields): Fields {
  return decodeDocument(Buffer.from(BSON.serialize(fields)));
}

/** A collection with these indexes, multikey where a document makes them so; undefined when one is refused. */
function planned(specs: IndexSpec[], all: Fields[]): Collection | undefined {
  const collection = new Collection({
    namespace: 'test.planned',
    id: 1,
    indexes: [
      { id: 0, spec: { key: { _id: 1 }, name: '_id_' } },
      ...specs.map(({ key, options }, i) => ({
        id: i + 1,
        spec: { ...decoded({ ...options }), key, name: `i${i}` },
      })),
    ],
  });
  try {
    for (const index of collection.indexes)
      for (const fields of all)
        for (const path of entriesOf(index, decoded(fields)).arrayPaths) index.arrayPaths.add(path);
    return collection;
  } catch {
    return undefined;
  }
}

function reaches(plan: Plan, collection: Collection, document: Fields): boolean {
  if (plan.kind === 'union')
    return plan.branches.some((branch) => reaches(branch, collection, document));
  const { index, spans, isPointRead } = plan;
  const keys =
    !index || index.isPrimary
      ? [recordKey(collection, document._id)]
      : entriesOf(index, document).keys.map((key) =>
          index.isUnique ? key : Buffer.concat([key, keyOf(document._id)]),
        );
  return keys.some((key) =>
    spans.some(({ from, to }) =>
      isPointRead ? key.equals(from) : key.compare(from) >= 0 && key.compare(to) < 0,
    ),
  );
}
