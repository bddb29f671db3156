import { CommandError, notSupported } from '../errors.ts';
import type { Collection, Index } from '../storage/collection.ts';
import { spanOf, type Span } from '../storage/view.ts';
import type { Collator } from '../values/compare.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { equalityKey, keyOf } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { boundsOf, rangeSpan, type FieldBounds, type FilterBounds } from './bounds.ts';
import { excludesMissing, isImplied } from './implication.ts';

/** Reads records straight in order of their ids, or by an index. */
export interface ScanPlan {
  kind: 'scan';
  /** Undefined: the whole collection. */
  index: Index | undefined;
  spans: Span[];
  reverse: boolean;
  /** The spans are single keys of a unique index. */
  isPointRead: boolean;
  /** Every record read matches the filter. */
  isExact: boolean;
  /** Records come in the order of the sort. */
  isSorted: boolean;
}

/** One scan per clause of an $or. */
interface UnionPlan {
  kind: 'union';
  branches: Plan[];
  isExact: false;
  isSorted: boolean;
}

export type Plan = ScanPlan | UnionPlan;

interface PlanRequest {
  filter: Document;
  sort?: Document | undefined;
  hint?: unknown;
  collator?: Collator | undefined;
}

interface SortField {
  path: string;
  direction: 1 | -1;
}

interface Candidate extends ScanPlan {
  score: number;
}

const MOST_SPANS = 5000;
const MOST_RANGES = 200;
/** Below this a candidate uses no equality and no range. */
const USEFUL = 30;

/** Chooses how to read a collection for a filter and a sort. Throws 2 when the hint names no index. */
export function planQuery(collection: Collection, request: PlanRequest): Plan {
  const { filter, collator, hint } = request;
  const bounds = boundsOf(filter, collator);
  const sort = sortFields(request.sort);
  const hinted = hintedIndex(collection, hint);
  if (hinted)
    return (
      candidateFor(hinted, bounds, filter, sort, collator) ?? wholeScan(hinted.prefix, hinted, sort)
    );
  const isForcedScan = hint !== undefined;
  const best = isForcedScan ? undefined : bestCandidate(collection, bounds, filter, sort, collator);
  if (best && best.score >= USEFUL) return best;
  const union = isForcedScan ? undefined : planUnion(collection, request, bounds, sort);
  const indexed = union ?? best;
  if (indexed) return indexed;
  const isExact = !bounds.hasResidue && bounds.fields.size === 0;
  return { ...wholeScan(collection.prefix, undefined, sort), isExact };
}

function bestCandidate(
  collection: Collection,
  bounds: FilterBounds,
  filter: Document,
  sort: SortField[],
  collator?: Collator,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const index of collection.usableIndexes) {
    const candidate = candidateFor(index, bounds, filter, sort, collator);
    if (candidate && (!best || candidate.score > best.score)) best = candidate;
  }
  return best;
}

/** An $or is answered by one index per clause, each clause with the rest of the filter. */
function planUnion(
  collection: Collection,
  { filter, collator }: PlanRequest,
  bounds: FilterBounds,
  sort: SortField[],
): UnionPlan | undefined {
  for (const clauses of bounds.alternatives) {
    const rest = withoutAlternatives(filter, clauses);
    const branches = clauses.map((clause) =>
      planQuery(collection, { filter: { $and: [rest, clause] }, collator }),
    );
    if (branches.every((branch) => branch.kind === 'union' || branch.index !== undefined))
      return { kind: 'union', branches, isExact: false, isSorted: sort.length === 0 };
  }
  return undefined;
}

function withoutAlternatives(filter: Document, clauses: Document[]): Document {
  const rest: Document = {};
  for (const [name, condition] of Object.entries(filter))
    if (name === '$and')
      rest.$and = (condition as Document[]).map((part) => withoutAlternatives(part, clauses));
    else if (condition !== clauses) rest[name] = condition;
  return rest;
}

/** All records, straight or along an index. */
function wholeScan(prefix: Buffer, index: Index | undefined, sort: SortField[]): ScanPlan {
  return {
    kind: 'scan',
    index,
    spans: [spanOf(prefix)],
    reverse: false,
    isPointRead: false,
    isExact: false,
    isSorted: sort.length === 0,
  };
}

/** Undefined for a natural order hint's index, which is none. */
function hintedIndex(collection: Collection, hint: unknown): Index | undefined {
  if (hint === undefined) return undefined;
  if (isDocument(hint) && '$natural' in hint) {
    if (Number(hint.$natural) < 0) throw notSupported('a reverse $natural hint');
    return undefined;
  }
  if (isDocument(hint) && Object.keys(hint).length === 0) return undefined;
  const index = collection.usableIndexes.find((candidate) =>
    typeof hint === 'string'
      ? candidate.name === hint
      : equalityKey(candidate.key) === equalityKey(hint),
  );
  if (!index)
    throw new CommandError(
      2,
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return index;
}

function sortFields(sort: Document | undefined): SortField[] {
  return Object.entries(sort ?? {}).map(([path, direction]) => ({
    path,
    direction: isNumeric(direction) && toNumber(direction) < 0 ? -1 : 1,
  }));
}

function candidateFor(
  index: Index,
  bounds: FilterBounds,
  filter: Document,
  sort: SortField[],
  collator?: Collator,
): Candidate | undefined {
  if (index.partialFilter && !isImplied(index.partialFilter, bounds.fields, collator ? {} : filter))
    return undefined;
  if (index.isSparse && !index.fields.some(({ path }) => excludesMissing(bounds.fields.get(path))))
    return undefined;
  const reach = reachOf(index, bounds);
  const order = collator && sort.length > 0 ? undefined : orderOf(index, sort, reach);
  const isSorted = sort.length === 0 || order !== undefined;
  if (reach.pointFields.size === 0 && !reach.hasRange && !(sort.length > 0 && isSorted))
    return undefined;
  const isPointRead =
    index.isUnique && index.fields.every(({ path }) => reach.pointFields.has(path));
  return {
    kind: 'scan',
    index,
    spans: reach.spans,
    reverse: order === -1,
    isPointRead,
    isExact: reach.isExact,
    isSorted,
    score:
      (isPointRead ? pointReadScore(reach.spans.length, isSorted) : 0) +
      reach.pointFields.size * 100 -
      (reach.spans.length > 1 ? 10 : 0) -
      (isOncePerRecord(index, reach) ? 0 : 5) +
      (reach.hasRange ? USEFUL : 0) +
      (sort.length > 0 && isSorted ? 25 : 0),
  };
}

/** Each key leads to one record at most, so no more are looked at however many the other fields leave. */
function pointReadScore(keys: number, isSorted: boolean): number {
  if (keys === 1) return 1000;
  return isSorted ? 500 : 0;
}

interface Reach {
  spans: Span[];
  pointFields: Map<string, number>;
  hasRange: boolean;
  isExact: boolean;
}

/** How far the bounds go along the index: equalities first, then at most one range. */
function reachOf(index: Index, bounds: FilterBounds): Reach {
  let prefixes = [index.prefix];
  let range: Span | undefined;
  const pointFields = new Map<string, number>();
  const used: { root: string; isExact: boolean }[] = [];
  for (const { path, descending } of index.fields) {
    const field = bounds.fields.get(path);
    if (!field || (index.isMultikey && used.some(({ root }) => root === rootOf(path)))) break;
    if (!field.points) {
      if (prefixes.length > MOST_RANGES) break;
      range = rangeSpan(index.arrayPaths.has(path) ? oneSided(field) : field, descending);
      used.push({ root: rootOf(path), isExact: field.isExact });
      break;
    }
    if (prefixes.length * field.points.length > MOST_SPANS) break;
    const keys = field.points
      .map((value) => keyOf(value, descending))
      .sort((a, b) => Buffer.compare(a, b));
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
    pointFields.set(path, keys.length);
    used.push({ root: rootOf(path), isExact: field.isExact });
  }
  return {
    spans: prefixes.map((prefix) => (range ? within(prefix, range) : spanOf(prefix))),
    pointFields,
    hasRange: range !== undefined,
    isExact:
      !bounds.hasResidue &&
      [...index.arrayPaths].every((path) => pointFields.get(path) === 1 && rootOf(path) === path) &&
      used.length === bounds.fields.size &&
      used.every(({ isExact }) => isExact),
  };
}

/** Within one array, each condition may be met by another element: they cannot narrow together. */
function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? '';
}

/** In an array one element may pass one side and another the other, so both cannot narrow together. */
function oneSided(field: FieldBounds): FieldBounds {
  if (!field.lower || !field.upper) return field;
  return { lower: field.lower, isExact: false };
}

function within(prefix: Buffer, range: Span): Span {
  return {
    from: Buffer.concat([prefix, range.from]),
    to: Buffer.concat([prefix, range.to]),
  };
}

/** With each array held to one of its elements, no record is met twice. */
function isOncePerRecord(index: Index, reach: Reach): boolean {
  return [...index.arrayPaths].every((path) => reach.pointFields.get(path) === 1);
}

/** 1 or -1 when reading the index forwards or backwards gives the sort; else undefined. */
function orderOf(index: Index, sort: SortField[], reach: Reach): 1 | -1 | undefined {
  // By an array documents sort as their least or greatest element, wherever the index enters it.
  if (sort.some(({ path }) => index.arrayPaths.has(path))) return undefined;
  if (!isOncePerRecord(index, reach)) return undefined;
  // A field that is not read by the index may be an array, which its equality does not pin down.
  const isFixed = (path: string) => reach.pointFields.get(path) === 1;
  const wanted = sort.filter(({ path }) => !isFixed(path));
  let direction: 1 | -1 | undefined;
  let next = 0;
  for (const { path, descending } of index.fields) {
    const field = wanted[next];
    if (!field) break;
    if (path !== field.path) {
      if (isFixed(path)) continue;
      return undefined;
    }
    const way = (descending ? -1 : 1) * field.direction === 1 ? 1 : -1;
    if (direction !== undefined && way !== direction) return undefined;
    direction = way;
    next++;
  }
  if (next < wanted.length) return undefined;
  // Several points are read one after the other: only sorted when the sort goes along them too.
  for (const [path, count] of reach.pointFields)
    if (count > 1 && !wanted.some((field) => field.path === path)) return undefined;
  return direction ?? 1;
}
