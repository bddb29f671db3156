import { CommandError } from '../errors.ts';
import type { Collection } from '../storage/collection.ts';
import { nameOf } from '../storage/transaction-view.ts';
import { chunkSizes, spanAfter, type Reader, type Row, type Span } from '../storage/view.ts';
import { collatorOf } from '../values/collation.ts';
import { decodeDocument } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';
import { compileFilter, type MatchPosition, type Predicate } from './matcher.ts';
import { planQuery, type Plan, type ScanPlan } from './planner.ts';
import { Sorter, type SortKey } from './sort.ts';

export interface FindRequest {
  filter: Document;
  sort?: Document | undefined;
  skip?: number;
  limit?: number;
  hint?: unknown;
  collation?: unknown;
  variables?: Document | undefined;
  /** The caller needs to know which array element matched. */
  needsPosition?: boolean;
}

/** A record that was found. Decoding is put off until somebody asks. */
export class Found {
  readonly key: Buffer;
  readonly bytes: Buffer;
  readonly position: number;
  private decoded: Document | undefined;

  constructor({ key, value }: Row, decoded?: Document, position = -1) {
    this.key = key;
    this.bytes = value;
    this.decoded = decoded;
    this.position = position;
  }

  get document(): Document {
    this.decoded ??= decodeDocument(this.bytes);
    return this.decoded;
  }
}

/** What explain tells. */
export interface QueryTrace {
  plan?: Plan;
  examined: number;
}

/** Batches of results. An empty batch is only a place to pause. */
export type Batches<T> = Generator<T[], void>;

/** What a blocking sort may hold. */
const SORT_MEMORY = 100 * 1024 * 1024;

/** Finds documents in batches, which the caller may take all at once or pause between. */
export function* findDocuments(
  reader: Reader,
  collection: Collection | undefined,
  request: FindRequest,
  trace?: QueryTrace,
): Batches<Found> {
  const collator = collatorOf(request.collation);
  const matches = compileFilter(request.filter, { collator, variables: request.variables });
  if (!collection) return;
  const sort = meaningfulSort(request.sort);
  const { filter, hint, skip = 0, limit = 0 } = request;
  const plan = planQuery(collection, { filter, sort, hint, collator });
  if (trace) trace.plan = plan;
  const wanted = plan.isSorted && limit > 0 ? skip + limit : Infinity;
  const rows = readPlan(reader, collection, plan, wanted);
  const found = keepMatching(rows, matches, plan, request.needsPosition === true, trace);
  if (plan.isSorted || !sort) yield* slice(found, skip, limit);
  else yield* sortBatches(found, new Sorter(sort, collator), skip, limit);
}

/** Counts without reading records where the index alone decides; undefined where it does not. */
export function countByIndex(
  reader: Reader,
  collection: Collection,
  request: FindRequest,
): number | undefined {
  const collator = collatorOf(request.collation);
  const { filter, hint } = request;
  const plan = planQuery(collection, { filter, hint, collator });
  if (plan.kind !== 'scan' || !plan.isExact || plan.isPointRead) return undefined;
  return plan.spans.reduce((total, span) => total + reader.count(span), 0);
}

function meaningfulSort(sort: Document | undefined): Document | undefined {
  if (!sort || Object.keys(sort).length === 0 || '$natural' in sort) return undefined;
  return sort;
}

function* keepMatching(
  rows: Batches<Row>,
  matches: Predicate,
  plan: Plan,
  needsPosition: boolean,
  trace?: QueryTrace,
): Batches<Found> {
  for (const batch of rows) {
    if (trace) trace.examined += batch.length;
    if (plan.isExact && !needsPosition) {
      yield batch.map((row) => new Found(row));
      continue;
    }
    const kept: Found[] = [];
    for (const row of batch) {
      const document = decodeDocument(row.value);
      const position: MatchPosition = { index: -1 };
      if (matches(document, position)) kept.push(new Found(row, document, position.index));
    }
    yield kept;
  }
}

/** Passes over `skip` items, then gives `limit` (0: all). */
export function* slice<T>(batches: Batches<T>, skip: number, limit: number): Batches<T> {
  let toSkip = skip;
  let left = limit > 0 ? limit : Infinity;
  for (const batch of batches) {
    const rest = batch.slice(toSkip, toSkip + left);
    toSkip = Math.max(0, toSkip - batch.length);
    left -= rest.length;
    yield rest;
    if (left <= 0) return;
  }
}

interface Keyed {
  found: Found;
  sortKey: SortKey;
}

/** A blocking sort. With a limit it keeps only what can still be among the first. */
function* sortBatches(
  batches: Batches<Found>,
  sorter: Sorter,
  skip: number,
  limit: number,
): Batches<Found> {
  const most = limit > 0 ? skip + limit : Infinity;
  let kept: Keyed[] = [];
  let bytes = 0;
  for (const batch of batches) {
    for (const found of batch) {
      kept.push({ found, sortKey: sorter.keyOf(found.document) });
      bytes += found.bytes.length;
    }
    if (kept.length > most * 2) {
      kept = sorter.sort(kept).slice(0, most);
      bytes = kept.reduce((total, { found }) => total + found.bytes.length, 0);
    }
    if (bytes > SORT_MEMORY)
      throw new CommandError(
        292,
        'Executor error during find command :: caused by :: Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.',
      );
    yield [];
  }
  const end = limit > 0 ? skip + limit : undefined;
  yield sorter
    .sort(kept)
    .slice(skip, end)
    .map(({ found }) => found);
}

function* readPlan(
  reader: Reader,
  collection: Collection,
  plan: Plan,
  wanted: number,
): Batches<Row> {
  if (plan.kind === 'union') yield* readUnion(reader, collection, plan.branches, wanted);
  else if (plan.isPointRead) yield* readPoints(reader, plan);
  else yield* readScan(reader, plan, wanted);
}

function* readUnion(
  reader: Reader,
  collection: Collection,
  branches: Plan[],
  wanted: number,
): Batches<Row> {
  const seen = new Set<string>();
  for (const branch of branches)
    for (const batch of readPlan(reader, collection, branch, wanted)) yield unseen(batch, seen);
}

function unseen(rows: Row[], seen: Set<string>): Row[] {
  return rows.filter(({ key }) => {
    const name = nameOf(key);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function* readPoints(reader: Reader, plan: ScanPlan): Batches<Row> {
  const seen = new Set<string>();
  for (const { from } of inDirection(plan)) {
    const key = plan.index?.isPrimary ? from : reader.get(from);
    const value = key && reader.get(key);
    yield key && value ? unseen([{ key, value }], seen) : [];
  }
}

function* readScan(reader: Reader, plan: ScanPlan, wanted: number): Batches<Row> {
  const seen = plan.index?.isMultikey ? new Set<string>() : undefined;
  for (const span of inDirection(plan))
    for (const rows of readSpan(reader, plan, span, wanted)) yield seen ? unseen(rows, seen) : rows;
}

/** Reads a span in chunks, seeking anew for each: nothing is held between them, so writes may go on. */
function* readSpan(
  reader: Reader,
  { index, reverse }: ScanPlan,
  span: Span,
  wanted: number,
): Batches<Row> {
  let rest = span;
  for (const limit of chunkSizes(wanted)) {
    let last: Buffer | undefined;
    let length: number;
    if (!index || index.isPrimary) {
      const rows = reader.scan(rest, { reverse, limit });
      last = rows.at(-1)?.key;
      length = rows.length;
      yield rows;
    } else {
      const rows = reader.follow(rest, { reverse, limit });
      last = rows.at(-1)?.entry;
      length = rows.length;
      yield rows;
    }
    if (!last || length < limit) return;
    rest = spanAfter(rest, last, reverse);
  }
}

function inDirection({ spans, reverse }: ScanPlan): Span[] {
  return reverse ? spans.toReversed() : spans;
}

/** All items at once, without a pause: for short work that must not be interrupted. */
export function collect<T>(batches: Batches<T>): T[] {
  const items: T[] = [];
  for (const batch of batches) for (const item of batch) items.push(item);
  return items;
}
