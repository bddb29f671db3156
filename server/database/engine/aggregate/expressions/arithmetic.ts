import { Decimal128 } from 'bson';
import { CommandError } from '../../errors.ts';
import { dateAt } from '../../values/dates.ts';
import { isNullish, isNumeric, numberType, typeName, type Numeric } from '../../values/kinds.ts';
import {
  calculate,
  decimalOf,
  decimalText,
  doubleOf,
  exactOf,
  intOrLong,
  integerOf,
  longOf,
  toNumber,
} from '../../values/numbers.ts';
import { strict, positional, type Builder, type Builders } from './builder.ts';

function numeric(value: unknown, operator: string): Numeric {
  if (!isNumeric(value))
    throw new CommandError(14, `${operator} only supports numeric types, not ${typeName(value)}`);
  return value;
}

/** A double result, or a decimal when the operand was one. */
function asReal(result: number, ...operands: Numeric[]): Numeric {
  return operands.some((operand) => numberType(operand) === 'decimal')
    ? Decimal128.fromString(decimalText(result))
    : doubleOf(result);
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
  if (toNumber(b) === 0) throw new CommandError(2, "can't $divide by zero");
  const types = [numberType(a), numberType(b)];
  return types.includes('decimal') ? divideDecimals(a, b) : doubleOf(toNumber(a) / toNumber(b));
}

function divideDecimals(left: Numeric, right: Numeric): Numeric {
  const a = exactOf(left);
  const b = exactOf(right);
  if (!a || !b) return asReal(toNumber(left) / toNumber(right), left, right);
  // 40 more digits than either holds leave the last of 34 rightly rounded, but for exact halves.
  const scaled = (a.coefficient * 10n ** 40n) / b.coefficient;
  let result = { coefficient: scaled, exponent: a.exponent - b.exponent - 40 };
  while (result.coefficient !== 0n && result.coefficient % 10n === 0n && result.exponent < 0)
    result = { coefficient: result.coefficient / 10n, exponent: result.exponent + 1 };
  return decimalOf(result);
}

function modulo(left: unknown, right: unknown): Numeric {
  const a = numeric(left, '$mod');
  const b = numeric(right, '$mod');
  if (toNumber(b) === 0) throw new CommandError(16610, "can't $mod by zero");
  const types = [numberType(a), numberType(b)];
  if (types.every((type) => type === 'int' || type === 'long')) {
    const rest = integerOf(a) % integerOf(b);
    return types.includes('long') ? longOf(rest) : intOrLong(rest);
  }
  return asReal(toNumber(a) % toNumber(b), a, b);
}

/** Whole numbers stay as they are; doubles and decimals are rounded. */
function roundingBy(round: (value: number) => number, operator: string): Builder {
  return strict(1, 1, (value) => {
    const number = numeric(value, operator);
    const type = numberType(number);
    if (type === 'int' || type === 'long') return number;
    return asReal(round(toNumber(number)), number);
  });
}

function roundTo(operator: string, round: (value: number) => number): Builder {
  return positional(1, 2, (value, place = 0) => {
    if (isNullish(value) || isNullish(place)) return null;
    const number = numeric(value, operator);
    const digits = toNumber(numeric(place, operator));
    const type = numberType(number);
    if ((type === 'int' || type === 'long') && digits >= 0) return number;
    const scaled = round(Number(`${toNumber(number)}e${digits}`));
    const result = Number(`${scaled}e${-digits}`);
    return type === 'int' || type === 'long' ? intOrLong(BigInt(result)) : asReal(result, number);
  });
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function realFunction(operator: string, apply: (value: number) => number): Builder {
  return strict(1, 1, (value) => {
    const number = numeric(value, operator);
    return asReal(apply(toNumber(number)), number);
  });
}

function absolute(value: unknown): Numeric {
  const number = numeric(value, '$abs');
  return toNumber(number) < 0 ? calculate(number, -1, '*') : number;
}

function power(base: unknown, exponent: unknown): Numeric {
  const a = numeric(base, '$pow');
  const b = numeric(exponent, '$pow');
  const result = toNumber(a) ** toNumber(b);
  const areWhole = [a, b].every((value) => ['int', 'long'].includes(numberType(value)));
  return areWhole && Number.isSafeInteger(result)
    ? intOrLong(BigInt(result))
    : asReal(result, a, b);
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
  $ceil: roundingBy(Math.ceil, '$ceil'),
  $floor: roundingBy(Math.floor, '$floor'),
  $round: roundTo('$round', roundHalfEven),
  $trunc: roundTo('$trunc', Math.trunc),
  $sqrt: realFunction('$sqrt', Math.sqrt),
  $exp: realFunction('$exp', Math.exp),
  $ln: realFunction('$ln', Math.log),
  $log10: realFunction('$log10', Math.log10),
  $log: strict(2, 2, (value, base) =>
    doubleOf(
      Math.log(toNumber(numeric(value, '$log'))) / Math.log(toNumber(numeric(base, '$log'))),
    ),
  ),
  $pow: strict(2, 2, power),
  $rand: positional(0, 1, () => doubleOf(Math.random())),
};
