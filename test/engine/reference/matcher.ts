import { BSON } from 'mongodb';
import {
  areSame,
  compare,
  fractionOf,
  isFields,
  isNumber,
  placeOfType,
  type Fields,
} from './order.ts';
import { reach, seenOf } from './paths.ts';

/** What a condition is asked of: the values at a path, and what a comparison sees of them. */
interface Subject {
  values: unknown[];
  seen: unknown[];
}

/** Whether a document matches a filter, as the manual describes each operator. */
export function matches(fields: Fields, filter: Fields): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const clauses = condition as Fields[];
    if (name === '$and') return clauses.every((clause) => matches(fields, clause));
    if (name === '$or') return clauses.some((clause) => matches(fields, clause));
    if (name === '$nor') return !clauses.some((clause) => matches(fields, clause));
    const reached = reach(fields, name.split('.'));
    const values = reached.map(({ value }) => value);
    return meets({ values, seen: seenOf(reached) }, condition);
  });
}

export function isOperators(condition: unknown): condition is Fields {
  return isFields(condition) && Object.keys(condition)[0]?.startsWith('$') === true;
}

/** Whether a subject meets a condition: a plain value is an equality, a regex a match. */
export function meets(subject: Subject, condition: unknown): boolean {
  if (condition instanceof BSON.BSONRegExp) return holds(subject, '$regex', condition);
  if (!isOperators(condition)) return holds(subject, '$eq', condition);
  return Object.entries(condition).every(
    ([operator, argument]) =>
      operator === '$options' || holds(subject, operator, argument, condition.$options),
  );
}

function holds(subject: Subject, operator: string, argument: unknown, options?: unknown): boolean {
  const list = argument as unknown[];
  switch (operator) {
    case '$ne':
      return !holds(subject, '$eq', argument);
    case '$nin':
      return !holds(subject, '$in', argument);
    case '$not':
      return !meets(subject, argument);
    case '$in':
      return list.some((member) =>
        member instanceof BSON.BSONRegExp
          ? holds(subject, '$regex', member)
          : holds(subject, '$eq', member),
      );
    case '$all':
      return list.length > 0 && list.every((member) => meets(subject, member));
    case '$exists':
      return subject.seen.some((value) => value !== undefined) === argument;
    case '$size':
      return subject.values.some(
        (value) => Array.isArray(value) && value.length === Number(argument),
      );
    case '$elemMatch':
      return subject.values.some(
        (value) =>
          Array.isArray(value) &&
          value.some((element) => isElementMatching(element, argument as Fields)),
      );
    case '$regex':
      return subject.seen.some((value) => isRegexMatching(value, argument, options));
    default:
      return subject.seen.some((value) => isValueMatching(value, operator, argument));
  }
}

/** An element is asked as it is: an array in an array is not opened, unless to look for fields in it. */
export function isElementMatching(element: unknown, condition: Fields): boolean {
  const [first] = Object.keys(condition);
  if (isOperators(condition) && !['$and', '$or', '$nor'].includes(first ?? ''))
    return meets({ values: [element], seen: [element] }, condition);
  if (Array.isArray(element)) return matches(Object.fromEntries(element.entries()), condition);
  return isFields(element) && matches(element, condition);
}

function isRegexMatching(value: unknown, argument: unknown, options: unknown): boolean {
  const regex =
    argument instanceof BSON.BSONRegExp
      ? argument
      : new BSON.BSONRegExp(String(argument), typeof options === 'string' ? options : '');
  if (value instanceof BSON.BSONRegExp) return areSame(value, regex);
  return typeof value === 'string' && new RegExp(regex.pattern, regex.options).test(value);
}

function isValueMatching(value: unknown, operator: string, argument: unknown): boolean {
  switch (operator) {
    case '$eq':
      return isComparable(value, argument) && order(value, argument) === 0;
    case '$gt':
      return isRanked(value, argument) && order(value, argument) > 0;
    case '$gte':
      return (
        isComparable(value, argument) && order(value, argument) >= 0 && isSameNaN(value, argument)
      );
    case '$lt':
      return isRanked(value, argument) && order(value, argument) < 0;
    case '$lte':
      return (
        isComparable(value, argument) && order(value, argument) <= 0 && isSameNaN(value, argument)
      );
    case '$type':
      return [argument].flat().some((type) => isOfType(value, type));
    case '$mod':
      return isRemainder(value, argument as unknown[]);
    default:
      throw new Error(`The reference does not know ${operator}`);
  }
}

function order(value: unknown, argument: unknown): number {
  return compare(value ?? null, argument);
}

/** Values compare with their own type only, except with MinKey and MaxKey; missing does as null. */
function isComparable(value: unknown, argument: unknown): boolean {
  const isEnd = argument instanceof BSON.MinKey || argument instanceof BSON.MaxKey;
  return isEnd || placeOfType(value ?? null) === placeOfType(argument);
}

/** Among numbers, NaN is neither more nor less than any. */
function isRanked(value: unknown, argument: unknown): boolean {
  const isNaNAsked = isNumber(argument) && (isNaNValue(value) || isNaNValue(argument));
  return isComparable(value, argument) && !isNaNAsked;
}

function isSameNaN(value: unknown, argument: unknown): boolean {
  return !isNumber(argument) || isNaNValue(value) === isNaNValue(argument);
}

export function isNaNValue(value: unknown): boolean {
  return isNumber(value) && fractionOf(value) === 'NaN';
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  double: (value) => value instanceof BSON.Double,
  string: (value) => typeof value === 'string',
  object: isFields,
  array: Array.isArray,
  binData: (value) => value instanceof BSON.Binary,
  objectId: (value) => value instanceof BSON.ObjectId,
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  regex: (value) => value instanceof BSON.BSONRegExp,
  int: (value) => value instanceof BSON.Int32,
  timestamp: (value) => value instanceof BSON.Timestamp,
  long: (value) => isNumber(value) && value instanceof BSON.Long,
  decimal: (value) => value instanceof BSON.Decimal128,
  number: isNumber,
  minKey: (value) => value instanceof BSON.MinKey,
  maxKey: (value) => value instanceof BSON.MaxKey,
};

export const TYPE_NAMES: readonly string[] = Object.keys(TYPES);

function isOfType(value: unknown, type: unknown): boolean {
  return TYPES[String(type)]?.(value) === true;
}

/** The remainder of the whole part, where that fits in 64 bits. */
function isRemainder(value: unknown, [divisor, remainder]: unknown[]): boolean {
  if (!isNumber(value)) return false;
  const fraction = fractionOf(value);
  if (typeof fraction === 'string') return false;
  const whole = fraction.numerator / fraction.denominator;
  return (
    BigInt.asIntN(64, whole) === whole &&
    whole % BigInt(String(divisor)) === BigInt(String(remainder))
  );
}
