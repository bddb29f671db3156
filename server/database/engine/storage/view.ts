/** A half-open range of keys: from <= key < to. */
export interface Span {
  from: Buffer;
  to: Buffer;
}

export interface Row {
  key: Buffer;
  value: Buffer;
}

/** A record that an index row points to; `entry` is the index row's key. */
export interface FollowedRow extends Row {
  entry: Buffer;
}

export interface ScanOptions {
  reverse: boolean;
  limit: number;
}

/** What can be read of an ordered key-value store, now or as of a snapshot. */
export interface Reader {
  get(key: Buffer): Buffer | undefined;
  scan(span: Span, options: ScanOptions): Row[];
  /** Index rows hold record keys; this gives the records, in the order of the index. */
  follow(span: Span, options: ScanOptions): FollowedRow[];
  count(span: Span): number;
}

/** A reader that can also be written. */
export interface View extends Reader {
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
}

/** The span of all keys that begin with a prefix; no key part begins with FF. */
export function spanOf(prefix: Buffer): Span {
  return { from: prefix, to: Buffer.concat([prefix, Buffer.from([0xff])]) };
}

/** The rest of a span after a key that was already seen. */
export function spanAfter(span: Span, seen: Buffer, reverse: boolean): Span {
  return reverse
    ? { from: span.from, to: seen }
    : { from: Buffer.concat([seen, Buffer.from([0])]), to: span.to };
}

const SMALLEST_CHUNK = 16;
const LARGEST_CHUNK = 1024;

/** Sizes of successive reads: small while little is wanted, then growing. */
export function* chunkSizes(wanted: number): Generator<number, never> {
  let size = Math.max(SMALLEST_CHUNK, Math.min(wanted, LARGEST_CHUNK));
  for (;;) {
    yield size;
    size = Math.min(size * 4, LARGEST_CHUNK);
  }
}
