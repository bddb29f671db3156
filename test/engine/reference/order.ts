import { BSON } from 'mongodb';

/** A BSON document as the driver writes it; every number is boxed, so that its type shows. */
export type Fields = Record<string, unknown>;

/** From the manual's table of types, least first. `undefined` is what an empty array counts as in a sort. */
const TYPE_ORDER: readonly ((value: unknown) => boolean)[] = [
  (value) => value instanceof BSON.MinKey,
  (value) => value === undefined,
  (value) => value === null,
  isNumber,
  (value) => typeof value === 'string',
  isFields,
  Array.isArray,
  (value) => value instanceof BSON.Binary,
  (value) => value instanceof BSON.ObjectId,
  (value) => typeof value === 'boolean',
  (value) => value instanceof Date,
  (value) => value instanceof BSON.Timestamp,
  (value) => value instanceof BSON.BSONRegExp,
  (value) => value instanceof BSON.Code,
  (value) => value instanceof BSON.MaxKey,
];

export function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** A copy that shares no array or document. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf(inner)]));
}

export function isNumber(value: unknown): boolean {
  return (
    value instanceof BSON.Int32 ||
    value instanceof BSON.Double ||
    value instanceof BSON.Decimal128 ||
    (value instanceof BSON.Long && !(value instanceof BSON.Timestamp))
  );
}

export function placeOfType(value: unknown): number {
  const place = TYPE_ORDER.findIndex((isOfType) => isOfType(value));
  if (place < 0) throw new Error(`A value of no BSON type: ${String(value)}`);
  return place;
}

/** The order of BSON values, read off the manual: negative, zero or positive. */
export function compare(left: unknown, right: unknown): number {
  const byType = placeOfType(left) - placeOfType(right);
  if (byType !== 0) return byType;
  if (isNumber(left)) return compareNumbers(left, right);
  if (typeof left === 'string') return compareText(left, String(right));
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (left instanceof Date) return left.getTime() - (right as Date).getTime();
  if (Array.isArray(left)) return compareLists(left, right as unknown[], compare);
  if (isFields(left))
    return compareLists(Object.entries(left), Object.entries(right as Fields), compareFields);
  if (left instanceof BSON.ObjectId)
    return compareText(left.toHexString(), (right as BSON.ObjectId).toHexString());
  if (left instanceof BSON.Binary) return compareBinaries(left, right as BSON.Binary);
  if (left instanceof BSON.Timestamp) {
    const other = right as BSON.Timestamp;
    return left.t - other.t || left.i - other.i;
  }
  if (left instanceof BSON.BSONRegExp) {
    const other = right as BSON.BSONRegExp;
    return compareText(left.pattern, other.pattern) || compareText(left.options, other.options);
  }
  if (left instanceof BSON.Code) return compareText(left.code, (right as BSON.Code).code);
  return 0;
}

export function areSame(left: unknown, right: unknown): boolean {
  return compare(left, right) === 0;
}

function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function compareLists<T>(left: T[], right: T[], compareItems: (a: T, b: T) => number): number {
  for (const [i, item] of left.entries()) {
    if (i >= right.length) return 1;
    const order = compareItems(item, right[i] as T);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareFields([name, value]: [string, unknown], [other, held]: [string, unknown]): number {
  return placeOfType(value) - placeOfType(held) || compareText(name, other) || compare(value, held);
}

function compareBinaries(left: BSON.Binary, right: BSON.Binary): number {
  return (
    left.length() - right.length() ||
    left.sub_type - right.sub_type ||
    Buffer.compare(Buffer.from(left.value()), Buffer.from(right.value()))
  );
}

/** A finite number as a fraction. */
interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

function compareNumbers(left: unknown, right: unknown): number {
  const a = fractionOf(left);
  const b = fractionOf(right);
  if (typeof a === 'object' && typeof b === 'object') {
    const difference = a.numerator * b.denominator - b.numerator * a.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return rankOf(a) - rankOf(b);
}

/** NaN is less than every number. */
function rankOf(value: Fraction | string): number {
  return typeof value === 'object' ? 2 : ['NaN', '-Infinity', '', 'Infinity'].indexOf(value);
}

/** The exact value, or the name of what has none. */
export function fractionOf(value: unknown): Fraction | string {
  if (value instanceof BSON.Double) return fractionOfDouble(value.value);
  const text = String(value);
  const parts = /^(-?\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (!parts) return text;
  const [, whole = '', decimals = '', exponent = '0'] = parts;
  const power = BigInt(exponent) - BigInt(decimals.length);
  const digits = BigInt(whole + decimals);
  return power >= 0n
    ? { numerator: digits * 10n ** power, denominator: 1n }
    : { numerator: digits, denominator: 10n ** -power };
}

function fractionOfDouble(value: number): Fraction | string {
  if (!Number.isFinite(value)) return String(value);
  let numerator = value;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(numerator), denominator };
}
