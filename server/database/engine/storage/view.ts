/** A half-open range of keys: from <= key < to. */
export interface Span {
  from: Buffer;
  to: Buffer;
}

export interface Row {
  key: Buffer;
  value: Buffer;
}

/** Rows in order, and the part of the span that is still to be read; no rest when it was read to its end. */
export interface Chunk {
  rows: Row[];
  rest: Span | undefined;
}

export interface ScanOptions {
  reverse: boolean;
  limit: number;
}

/** What can be read of an ordered key-value store, now or as of a snapshot. */
export interface Reader {
  /** Shows what is written meanwhile, as no snapshot does. */
  isLive?: boolean;
  get(key: Buffer): Buffer | undefined;
  scan(span: Span, options: ScanOptions): Chunk;
  /** Index rows hold record keys; this gives the records, in the order of the index. */
  follow(span: Span, options: ScanOptions): Chunk;
  /** Counts at most `limit` rows. */
  count(span: Span, limit: number): { count: number; rest: Span | undefined };
}

/** A reader that can also be written. */
export interface View extends Reader {
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
}

/** The span of all keys that begin with a prefix, of which at least one byte is not FF. */
export function spanOf(prefix: Buffer): Span {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  const to = Buffer.from(prefix.subarray(0, last + 1));
  to.writeUInt8(prefix.readUInt8(last) + 1, last);
  return { from: prefix, to };
}

/** The rest of a span after a key that was already seen. */
export function spanAfter(span: Span, seen: Buffer, reverse: boolean): Span {
  return reverse
    ? { from: span.from, to: seen }
    : { from: Buffer.concat([seen, Buffer.from([0])]), to: span.to };
}

const SMALLEST_CHUNK = 16;
/** Reading so many rows takes about a millisecond, in which nobody else is served. */
const LARGEST_CHUNK = 256;
const CHUNK_BYTES = 1024 * 1024;

/** All rows of a span in chunks: small ones while little is wanted, none much larger than a megabyte. */
export function* chunksOf(
  span: Span,
  wanted: number,
  read: (rest: Span, limit: number) => Chunk,
): Generator<Row[], void> {
  let limit = Math.max(SMALLEST_CHUNK, Math.min(wanted, LARGEST_CHUNK));
  for (let rest: Span | undefined = span; rest;) {
    const chunk: Chunk = read(rest, limit);
    yield chunk.rows;
    rest = chunk.rest;
    const bytes = chunk.rows.reduce((total, { value }) => total + value.length, 0);
    const fitting = Math.ceil((CHUNK_BYTES * chunk.rows.length) / Math.max(bytes, 1));
    limit = Math.max(1, Math.min(limit * 4, LARGEST_CHUNK, fitting));
  }
}
