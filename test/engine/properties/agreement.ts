import { BSON } from 'mongodb';
import { fractionOf, isFields } from '../reference/order.ts';

/** How long to look: the short form has factor 1. */
export interface Runs {
  factor: number;
  seed: number;
}

/** What fast-check is told; on failure it prints the seed and the smallest counterexample. */
export function parametersOf(
  { factor, seed }: Runs,
  shortRuns: number,
): { numRuns: number; seed: number } {
  return { numRuns: shortRuns * factor, seed };
}

/** Compares as canonical Extended JSON; the message shows what it was about. */
export function expectAgreement(actual: unknown, wanted: unknown, about: object): void {
  const [got, hoped] = [actual, wanted].map((value) => textOf({ value }));
  if (got !== hoped)
    throw new Error(`${textOf(about)}\n  engine:    ${got}\n  reference: ${hoped}`);
}

/** As `expectAgreement`, with decimals by value: the reference knows no digits beyond that. */
export function expectSameValues(actual: unknown, wanted: unknown, about: object): void {
  expectAgreement(withPlainDecimals(actual), withPlainDecimals(wanted), about);
}

function textOf(value: object): string {
  const named = (_name: string, inner: unknown) => (inner === undefined ? '(undefined)' : inner);
  return BSON.EJSON.stringify(value, named, 0, { relaxed: false });
}

function withPlainDecimals(value: unknown): unknown {
  if (value instanceof BSON.Decimal128) return { decimal: plainText(value) };
  if (Array.isArray(value)) return value.map(withPlainDecimals);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withPlainDecimals(inner)]),
  );
}

function plainText(value: BSON.Decimal128): string {
  const fraction = fractionOf(value);
  if (typeof fraction === 'string') return fraction;
  const divisor = greatestDivisor(fraction.numerator, fraction.denominator);
  return `${fraction.numerator / divisor}/${fraction.denominator / divisor}`;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  if (b === 0n) return a < 0n ? -a : a;
  return greatestDivisor(b, a % b);
}
