import fc from 'fast-check';
import { BSON, type Collection } from 'mongodb';
import {
  collections,
  indexKeysOf,
  indexSets,
  isUnique,
  queries,
  type IndexSpec,
  type Query,
} from '../random-indexes.ts';
import { documents, filters, numbered } from '../random.ts';
import { matches } from '../reference/matcher.ts';
import { areSame, compare, type Fields } from '../reference/order.ts';
import { ParallelArrays, reach } from '../reference/paths.ts';
import { compareKeys, sortKeyOf, type SortSpec } from '../reference/sort.ts';
import { codeOf, type EngineUnderTest } from '../support.ts';
import { expectAgreement, parametersOf, type Runs } from './agreement.ts';

const someDocuments = fc.array(documents, { minLength: 1, maxLength: 14, size: 'max' });

/** Filters, sorts and counts give what the reference gives, whatever the indexes. */
export function describeQueries(engine: EngineUnderTest, runs: Runs): void {
  it('find what the reference finds', async () => {
    const property = fc.asyncProperty(
      someDocuments,
      fc.array(filters, { minLength: 12, maxLength: 40, size: 'max' }),
      async (contents, asked) => {
        const all = numbered(contents);
        const collection = await engine.collectionOf(all);
        for (const filter of asked) {
          const wanted = all.filter((fields) => matches(fields, filter)).map(idOf);
          expectAgreement(await idsIn(collection, { filter }), wanted, { filter, all });
        }
        await collection.drop();
      },
    );
    await fc.assert(property, parametersOf(runs, 25));
  });

  it('find the same by every index', async () => {
    const property = fc.asyncProperty(
      collections,
      indexSets,
      fc.array(queries, { minLength: 8, maxLength: 12, size: 'max' }),
      async (contents, specs, asked) => {
        const all = numbered(contents);
        const collection = await engine.collectionOf(all);
        const built: IndexSpec[] = [];
        for (const [i, spec] of specs.entries())
          if (await build(collection, spec, `i${i}`, all)) built.push(spec);
        for (const query of asked) await ask(collection, query, specs, built, all);
        for (const query of asked.slice(0, 2)) await askFurther(collection, query, all);
        await collection.drop();
      },
    );
    await fc.assert(property, parametersOf(runs, 40));
  });
}

function idOf(fields: Fields): unknown {
  return (fields._id as BSON.Int32).value;
}

async function idsIn(collection: Collection, { filter, hint }: { filter: Fields; hint?: string }) {
  const options = { projection: { _id: 1 }, ...(hint ? { hint } : {}) };
  const found = await collection.find(filter, options).toArray();
  return found.map(({ _id }) => Number(_id)).sort((a, b) => a - b);
}

/** Creates an index, which fails exactly when the reference finds a reason. */
export async function build(
  collection: Collection,
  spec: IndexSpec,
  name: string,
  all: Fields[],
): Promise<boolean> {
  const reasons = reasonsAgainst(spec, all);
  const code = await codeOf(collection.createIndex(spec.key, { ...spec.options, name }, undefined));
  const isRight = code === undefined ? reasons.size === 0 : reasons.has(code);
  expectAgreement(isRight || code, true, { spec, all, reasons });
  return code === undefined;
}

function reasonsAgainst(spec: IndexSpec, all: Fields[]): Set<unknown> {
  const reasons = new Set<unknown>();
  const seen: unknown[][] = [];
  for (const fields of all)
    try {
      const keys = indexKeysOf(fields, spec);
      if (keys.some((key) => seen.some((other) => areSame(key, other))) && isUnique(spec))
        reasons.add(11000);
      seen.push(...keys);
    } catch (error) {
      if (!(error instanceof ParallelArrays)) throw error;
      reasons.add(171);
    }
  return reasons;
}

/** Wants what the reference finds, by whatever index, hinted or not. */
export async function ask(
  collection: Collection,
  query: Query,
  specs: IndexSpec[],
  built: IndexSpec[],
  all: Fields[],
): Promise<void> {
  const { filter, skip, limit } = query;
  const matching = all.filter((fields) => matches(fields, filter));
  const about = { query, built, all };
  expectAgreement(await idsIn(collection, { filter }), matching.map(idOf), about);
  for (const spec of built) {
    const held = matching.filter((fields) => indexKeysOf(fields, spec).length > 0);
    const hint = `i${specs.indexOf(spec)}`;
    expectAgreement(await idsIn(collection, { filter, hint }), held.map(idOf), { ...about, hint });
  }
  const count = Math.max(0, matching.length - skip);
  const options = { skip, ...(limit > 0 ? { limit } : {}) };
  expectAgreement(
    await collection.countDocuments(filter, options),
    limit > 0 ? Math.min(limit, count) : count,
    { ...about, command: 'count' },
  );
  await askSorted(collection, query, matching, about);
  for (const { key } of built)
    await askSorted(collection, { ...query, sort: key }, matching, about);
}

/** Wants the same distinct values, and the same documents by any index under a collation. */
async function askFurther(collection: Collection, query: Query, all: Fields[]): Promise<void> {
  const matching = all.filter((fields) => matches(fields, query.filter));
  await askWithoutCase(collection, query, { query, all });
  await askDistinct(collection, query.filter, matching, { query, all });
}

/** Ties may come in any order, so it is their sort keys that are compared. */
async function askSorted(
  collection: Collection,
  { filter, sort, skip, limit }: Query,
  matching: Fields[],
  about: object,
): Promise<void> {
  if (!sort) return;
  const found = collection.find(filter, { sort, skip, limit }).toArray();
  let keys: unknown[][];
  try {
    keys = sortedKeys(matching, sort);
  } catch (error) {
    if (!(error instanceof ParallelArrays)) throw error;
    expectAgreement(await codeOf(found), 2, about);
    return;
  }
  const wanted = keys.slice(skip, limit > 0 ? skip + limit : undefined);
  const byId = new Map(matching.map((fields) => [idOf(fields), fields]));
  const got = (await found).map(({ _id }) => byId.get(Number(_id)) ?? {});
  expectAgreement(new Set(got).size, got.length, about);
  const isSorted =
    got.length === wanted.length &&
    got.every((fields, i) => areSame(sortKeyOf(fields, sort), wanted[i]));
  expectAgreement(isSorted || got, true, about);
}

/** The reference knows no languages: under a collation a scan of the collection is the measure. */
async function askWithoutCase(
  collection: Collection,
  { filter, sort }: Query,
  about: object,
): Promise<void> {
  const collation = { locale: 'en', strength: 2 };
  const options = { collation, sort: { ...sort, _id: 1 as const } };
  const search = async (hint?: Fields) => {
    try {
      const found = await collection.find(filter, hint ? { ...options, hint } : options).toArray();
      return found.map(({ _id }) => Number(_id));
    } catch (error) {
      return (error as { code: unknown }).code;
    }
  };
  expectAgreement(await search(), await search({ $natural: 1 }), { ...about, collation });
}

function sortedKeys(matching: Fields[], sort: SortSpec): unknown[][] {
  return matching.map((fields) => sortKeyOf(fields, sort)).sort((a, b) => compareKeys(a, b, sort));
}

async function askDistinct(
  collection: Collection,
  filter: Fields,
  matching: Fields[],
  about: object,
): Promise<void> {
  const values = matching
    .flatMap((fields) => reach(fields, ['a', 'b']))
    .flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value) => value !== undefined)
    .sort(compare);
  const wanted = values.filter((value, i) => i === 0 || !areSame(value, values[i - 1]));
  const found = await collection.distinct('a.b', filter, {
    promoteValues: false,
    bsonRegExp: true,
  });
  expectAgreement(
    found.length === wanted.length && wanted.every((value, i) => areSame(value, found[i])),
    true,
    { ...about, command: 'distinct', found, wanted },
  );
}
