import { CommandError } from '../errors.ts';
import type { Collection, Index } from '../storage/collection.ts';
import { MEMORY_ONLY, type Scratch } from '../storage/scratch.ts';
import { nameOf } from '../storage/transaction-view.ts';
import { chunksOf, type Reader, type Row, type Span } from '../storage/view.ts';
import { collatorOf } from '../values/collation.ts';
import { decodeDocument, type FieldSet } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';
import { slice, type Batches } from './batches.ts';
import { sortBatches, type SortedKind } from './external-sort.ts';
import { compileFilter, type MatchPosition, type Predicate } from './matcher.ts';
import { NeededFields } from './needed-fields.ts';
import { planQuery, type Plan, type ScanPlan } from './planner.ts';
import { Sorter } from './sort.ts';

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
  /** All that the caller looks at in the documents, if it is not everything. */
  fields?: NeededFields | undefined;
  /** Where a sort may spill, if it may. */
  scratch?: Scratch;
}

/** A record that was found. Decoding is put off until somebody asks. */
export class Found {
  readonly key: Buffer;
  readonly bytes: Buffer;
  readonly position: number;
  private readonly fields: FieldSet | undefined;
  private decoded: Document | undefined;

  constructor({ key, value }: Row, decoded?: Document, position = -1, fields?: FieldSet) {
    this.key = key;
    this.bytes = value;
    this.decoded = decoded;
    this.position = position;
    this.fields = fields;
  }

  /** Of the fields that the caller looks at. */
  get document(): Document {
    this.decoded ??= decodeDocument(this.bytes, this.fields);
    return this.decoded;
  }
}

/** What explain tells. */
export interface QueryTrace {
  plan?: Plan;
  examined: number;
}

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
  const read = readPlan(reader, collection, plan, wanted);
  const rows = reader.isLive === true ? whileKept(read, collection, plan) : read;
  const found = keepMatching(rows, matches, plan, request, trace);
  if (plan.isSorted || !sort) {
    yield* slice(found, skip, limit);
    return;
  }
  const sorter = new Sorter(sort, collator);
  const most = limit > 0 ? skip + limit : Infinity;
  const { scratch = MEMORY_ONLY, fields } = request;
  const kind = foundKind(sorter, new NeededFields().addFields(sort).result(), fields?.result());
  yield* slice(sortBatches(found, kind, { sorter, scratch, most }), skip, limit);
}

/** How found records are sorted: by a part of each, and copied, for they are cut out of larger reads. */
function foundKind(
  sorter: Sorter,
  sortFields: FieldSet | undefined,
  fields: FieldSet | undefined,
): SortedKind<Found> {
  return {
    keyOf: ({ bytes }) => sorter.keyOf(decodeDocument(bytes, sortFields)),
    sizeOf: ({ bytes }) => bytes.length,
    keep: ({ key, bytes, position }) =>
      new Found({ key: Buffer.from(key), value: Buffer.from(bytes) }, undefined, position, fields),
    encode: ({ key, bytes, position }) => {
      const head = Buffer.allocUnsafe(8);
      head.writeInt32LE(position, 0);
      head.writeInt32LE(key.length, 4);
      return Buffer.concat([head, key, bytes]);
    },
    decode: (record) => {
      const keyEnd = 8 + record.readInt32LE(4);
      const row = { key: record.subarray(8, keyEnd), value: record.subarray(keyEnd) };
      return new Found(row, undefined, record.readInt32LE(0), fields);
    },
  };
}

/** Whether an index leads straight to what is wanted, in the order that is wanted. */
export function isQuick(collection: Collection, request: FindRequest): boolean {
  const { filter, hint, collation } = request;
  const sort = meaningfulSort(request.sort);
  const plan = planQuery(collection, { filter, sort, hint, collator: collatorOf(collation) });
  const isIndexed = plan.kind === 'union' || plan.index !== undefined;
  // Without a filter and a sort the first document is the one.
  return plan.isSorted && (isIndexed || Object.keys(filter).length === 0);
}

/** Counts without reading records where the index alone decides; undefined where it does not. */
export function countByIndex(
  reader: Reader,
  collection: Collection,
  request: FindRequest,
): Generator<number, void> | undefined {
  const collator = collatorOf(request.collation);
  const { filter, hint, limit = 0 } = request;
  const plan = planQuery(collection, { filter, hint, collator });
  if (plan.kind !== 'scan' || !plan.isExact || plan.isPointRead) return undefined;
  return countSpans(reader, plan.spans, limit > 0 ? limit : Infinity);
}

/** How many rows are counted between two pauses: about a millisecond. */
const COUNTED_AT_ONCE = 8192;

function* countSpans(reader: Reader, spans: Span[], most: number): Generator<number, void> {
  const atOnce = Math.min(COUNTED_AT_ONCE, most);
  for (const span of spans)
    for (let left: Span | undefined = span; left;) {
      const { count, rest } = reader.count(left, atOnce);
      yield count;
      left = rest;
    }
}

function meaningfulSort(sort: Document | undefined): Document | undefined {
  if (!sort || Object.keys(sort).length === 0 || '$natural' in sort) return undefined;
  return sort;
}

function* keepMatching(
  rows: Batches<Row>,
  matches: Predicate,
  plan: Plan,
  { filter, fields, needsPosition }: FindRequest,
  trace?: QueryTrace,
): Batches<Found> {
  const wanted = fields?.result();
  const looked = (fields ?? new NeededFields()).with(filter).result();
  // What was decoded for the filter serves the caller too, if it holds all that the caller looks at.
  const isReused = fields !== undefined || looked === undefined;
  for (const batch of rows) {
    if (trace) trace.examined += batch.length;
    if (plan.isExact && needsPosition !== true) {
      yield batch.map((row) => new Found(row, undefined, -1, wanted));
      continue;
    }
    const kept: Found[] = [];
    for (const row of batch) {
      const document = decodeDocument(row.value, looked);
      const position: MatchPosition = { index: -1 };
      if (matches(document, position))
        kept.push(new Found(row, isReused ? document : undefined, position.index, wanted));
    }
    yield kept;
  }
}

/** Throws 175 when the collection, or an index that is read, was dropped in a pause: the rest would look empty. */
function* whileKept(rows: Batches<Row>, collection: Collection, plan: Plan): Batches<Row> {
  const indexes = indexesOf(plan);
  for (const batch of rows) {
    yield batch;
    if (collection.isDropped)
      throw new CommandError(175, `collection dropped: ${collection.namespace}`);
    if (indexes.some((index) => !collection.indexes.includes(index)))
      throw new CommandError(175, 'an index of the query was dropped');
  }
}

function indexesOf(plan: Plan): Index[] {
  if (plan.kind === 'union') return plan.branches.flatMap(indexesOf);
  return plan.index ? [plan.index] : [];
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
function readSpan(
  reader: Reader,
  { index, reverse }: ScanPlan,
  span: Span,
  wanted: number,
): Batches<Row> {
  const isStraight = !index || index.isPrimary;
  return chunksOf(span, wanted, (rest, limit) =>
    isStraight ? reader.scan(rest, { reverse, limit }) : reader.follow(rest, { reverse, limit }),
  );
}

function inDirection({ spans, reverse }: ScanPlan): Span[] {
  return reverse ? spans.toReversed() : spans;
}
