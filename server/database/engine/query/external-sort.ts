import type { Scratch, ScratchFile } from '../storage/scratch.ts';
import { sizeOf } from '../values/size.ts';
import type { Batches } from './batches.ts';
import type { SortKey, Sorter } from './sort.ts';

/** What an item and its places in arrays take beside the bytes. */
const ITEM_OVERHEAD = 200;
const RUN_LENGTH = 1024;
const BATCH_LENGTH = 128;
/** Up to so many wanted items the others are thrown away as they come. */
const MOST_KEPT = 4096;

/** How items are measured, compared, and kept on disk. */
export interface SortedKind<T> {
  keyOf(item: T): SortKey;
  sizeOf(item: T): number;
  /** The item as it may be held for long. */
  keep(item: T): T;
  encode(item: T): Buffer;
  decode(bytes: Buffer): T;
}

interface Keyed<T> {
  item: T;
  sortKey: SortKey;
}

interface SortOptions {
  sorter: Sorter;
  scratch: Scratch;
  /** How many of the first items are wanted. */
  most: number;
}

/** Sorts in bounded memory: short sorted runs, merged in the end, or to disk when they take too much. */
export function* sortBatches<T>(
  input: Batches<T>,
  kind: SortedKind<T>,
  { sorter, scratch, most }: SortOptions,
): Batches<T> {
  const isFew = most <= MOST_KEPT;
  const runLength = isFew ? Math.max(RUN_LENGTH, most * 2) : RUN_LENGTH;
  const spilled: [from: number, to: number][] = [];
  let file: ScratchFile | undefined;
  let runs: Keyed<T>[][] = [];
  let run: Keyed<T>[] = [];
  let bytes = 0;
  const measure = (keyed: Keyed<T>[]) =>
    keyed.reduce(
      (total, { item, sortKey }) => total + ITEM_OVERHEAD + kind.sizeOf(item) + sizeOf(sortKey),
      0,
    );
  const merged = () => merge([...runs, sorter.sort(run)].map(toIterator), sorter);
  try {
    for (const batch of input) {
      const added = batch.map((item) => ({ item: kind.keep(item), sortKey: kind.keyOf(item) }));
      for (const keyed of added) run.push(keyed);
      bytes += measure(added);
      const isLarge = bytes > scratch.memory && run.length > most;
      if (run.length >= runLength || isLarge) {
        sorter.sort(run);
        if (isFew) {
          run.length = Math.min(run.length, most);
          bytes = measure(run);
        } else {
          runs.push(run);
          run = [];
        }
      }
      if (bytes > scratch.memory) {
        file ??= scratch.open();
        const from = file.end;
        for (const part of merged()) {
          for (const { item } of part) file.append(kind.encode(item));
          yield [];
        }
        spilled.push([from, file.end]);
        runs = [];
        run = [];
        bytes = 0;
      }
      yield [];
    }
    const onDisk = file;
    const sources = onDisk ? spilled.map(([from, to]) => decoded(onDisk.read(from, to), kind)) : [];
    const inMemory = [...runs, sorter.sort(run)].map(toIterator);
    for (const part of merge([...sources, ...inMemory], sorter)) yield part.map(({ item }) => item);
  } finally {
    file?.close();
  }
}

function toIterator<T>(items: T[]): Iterator<T> {
  return items[Symbol.iterator]();
}

function* decoded<T>(records: Iterable<Buffer>, kind: SortedKind<T>): Generator<Keyed<T>, void> {
  for (const record of records) {
    const item = kind.decode(record);
    yield { item, sortKey: kind.keyOf(item) };
  }
}

interface Head<T> {
  keyed: Keyed<T>;
  source: Iterator<Keyed<T>>;
}

/** Merges sorted sources by a heap of their first items. */
function* merge<T>(sources: Iterator<Keyed<T>>[], sorter: Sorter): Generator<Keyed<T>[], void> {
  const heap: Head<T>[] = [];
  for (const source of sources) {
    const first = source.next();
    if (first.done !== true) heap.push({ keyed: first.value, source });
  }
  heap.sort((a, b) => sorter.compare(a.keyed.sortKey, b.keyed.sortKey));
  let batch: Keyed<T>[] = [];
  for (let [first] = heap; first; [first] = heap) {
    batch.push(first.keyed);
    const next = first.source.next();
    if (next.done !== true) heap[0] = { keyed: next.value, source: first.source };
    else {
      const last = heap.pop();
      if (last && last !== first) heap[0] = last;
    }
    sink(heap, sorter);
    if (batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Moves the first head down to its place. */
function sink<T>(heap: Head<T>[], sorter: Sorter): void {
  const isBefore = (a: Head<T>, b: Head<T>) => sorter.compare(a.keyed.sortKey, b.keyed.sortKey) < 0;
  const [moved] = heap;
  if (!moved) return;
  for (let at = 0; ;) {
    const left = heap[at * 2 + 1];
    const right = heap[at * 2 + 2];
    if (!left) break;
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!isBefore(child, moved)) break;
    heap[at] = child;
    at = at * 2 + (isRight ? 2 : 1);
    heap[at] = moved;
  }
}
