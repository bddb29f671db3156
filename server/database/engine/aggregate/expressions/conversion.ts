import { Binary, ObjectId } from 'bson';
import { CommandError, notSupported } from '../../errors.ts';
import { typeAlias } from '../../query/leaf-tests.ts';
import {
  fieldOf,
  isDocument,
  isInt32,
  isNullish,
  isNumeric,
  numberType,
  typeName,
} from '../../values/kinds.ts';
import { doubleOf, integerOf, intOrLong, longOf, toNumber } from '../../values/numbers.ts';
import { dateAt, instantOf } from '../../values/dates.ts';
import { strict, type Builder, type Builders } from './builder.ts';

function failed(value: unknown, to: string): CommandError {
  return new CommandError(
    241,
    `Unsupported conversion from ${typeName(value)} to ${to} in $convert with no onError value`,
  );
}

/** A value as text. Throws 241 for types without one. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNumeric(value))
    return numberType(value) === 'double' ? String(toNumber(value)) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID)
    return value.toUUID().toString();
  throw failed(value, 'string');
}

function objectIdOf(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new ObjectId(value);
  if (typeof value !== 'string') throw failed(value, 'objectId');
  throw new CommandError(
    241,
    `Failed to parse objectId '${value}' in $convert with no onError value: Invalid string length for parsing to OID`,
  );
}

const ISO_DATE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Text has to be ISO 8601, in UTC where it names no zone: the server guesses at more. */
function dateOf(value: unknown): Date {
  if (isNumeric(value) && numberType(value) !== 'int') return dateAt(toNumber(value));
  const instant = instantOf(value);
  if (instant) return instant;
  const parts = typeof value === 'string' ? ISO_DATE.exec(value) : null;
  const [, day = '', time = '00:00', zone = 'Z'] = parts ?? [];
  const date = new Date(`${day}T${time}${zone}`);
  if (Number.isNaN(date.getTime())) throw failed(value, 'date');
  return date;
}

function booleanOf(value: unknown): boolean {
  return isNumeric(value) ? toNumber(value) !== 0 : typeof value === 'boolean' ? value : true;
}

function wholeOf(value: unknown, to: string): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value);
  if (value instanceof Date && to === 'long') return BigInt(value.getTime());
  if (!isNumeric(value) || !Number.isFinite(toNumber(value))) throw failed(value, to);
  return integerOf(value);
}

function intOf(value: unknown): unknown {
  const whole = wholeOf(value, 'int');
  if (!isInt32(Number(whole))) throw new CommandError(241, 'Conversion would overflow target type');
  return intOrLong(whole);
}

function doubleFrom(value: unknown): unknown {
  if (typeof value === 'boolean') return doubleOf(value ? 1 : 0);
  if (value instanceof Date) return doubleOf(value.getTime());
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
    return doubleOf(Number(value));
  if (!isNumeric(value)) throw failed(value, 'double');
  return doubleOf(toNumber(value));
}

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  string: textOf,
  objectId: objectIdOf,
  date: dateOf,
  bool: booleanOf,
  int: intOf,
  long: (value) => longOf(wholeOf(value, 'long')),
  double: doubleFrom,
};

const convert: Builder = (argument, compile) => {
  if (!isDocument(argument) || !('input' in argument) || !('to' in argument))
    throw new CommandError(9, "Missing 'input' or 'to' parameter to $convert");
  const input = compile(argument.input);
  const target = compile(argument.to);
  const onNull = 'onNull' in argument ? compile(argument.onNull) : () => null;
  const onError = 'onError' in argument ? compile(argument.onError) : undefined;
  return (scope) => {
    const value = input(scope);
    if (isNullish(value)) return onNull(scope);
    const type = typeAlias(target(scope));
    const conversion = fieldOf(CONVERSIONS, type);
    if (!conversion) throw notSupported(`$convert to ${type}`);
    try {
      return conversion(value);
    } catch (error) {
      if (!onError || !(error instanceof CommandError)) throw error;
      return onError(scope);
    }
  };
};

export const conversionOperators: Builders = {
  $convert: convert,
  $toString: strict(1, 1, textOf),
  $toObjectId: strict(1, 1, objectIdOf),
  $toDate: strict(1, 1, dateOf),
  $toBool: strict(1, 1, booleanOf),
  $toInt: strict(1, 1, intOf),
  $toLong: strict(1, 1, (value) => longOf(wholeOf(value, 'long'))),
  $toDouble: strict(1, 1, doubleFrom),
};
