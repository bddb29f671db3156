import { BSON } from 'mongodb';
import { fractionOf, type Fields } from './order.ts';
import { Refused, Unknown } from './outcomes.ts';

const { Decimal128, Double, Int32, Long } = BSON;

type Operator = '+' | '*';

/** The result has the wider type of the two; an int grows to a long, a long cannot grow. */
export function changedNumber(left: unknown, right: unknown, operator: Operator): unknown {
  const both = [left, right];
  if (both.some((value) => value instanceof Decimal128))
    return decimalResult(left, right, operator);
  if (both.some((value) => value instanceof Double)) {
    const [a, b] = both.map(Number) as [number, number];
    return new Double(operator === '+' ? a + b : a * b);
  }
  const [a, b] = both.map((value) => BigInt(String(value))) as [bigint, bigint];
  return integerResult(operator === '+' ? a + b : a * b, both);
}

function integerResult(result: bigint, operands: unknown[]): unknown {
  if (BigInt.asIntN(64, result) !== result) throw new Refused(2);
  const isSmall = BigInt.asIntN(32, result) === result;
  return isSmall && !operands.some((value) => value instanceof Long)
    ? new Int32(Number(result))
    : Long.fromBigInt(result);
}

/** Only exact results are worked out here. */
function decimalResult(left: unknown, right: unknown, operator: Operator): unknown {
  const a = fractionOf(left);
  const b = fractionOf(right);
  if (typeof a === 'string' || typeof b === 'string') throw new Unknown();
  const scale = 10n ** 40n;
  const [x, y] = [a, b].map(({ numerator, denominator }) => (numerator * scale) / denominator) as [
    bigint,
    bigint,
  ];
  const [value, power] = operator === '+' ? [x + y, -40] : [x * y, -80];
  const trimmed = String(value).replace(/0+$/, '');
  const digits = trimmed.replace('-', '');
  if (digits.length > 34 || [a, b].some(({ denominator }) => scale % denominator !== 0n))
    throw new Unknown();
  return Decimal128.fromString(
    `${trimmed || '0'}E${power + String(value).length - trimmed.length}`,
  );
}

export function changedBits(current: unknown, operations: Fields): unknown {
  const operands = Object.values(operations);
  let bits = BigInt(String(current));
  for (const [name, operand] of Object.entries(operations)) {
    const mask = BigInt(String(operand));
    bits = name === 'and' ? bits & mask : name === 'or' ? bits | mask : bits ^ mask;
  }
  return integerResult(bits, [current, ...operands]);
}
