import { CommandError, notSupported } from '../../errors.ts';
import { dateAt } from '../../values/dates.ts';
import { isNullish, isNumeric, numberType, typeName, type Numeric } from '../../values/kinds.ts';
import {
  calculate,
  doubleOf,
  exactOf,
  integerOf,
  intOrLong,
  longOf,
  roundHalfEven,
  toNumber,
} from '../../values/numbers.ts';
import { asInteger, positional, strict, type Builder, type Builders } from './builder.ts';

function numeric(value: unknown, operator: string): Numeric {
  if (!isNumeric(value))
    throw new CommandError(14, `${operator} only supports numeric types, not ${typeName(value)}`);
  return value;
}

/** Where the server calculates with 34 digits, a double would only look right. Throws 238. */
function refuseDecimals(operator: string, ...operands: Numeric[]): void {
  if (operands.some((operand) => numberType(operand) === 'decimal'))
    throw notSupported(`${operator} of decimals`);
}

function isWhole(value: Numeric): boolean {
  return ['int', 'long'].includes(numberType(value));
}

function add(...values: unknown[]): unknown {
  let date: Date | undefined;
  let total: Numeric = 0;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (!(value instanceof Date)) total = calculate(total, numeric(value, '$add'), '+');
    else if (date) throw new CommandError(16612, 'only one date allowed in an $add expression');
    else date = value;
  }
  return date ? dateAt(date.getTime() + toNumber(total)) : total;
}

function subtract(left: unknown, right: unknown): unknown {
  if (left instanceof Date && right instanceof Date)
    return longOf(BigInt(left.getTime() - right.getTime()));
  if (left instanceof Date) return dateAt(left.getTime() - toNumber(numeric(right, '$subtract')));
  return calculate(numeric(left, '$subtract'), numeric(right, '$subtract'), '-');
}

function divide(left: unknown, right: unknown): Numeric {
  const a = numeric(left, '$divide');
  const b = numeric(right, '$divide');
  refuseDecimals('$divide', a, b);
  if (toNumber(b) === 0) throw new CommandError(2, "can't $divide by zero");
  return doubleOf(toNumber(a) / toNumber(b));
}

function modulo(left: unknown, right: unknown): Numeric {
  const a = numeric(left, '$mod');
  const b = numeric(right, '$mod');
  refuseDecimals('$mod', a, b);
  if (toNumber(b) === 0) throw new CommandError(16610, "can't $mod by zero");
  if (!isWhole(a) || !isWhole(b)) return doubleOf(toNumber(a) % toNumber(b));
  const rest = integerOf(a) % integerOf(b);
  return [a, b].some((value) => numberType(value) === 'long') ? longOf(rest) : intOrLong(rest);
}

function towards(operator: '$ceil' | '$floor', round: (value: number) => number): Builder {
  return strict(1, 1, (value) => {
    const number = numeric(value, operator);
    refuseDecimals(operator, number);
    return isWhole(number) ? number : doubleOf(round(toNumber(number)));
  });
}

/** Half to even, of the exact value: the double 2.675 lies below the half. */
function round(value: unknown, place: unknown = 0): Numeric {
  const number = numeric(value, '$round');
  refuseDecimals('$round', number);
  const digits = asInteger(place, '$round');
  if (digits < -20 || digits > 100)
    throw new CommandError(51083, `cannot apply $round with precision value ${digits}`);
  const exact = exactOf(number);
  if (!exact || exact.exponent >= -digits) return number;
  const unit = 10n ** BigInt(-digits - exact.exponent);
  const rounded = roundHalfEven(exact.coefficient, unit);
  if (!isWhole(number)) return doubleOf(Number(`${rounded}e${-digits}`));
  return numberType(number) === 'long' ? longOf(rounded * unit) : intOrLong(rounded * unit);
}

function absolute(value: unknown): Numeric {
  const number = numeric(value, '$abs');
  return toNumber(number) < 0 ? calculate(number, -1, '*') : number;
}

export const arithmeticOperators: Builders = {
  $add: positional(0, Infinity, add),
  $subtract: strict(2, 2, subtract),
  $multiply: strict(0, Infinity, (...values) =>
    values.reduce<Numeric>(
      (product, value) => calculate(product, numeric(value, '$multiply'), '*'),
      1,
    ),
  ),
  $divide: strict(2, 2, divide),
  $mod: strict(2, 2, modulo),
  $abs: strict(1, 1, absolute),
  $ceil: towards('$ceil', Math.ceil),
  $floor: towards('$floor', Math.floor),
  $round: strict(1, 2, round),
  $rand: positional(0, 1, () => doubleOf(Math.random())),
};
