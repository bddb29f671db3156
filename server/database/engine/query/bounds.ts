import { isDocument, KIND, kindOf, type Document } from '../values/kinds.ts';
import type { Collator } from '../values/compare.ts';
import { inverted, keyOf, equalityKey } from '../values/keys.ts';
import type { Span } from '../storage/view.ts';
import { operatorsOf, UNSUPPORTED_OPERATORS } from './conditions.ts';
import { isNaNValue } from './leaf-tests.ts';
import { compileRegex } from './regex.ts';

interface Limit {
  value: unknown;
  isInclusive: boolean;
}

/** What a filter's conjunction says about one field. */
export interface FieldBounds {
  points?: unknown[];
  lower?: Limit;
  upper?: Limit;
  /** Strings beginning with this. */
  textPrefix?: string;
  /** Every value within the bounds passes the filter's conditions on the field. */
  isExact: boolean;
}

export interface FilterBounds {
  fields: Map<string, FieldBounds>;
  /** The clauses of each $or. */
  alternatives: Document[][];
  /** The filter says more than the bounds do, so the matcher has to look. */
  hasResidue: boolean;
}

const MOST_POINTS = 5000;
const PREFIX_PATTERN = /^\^((?:[\w @:/#~,<>=!%&;"'`-]|\\[.^$*+?()[\]{}|\\/-])+)(.?)/;

/** Reads the bounds that a filter sets on fields. Only what is certain is a bound. */
export function boundsOf(filter: Document, collator?: Collator): FilterBounds {
  const bounds: FilterBounds = { fields: new Map(), alternatives: [], hasResidue: false };
  readConjunction(filter, bounds, collator);
  return bounds;
}

function readConjunction(filter: Document, out: FilterBounds, collator?: Collator): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and')
      for (const part of condition as Document[]) readConjunction(part, out, collator);
    else if (name === '$or') readAlternatives(condition as Document[], out, collator);
    else if (name === '$comment') continue;
    else if (name.startsWith('$')) out.hasResidue = true;
    else readField(name, condition, out, collator);
  }
}

function readAlternatives(clauses: Document[], out: FilterBounds, collator?: Collator): void {
  const [only] = clauses;
  if (clauses.length === 1 && only) readConjunction(only, out, collator);
  else {
    out.alternatives.push(clauses);
    out.hasResidue = true;
  }
}

function readField(path: string, condition: unknown, out: FilterBounds, collator?: Collator): void {
  for (const [operator, argument] of operatorsOf(condition)) {
    if (operator === '$elemMatch') readElement(path, argument, out, collator);
    const bounds = operatorBounds(operator, argument, collator);
    if (!bounds) out.hasResidue = true;
    else combine(path, bounds, out);
  }
}

/** An element that matches has these fields, so an index over the array's fields narrows the search. */
function readElement(
  path: string,
  condition: unknown,
  out: FilterBounds,
  collator?: Collator,
): void {
  if (!isDocument(condition)) return;
  for (const [name, inner] of Object.entries(condition)) {
    if (name.startsWith('$')) continue;
    const [first] = operatorsOf(inner);
    const bounds = first && operatorBounds(first[0], first[1], collator);
    if (bounds && !out.fields.has(`${path}.${name}`))
      out.fields.set(`${path}.${name}`, { ...bounds, isExact: false });
  }
}

function operatorBounds(
  operator: string,
  argument: unknown,
  collator?: Collator,
): FieldBounds | undefined {
  if (UNSUPPORTED_OPERATORS.has(operator)) return undefined;
  if (operator === '$in') return memberBounds(argument, collator);
  if (operator === '$regex') return collator ? undefined : regexBounds(compileRegex(argument));
  if (!isBoundable(argument, collator)) return undefined;
  if (operator === '$eq') return { points: [argument ?? null], isExact: true };
  const kind = kindOf(argument);
  if (kind === KIND.null || kind === KIND.minKey || kind === KIND.maxKey || isNaNValue(argument))
    return undefined;
  const isInclusive = operator === '$gte' || operator === '$lte';
  if (operator === '$gt' || operator === '$gte')
    return { lower: { value: argument, isInclusive }, isExact: true };
  if (operator === '$lt' || operator === '$lte')
    return { upper: { value: argument, isInclusive }, isExact: true };
  return undefined;
}

/** Arrays compare both whole and by element; regexes match; under a collation strings have other orders. */
function isBoundable(value: unknown, collator?: Collator): boolean {
  const kind = kindOf(value);
  if (kind === KIND.array || kind === KIND.regex) return false;
  return !collator || (kind !== KIND.string && kind !== KIND.document);
}

function memberBounds(argument: unknown, collator?: Collator): FieldBounds | undefined {
  if (!Array.isArray(argument) || argument.length > MOST_POINTS) return undefined;
  if (!argument.every((member) => isBoundable(member, collator))) return undefined;
  const members = new Map(argument.map((member: unknown) => [equalityKey(member), member ?? null]));
  return { points: [...members.values()], isExact: true };
}

function regexBounds({ source, flags }: RegExp): FieldBounds | undefined {
  if (flags.includes('i') || flags.includes('m') || source.includes('|')) return undefined;
  const match = PREFIX_PATTERN.exec(source);
  if (!match?.[1]) return undefined;
  const text = match[1].replaceAll('\\', '');
  const isLastOptional = match[2] !== undefined && match[2] !== '' && '*?{'.includes(match[2]);
  const textPrefix = isLastOptional ? text.slice(0, -1) : text;
  return textPrefix ? { textPrefix, isExact: false } : undefined;
}

function combine(path: string, next: FieldBounds, out: FilterBounds): void {
  const known = out.fields.get(path);
  if (!known) {
    out.fields.set(path, next);
    return;
  }
  const joins =
    !known.points &&
    !next.points &&
    !known.textPrefix &&
    !next.textPrefix &&
    !(known.lower && next.lower) &&
    !(known.upper && next.upper) &&
    kindOf((known.lower ?? known.upper)?.value) === kindOf((next.lower ?? next.upper)?.value);
  if (joins) {
    out.fields.set(path, { ...known, ...next, isExact: known.isExact && next.isExact });
    return;
  }
  // Two conditions that cannot be one range: keep the narrower, let the matcher check the other.
  out.hasResidue = true;
  const narrower = next.points && (!known.points || next.points.length < known.points.length);
  out.fields.set(path, { ...(narrower ? next : known), isExact: false });
}

/** The keys of an index field that lie within a range, as the rest of the key after what precedes it. */
export function rangeSpan(bounds: FieldBounds, descending: boolean): Span {
  if (bounds.textPrefix !== undefined) return prefixSpan(bounds.textPrefix, descending);
  const kind = kindOf((bounds.lower ?? bounds.upper)?.value);
  // NaN sorts before all numbers and is in no range.
  const lower =
    bounds.lower ?? (kind === KIND.number ? { value: -Infinity, isInclusive: true } : undefined);
  const { upper } = bounds;
  const from = descending ? upper : lower;
  const to = descending ? lower : upper;
  const kindByte = descending ? 0xff - kind : kind;
  return {
    from: from ? edge(from.value, descending, !from.isInclusive) : Buffer.from([kindByte]),
    to: to ? edge(to.value, descending, to.isInclusive) : Buffer.from([kindByte + 1]),
  };
}

/** Just before a value's keys, or just after them. */
function edge(value: unknown, descending: boolean, isAfter: boolean): Buffer {
  const key = keyOf(value, descending);
  return isAfter ? Buffer.concat([key, Buffer.from([0xff])]) : key;
}

function prefixSpan(text: string, descending: boolean): Span {
  const key = keyOf(text).subarray(0, -1);
  const from = descending ? inverted(Buffer.from(key)) : key;
  // Inverted, the end of a string is FF itself, so the end of the span lies one further.
  const end = descending ? [0xff, 0xff] : [0xff];
  return { from, to: Buffer.concat([from, Buffer.from(end)]) };
}
