import { Decimal128, Double, Long } from 'bson';
import { CommandError } from '../errors.ts';
import { isInt32, numberType, type Numeric } from './kinds.ts';

/** An exact value: coefficient × 10^exponent. */
export interface Exact {
  coefficient: bigint;
  exponent: number;
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** The nearest double. */
export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (value instanceof Decimal128) return Number(value.toString());
  return value instanceof Long ? value.toNumber() : value.value;
}

/** A double, boxed when its bytes would otherwise be written as an int. */
export function doubleOf(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value;
}

/** An int where it fits, else a long. */
export function intOrLong(value: bigint): number | Long {
  const small = Number(value);
  return isInt32(small) ? small : Long.fromBigInt(value);
}

export function isLong(value: bigint): boolean {
  return value >= LONG_MIN && value <= LONG_MAX;
}

export function longOf(value: bigint): Long {
  if (!isLong(value)) throw new CommandError(2, 'long overflow');
  return Long.fromBigInt(value);
}

/** The exact value of a number; null for NaN and the infinities. */
export function exactOf(value: Numeric): Exact | null {
  if (value instanceof Long) return { coefficient: value.toBigInt(), exponent: 0 };
  if (value instanceof Decimal128) return exactOfText(value.toString());
  return exactOfDouble(toNumber(value));
}

function exactOfText(text: string): Exact | null {
  const parts = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  return {
    coefficient: BigInt(sign + whole + fraction),
    exponent: Number(exponent) - fraction.length,
  };
}

function exactOfDouble(value: number): Exact | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  // A fraction m / 2^n equals m × 5^n / 10^n.
  let scaled = value;
  let twos = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    twos++;
  }
  return { coefficient: BigInt(scaled) * 5n ** BigInt(twos), exponent: -twos };
}

function compareExact(left: Exact, right: Exact): number {
  const exponent = Math.min(left.exponent, right.exponent);
  const a = left.coefficient * 10n ** BigInt(left.exponent - exponent);
  const b = right.coefficient * 10n ** BigInt(right.exponent - exponent);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function subtractExact(left: Exact, right: Exact): Exact {
  const exponent = Math.min(left.exponent, right.exponent);
  return {
    coefficient:
      left.coefficient * 10n ** BigInt(left.exponent - exponent) -
      right.coefficient * 10n ** BigInt(right.exponent - exponent),
    exponent,
  };
}

/** Numbers compare by value, whatever their types; NaN is less than all. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  const a = toNumber(left);
  const b = toNumber(right);
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  // Doubles further apart than rounding can bring them decide without exact arithmetic.
  if (a !== b) return a < b ? -1 : 1;
  if (typeof left === 'number' && typeof right === 'number') return 0;
  const exactLeft = exactOf(left);
  const exactRight = exactOf(right);
  if (exactLeft && exactRight) return compareExact(exactLeft, exactRight);
  return exactLeft ? -Math.sign(a) : exactRight ? Math.sign(b) : 0;
}

/** A decimal from an exact value. Throws when 34 digits cannot hold it. */
function decimalOf({ coefficient, exponent }: Exact): Decimal128 {
  const negative = coefficient < 0n;
  let digits = String(negative ? -coefficient : coefficient);
  let power = exponent;
  if (digits.length > 34) {
    const excess = digits.length - 34;
    digits = String(roundHalfEven(BigInt(digits), 10n ** BigInt(excess)));
    power += excess;
  }
  return Decimal128.fromString(`${negative ? '-' : ''}${digits}E${power}`);
}

/** How many units the value is, a half to the even one. */
export function roundHalfEven(value: bigint, unit: bigint): bigint {
  const quotient = value / unit;
  const twice = (value % unit) * 2n;
  const isUp = (rest: bigint) => rest > unit || (rest === unit && quotient % 2n !== 0n);
  return isUp(twice) ? quotient + 1n : isUp(-twice) ? quotient - 1n : quotient;
}

/** Sum, difference or product with the server's result types: the wider of the two, int growing to long. */
export function calculate(left: Numeric, right: Numeric, operator: '+' | '-' | '*'): Numeric {
  const types = [numberType(left), numberType(right)];
  if (types.includes('decimal')) return calculateDecimal(left, right, operator);
  if (types.includes('double')) return doubleOf(calculateDouble(left, right, operator));
  const result = calculateInteger(integerOf(left), integerOf(right), operator);
  if (types.includes('long')) return longOf(result);
  return intOrLong(result);
}

/** The whole part of a finite number. */
export function integerOf(value: Numeric): bigint {
  if (value instanceof Long) return value.toBigInt();
  const exact = value instanceof Decimal128 ? exactOf(value) : undefined;
  if (!exact) return BigInt(Math.trunc(toNumber(value)));
  const { coefficient, exponent } = exact;
  return exponent < 0
    ? coefficient / 10n ** BigInt(-exponent)
    : coefficient * 10n ** BigInt(exponent);
}

function calculateDouble(left: Numeric, right: Numeric, operator: '+' | '-' | '*'): number {
  const a = toNumber(left);
  const b = toNumber(right);
  return operator === '+' ? a + b : operator === '-' ? a - b : a * b;
}

function calculateInteger(a: bigint, b: bigint, operator: '+' | '-' | '*'): bigint {
  return operator === '+' ? a + b : operator === '-' ? a - b : a * b;
}

function calculateDecimal(left: Numeric, right: Numeric, operator: '+' | '-' | '*'): Decimal128 {
  const a = exactOf(left);
  const b = exactOf(right);
  if (!a || !b) return Decimal128.fromString(decimalText(calculateDouble(left, right, operator)));
  if (operator === '*')
    return decimalOf({
      coefficient: a.coefficient * b.coefficient,
      exponent: a.exponent + b.exponent,
    });
  const negated = operator === '-' ? b : { ...b, coefficient: -b.coefficient };
  return decimalOf(subtractExact(a, negated));
}

/** How a double reads as a decimal. */
function decimalText(value: number): string {
  return Number.isNaN(value)
    ? 'NaN'
    : value === Infinity
      ? 'Infinity'
      : value === -Infinity
        ? '-Infinity'
        : String(value);
}

export function isIntegral(value: Numeric): boolean {
  if (value instanceof Long) return true;
  const exact = exactOf(value);
  if (!exact) return false;
  return exact.exponent >= 0 || exact.coefficient % 10n ** BigInt(-exact.exponent) === 0n;
}
