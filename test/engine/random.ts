import fc, { type Arbitrary } from 'fast-check';
import { BSON } from 'mongodb';
import { TYPE_NAMES } from './reference/matcher.ts';
import { copyOf, type Fields } from './reference/order.ts';
import type { SortSpec } from './reference/sort.ts';
import { decimal, long, oid } from './support.ts';

const { Binary, BSONRegExp, Code, Double, Int32, Long, MaxKey, MinKey, Timestamp } = BSON;

const int = (value: number) => new Int32(value);
const double = (value: number) => new Double(value);

export const integers = fc.constantFrom(
  ...[0, 1, 2, 3, -1, 7, 2 ** 31 - 1, -(2 ** 31)].map(int),
  ...['0', '1', '2', '9007199254740992', '9007199254740993', '-9007199254740993'].map(long),
  Long.MAX_VALUE,
  Long.MIN_VALUE,
);

export const numbers = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...[0, 1, 2].map(int)) },
  { weight: 2, arbitrary: integers },
  fc.constantFrom(
    ...[0, -0, 1, 1.5, 0.1, -2.5, 1e300, 5e-324, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 63].map(
      double,
    ),
  ),
  fc.constantFrom(
    ...['0', '-0', '1', '1.0', '1.5', '0.1', '0.10000000000000001', '9007199254740993'].map(
      decimal,
    ),
    ...['NaN', 'Infinity', '-Infinity', '1E+300', '1E+6000', '-1E-6000', '2.50'].map(decimal),
  ),
);

const strings = fc.constantFrom(
  '',
  'a',
  'b',
  'A',
  'ab',
  'a\0',
  'a\0b',
  'a\u0001',
  '\u00e9',
  'e\u0301',
  '\uff5e',
  '\u{1F600}',
  '1',
);

const others = fc.constantFrom<unknown>(
  true,
  false,
  new Date(0),
  new Date(-1),
  new Date(-62_000_000_000_000),
  new Date(1_700_000_000_000),
  oid(0),
  oid(1),
  new BSON.UUID('00000000-0000-4000-8000-000000000001').toBinary(),
  new Binary(Buffer.alloc(0)),
  new Binary(Buffer.from('x')),
  new Binary(Buffer.from([0, 255]), 128),
  new BSONRegExp('^a'),
  new BSONRegExp('^a', 'i'),
  new BSONRegExp('b'),
  new Timestamp({ t: 1, i: 1 }),
  new Timestamp({ t: 2 ** 32 - 1, i: 7 }),
  new Code('a'),
  new MinKey(),
  new MaxKey(),
);

const plain = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 2, arbitrary: strings },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: others },
);

/** Few enough that documents and filters often meet. */
const common = fc.constantFrom<unknown>(
  ...[0, 1, 2].map(int),
  long('1'),
  double(1),
  decimal('1'),
  null,
  'a',
  'b',
  [],
  [int(1)],
  [int(0), int(2)],
  [null, 'a'],
  [[int(1)], int(2)],
  {},
  { a: int(1) },
  { b: int(0), a: 'a' },
  [{ a: int(1), b: int(2) }, { a: int(0) }],
  [{ b: [int(1), int(2)] }, int(1)],
  [[{ b: int(1) }], { b: null }],
);

const { value } = fc.letrec<{ value: unknown; array: unknown[]; fields: Fields }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 12, arbitrary: common },
    { weight: 4, arbitrary: plain },
    { weight: 2, arbitrary: tie('array') },
    { weight: 2, arbitrary: tie('fields') },
  ),
  array: fc.array(tie('value'), { maxLength: 3 }),
  fields: fieldsOf(tie('value')),
}));

export const values = value;

export function fieldsOf(inner: Arbitrary<unknown>): Arbitrary<Fields> {
  const names = fc.constantFrom('a', 'b', 'c');
  return fc.dictionary(names, inner, { maxKeys: 3, noNullPrototype: true });
}

/** The random values are shared, but no two places of a document are. */
export const documents = fieldsOf(value).map((fields) => copyOf(fields) as Fields);

/** Documents numbered by their place. */
export function numbered(contents: Fields[]): Fields[] {
  return contents.map((content, i) => ({ _id: int(i), ...content }));
}

export const plainPaths = fc.constantFrom(
  'a',
  'a',
  'a',
  'b',
  'b',
  'c',
  'a.b',
  'a.b',
  'a.a',
  'b.a',
  'a.b.c',
);
export const paths = fc.oneof(
  { weight: 4, arbitrary: plainPaths },
  fc.constantFrom('a.0', 'a.1', 'a.0.b', 'a.b.0', 'a.0.0', 'b.1.a'),
);

export const sorts: Arbitrary<SortSpec> = fc.dictionary(
  plainPaths,
  fc.constantFrom<1 | -1>(1, -1),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

const operands = values.filter((operand) => !(operand instanceof BSONRegExp));
const regexes = fc.constantFrom(
  { $regex: 'a' },
  { $regex: '^a' },
  { $regex: '^A', $options: 'i' },
  { $regex: '^a.', $options: 's' },
  { $regex: '^' },
  { $regex: '^a|b' },
  { $regex: '^ab*' },
);
const remainders = fc
  .tuple(fc.constantFrom(1, 2, 3, -2), fc.constantFrom(0, 1, -1))
  .map(([divisor, rest]) => [int(divisor), int(rest)]);

export const comparisons: Arbitrary<Fields> = fc.oneof(
  { weight: 4, arbitrary: comparisonsOf(operands) },
  ...['$in', '$nin'].map((name) => operatorOf(name, fc.array(values, { maxLength: 4 }))),
);

/** Comparisons with single values, and ranges between two. */
export function comparisonsOf(operand: Arbitrary<unknown>): Arbitrary<Fields> {
  return fc.oneof(
    ...['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'].map((name) => operatorOf(name, operand)),
    operatorOf('$in', fc.array(operand, { maxLength: 4 })),
    { weight: 3, arbitrary: fc.tuple(operand, operand).map(([$gte, $lt]) => ({ $gte, $lt })) },
    { weight: 3, arbitrary: fc.tuple(operand, operand).map(([$gt, $lte]) => ({ $gt, $lte })) },
  );
}

const { condition } = fc.letrec<{ condition: Fields }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 10, arbitrary: comparisons },
    operatorOf('$exists', fc.boolean()),
    operatorOf('$type', fc.constantFrom(...TYPE_NAMES)),
    operatorOf('$size', fc.constantFrom(...[0, 1, 2].map(int))),
    operatorOf('$mod', remainders),
    regexes,
    operatorOf('$all', fc.array(values, { maxLength: 2 })),
    operatorOf('$not', tie('condition')),
    operatorOf('$elemMatch', tie('condition')),
    operatorOf('$elemMatch', filterOf(tie('condition'))),
    operatorOf(
      '$all',
      fc.array(operatorOf('$elemMatch', tie('condition')), { minLength: 1, maxLength: 2 }),
    ),
  ),
}));

function operatorOf(name: string, argument: Arbitrary<unknown>): Arbitrary<Fields> {
  return argument.map((chosen) => ({ [name]: chosen }));
}

function filterOf(inner: Arbitrary<unknown>): Arbitrary<Fields> {
  return fc.dictionary(paths, inner, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
}

export const conditions = condition;

const fieldFilters = filterOf(fc.oneof({ weight: 5, arbitrary: condition }, values));

/** Filters of any shape, none of which the server refuses. */
export const filters: Arbitrary<Fields> = fc.oneof(
  { weight: 8, arbitrary: fieldFilters },
  ...['$and', '$or', '$nor'].map((name) =>
    operatorOf(name, fc.array(fieldFilters, { minLength: 1, maxLength: 3 })),
  ),
  fc
    .tuple(fieldFilters, fieldFilters, fieldFilters)
    .map(([filter, ...$or]) => ({ ...filter, $or })),
);
