import fc, { type Arbitrary } from 'fast-check';
import { BSON, type CreateIndexesOptions } from 'mongodb';
import { matches } from './reference/matcher.ts';
import type { Fields } from './reference/order.ts';
import { keysOf } from './reference/paths.ts';
import type { SortSpec } from './reference/sort.ts';
import { comparisons, comparisonsOf, documents, filters, sorts, values } from './random.ts';

export interface IndexSpec {
  key: SortSpec;
  options: CreateIndexesOptions;
}

/** So few that every range holds some and leaves some out. */
const scalars = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...[0, 1, 2, 3].map((value) => new BSON.Int32(value))) },
  { weight: 2, arbitrary: fc.constantFrom(null, '', 'a', new BSON.Double(NaN), new Date(0)) },
);
const flat = rowsOf(scalars, scalars);
const nested = rowsOf(
  fc.oneof(
    scalars,
    fc.array(scalars, { minLength: 1, maxLength: 3 }),
    flat,
    fc.array(fc.oneof({ weight: 3, arbitrary: flat }, scalars), { maxLength: 3 }),
  ),
  scalars,
);

function rowsOf(a: Arbitrary<unknown>, b: Arbitrary<unknown>): Arbitrary<Fields> {
  return fc.record({ a, b }, { requiredKeys: ['a'], noNullPrototype: true });
}

const fewPaths = fc.constantFrom('a', 'a', 'b', 'a.b');
const fewSorts: Arbitrary<SortSpec> = fc.dictionary(fewPaths, fc.constantFrom<1 | -1>(1, -1), {
  minKeys: 1,
  maxKeys: 2,
  noNullPrototype: true,
});

/** Collections that indexes tell apart, with arrays and without. */
export const collections: Arbitrary<Fields[]> = fc.oneof(
  { weight: 2, arbitrary: collectionOf(flat) },
  { weight: 2, arbitrary: collectionOf(nested) },
  collectionOf(documents),
);

function collectionOf(fields: Arbitrary<Fields>): Arbitrary<Fields[]> {
  return fc.array(fields, { minLength: 1, maxLength: 14, size: 'max' });
}

const partialFilters: Arbitrary<Fields> = fc.oneof(
  fc.constantFrom('a', 'b').map((path) => ({ [path]: { $exists: true } })),
  fc.constantFrom(
    { a: { $type: 'string' } },
    { b: { $gt: '' } },
    { b: { $in: [new BSON.Int32(1), null, 'a'] } },
  ),
  values.filter((value) => !(value instanceof BSON.BSONRegExp)).map((value) => ({ b: value })),
);

const indexes: Arbitrary<IndexSpec> = fc.record({
  key: fc.oneof({ weight: 3, arbitrary: fewSorts }, sorts),
  options: fc.oneof(
    { weight: 6, arbitrary: fc.constant<CreateIndexesOptions>({}) },
    { weight: 2, arbitrary: fc.constant<CreateIndexesOptions>({ sparse: true }) },
    fc.constant<CreateIndexesOptions>({ unique: true }),
    fc.constant<CreateIndexesOptions>({ unique: true, sparse: true }),
    {
      weight: 2,
      arbitrary: partialFilters.map((partialFilterExpression) => ({ partialFilterExpression })),
    },
  ),
});

/** Some indexes with different keys. */
export const indexSets = fc.uniqueArray(indexes, {
  minLength: 1,
  maxLength: 4,
  selector: ({ key }) => JSON.stringify(key),
});

export function isUnique({ options }: IndexSpec): boolean {
  return options.unique === true;
}

/** The keys that the index has for a document. Throws ParallelArrays. */
export function indexKeysOf(fields: Fields, { key, options }: IndexSpec): unknown[][] {
  const partial = options.partialFilterExpression as Fields | undefined;
  if (partial && !matches(fields, partial)) return [];
  return keysOf(fields, Object.keys(key), options.sparse === true);
}

const indexableFilters: Arbitrary<Fields> = fc.dictionary(
  fewPaths,
  fc.oneof(
    { weight: 8, arbitrary: comparisonsOf(scalars) },
    { weight: 3, arbitrary: scalars },
    comparisons,
    values,
  ),
  { minKeys: 1, maxKeys: 2, noNullPrototype: true },
);

export interface Query {
  filter: Fields;
  sort: SortSpec | undefined;
  skip: number;
  limit: number;
}

export const queries: Arbitrary<Query> = fc.record({
  filter: fc.oneof(
    { weight: 4, arbitrary: indexableFilters },
    fc.array(indexableFilters, { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
    filters,
  ),
  sort: fc.option(fc.oneof(fewSorts, sorts), { nil: undefined }),
  skip: fc.constantFrom(0, 0, 1, 3),
  limit: fc.constantFrom(0, 0, 1, 2, 5),
});
