import { Binary } from 'bson';
import { CommandError } from '../errors.ts';
import { areEqual, binaryBytes, compareValues, type Collator } from '../values/compare.ts';
import { isNumeric, KIND, kindOf, typeName } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { integerOf, isIntegral, isLong, toNumber } from '../values/numbers.ts';
import { isOperators } from './conditions.ts';
import { compileRegex, isRegex } from './regex.ts';

/** Tests one value, arrays included as what they are; undefined is a missing field. */
export type Test = (value: unknown) => boolean;

/** The test for one comparison operator. Throws 2 for unknown operators and bad arguments. */
export function leafTest(operator: string, argument: unknown, collator?: Collator): Test {
  switch (operator) {
    case '$eq':
      return equalTest(argument, collator);
    case '$in':
      return memberTest(argument, collator);
    case '$gt':
      return orderTest(argument, (order) => order > 0, false, collator);
    case '$gte':
      return orderTest(argument, (order) => order >= 0, true, collator);
    case '$lt':
      return orderTest(argument, (order) => order < 0, false, collator);
    case '$lte':
      return orderTest(argument, (order) => order <= 0, true, collator);
    case '$mod':
      return moduloTest(argument);
    case '$regex':
      return regexTest(argument);
    case '$type':
      return typeTest(argument);
    case '$bitsAllSet':
      return bitsTest(argument, (bits, mask) => bits === mask);
    case '$bitsAnySet':
      return bitsTest(argument, (bits) => bits !== 0n);
    case '$bitsAllClear':
      return bitsTest(argument, (bits) => bits === 0n);
    case '$bitsAnyClear':
      return bitsTest(argument, (bits, mask) => bits !== mask);
    default:
      throw new CommandError(2, `unknown operator: ${operator}`);
  }
}

function equalTest(argument: unknown, collator?: Collator): Test {
  const kind = kindOf(argument);
  if (kind === KIND.null) return (value) => value === null || value === undefined;
  if (kind === KIND.string && !collator) return (value) => value === argument;
  return (value) => kindOf(value) === kind && compareValues(value, argument, collator) === 0;
}

function memberTest(argument: unknown, collator?: Collator): Test {
  if (!Array.isArray(argument)) throw new CommandError(2, '$in needs an array');
  if (argument.some(isOperators)) throw new CommandError(2, 'cannot nest $ under $in');
  const members: unknown[] = argument;
  const patterns = members.filter(isRegex).map((member) => compileRegex(member));
  const matchesPattern: Test = (value) =>
    typeof value === 'string' && patterns.some((pattern) => pattern.test(value));
  if (collator)
    return (value) =>
      members.some((member) => compareValues(member, value ?? null, collator) === 0) ||
      matchesPattern(value);
  const keys = new Set(members.map(equalityKey));
  return (value) => keys.has(equalityKey(value)) || matchesPattern(value);
}

/** Ranges hold within one type only, but MinKey and MaxKey bound all; missing is null, NaN only equals itself. */
function orderTest(
  argument: unknown,
  accepts: (order: number) => boolean,
  isInclusive: boolean,
  collator?: Collator,
): Test {
  if (isRegex(argument))
    throw new CommandError(2, "Can't have RegEx as arg to predicate over field");
  const kind = kindOf(argument);
  if (kind === KIND.null) return (value) => isInclusive && (value === null || value === undefined);
  if (kind === KIND.minKey || kind === KIND.maxKey)
    return (value) => accepts(compareValues(value, argument));
  const isNaNWanted = isNaNValue(argument);
  return (value) =>
    value !== undefined &&
    kindOf(value) === kind &&
    isNaNValue(value) === isNaNWanted &&
    accepts(compareValues(value, argument, collator));
}

export function isNaNValue(value: unknown): boolean {
  return isNumeric(value) && Number.isNaN(toNumber(value));
}

function moduloTest(argument: unknown): Test {
  if (!Array.isArray(argument) || argument.length !== 2)
    throw new CommandError(2, 'malformed mod, needs to be an array of two elements');
  const [divisor, remainder] = argument.map((part: unknown) => {
    const whole = wholeLong(part);
    if (whole === undefined) throw new CommandError(2, 'malformed mod, divisor not a number');
    return whole;
  });
  if (!divisor) throw new CommandError(2, 'divisor cannot be 0');
  return (value) => {
    const whole = wholeLong(value);
    return whole !== undefined && whole % divisor === remainder;
  };
}

/** The whole part, where it is a long. */
function wholeLong(value: unknown): bigint | undefined {
  if (!isNumeric(value) || !Number.isFinite(toNumber(value))) return undefined;
  const whole = integerOf(value);
  return isLong(whole) ? whole : undefined;
}

function regexTest(argument: unknown): Test {
  const pattern = compileRegex(argument);
  return (value) =>
    typeof value === 'string' ? pattern.test(value) : isRegex(value) && areEqual(value, argument);
}

const TYPE_CODES: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

function typeTest(argument: unknown): Test {
  const wanted = (Array.isArray(argument) ? argument : [argument]).map(typeAlias);
  if (wanted.length === 0)
    throw new CommandError(9, 'a match expression for $type must match at least one type');
  return (value) => {
    if (value === undefined) return false;
    const name = typeName(value);
    return wanted.some((alias) => alias === name || (alias === 'number' && isNumeric(value)));
  };
}

/** The alias of a type that is given by it or by its number. Throws 2 for unknown ones. */
export function typeAlias(type: unknown): string {
  if (type === 'number') return type;
  const alias = isNumeric(type)
    ? Object.keys(TYPE_CODES).find((name) => TYPE_CODES[name] === toNumber(type))
    : String(type);
  if (alias === undefined || !Object.hasOwn(TYPE_CODES, alias))
    throw new CommandError(2, `Unknown type name alias: ${String(type)}`);
  return alias;
}

function bitsTest(argument: unknown, accepts: (bits: bigint, mask: bigint) => boolean): Test {
  const mask = maskOf(argument);
  return (value) => {
    if (value instanceof Binary) return accepts(maskOf(value) & mask, mask);
    return isNumeric(value) && isIntegral(value) && accepts(integerOf(value) & mask, mask);
  };
}

function maskOf(argument: unknown): bigint {
  if (Array.isArray(argument))
    return argument.reduce<bigint>((mask, bit) => mask | (1n << bitPosition(bit)), 0n);
  if (argument instanceof Binary)
    return binaryBytes(argument).reduce(
      (mask, byte, i) => mask | (BigInt(byte) << BigInt(8 * i)),
      0n,
    );
  if (!isNumeric(argument))
    throw new CommandError(2, 'bit masks must be a number, a BinData or an array');
  if (!isIntegral(argument) || toNumber(argument) < 0)
    throw new CommandError(9, 'Expected a non-negative number as a bit mask');
  return integerOf(argument);
}

function bitPosition(value: unknown): bigint {
  if (!isNumeric(value) || !isIntegral(value) || toNumber(value) < 0)
    throw new CommandError(2, 'bit positions must be non-negative integers');
  return integerOf(value);
}
