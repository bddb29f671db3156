import { writeConflict } from '../errors.ts';
import type { Snapshot, Store } from './store.ts';
import type { Chunk, Row, ScanOptions, Span, View } from './view.ts';

interface Change {
  key: Buffer;
  before: Buffer | undefined;
  after: Buffer | undefined;
}

/** Which open transaction has written which key. */
export type KeyLocks = Map<string, TransactionView>;

/**
 * A snapshot with the transaction's own writes laid over it. The first to write a key wins: a second
 * writer, or one whose snapshot is older than the row, gets a write conflict.
 */
export class TransactionView implements View {
  /** Resolves when the transaction has ended, one way or the other. */
  readonly ended: Promise<void>;
  private readonly store: Store;
  private readonly locks: KeyLocks;
  private readonly snapshot: Snapshot;
  private readonly changes = new Map<string, Change>();
  private readonly sorted: Change[] = [];
  private announceEnd: () => void = () => undefined;

  constructor(store: Store, locks: KeyLocks) {
    this.store = store;
    this.locks = locks;
    this.snapshot = store.snapshot();
    this.ended = new Promise((resolve) => {
      this.announceEnd = resolve;
    });
  }

  get hasChanges(): boolean {
    return this.sorted.length > 0;
  }

  get(key: Buffer): Buffer | undefined {
    const change = this.changes.get(nameOf(key));
    return change ? change.after : this.snapshot.reader.get(key);
  }

  put(key: Buffer, value: Buffer): void {
    this.change(key, value);
  }

  remove(key: Buffer): void {
    this.change(key, undefined);
  }

  scan(span: Span, options: ScanOptions): Chunk {
    const { reader } = this.snapshot;
    const { rows, rest } = reader.scan(span, options);
    const changes = this.changesIn(partRead(span, rest, options.reverse));
    if (changes.length === 0) return { rows, rest };
    const merged = new Map(rows.map((row) => [nameOf(row.key), row]));
    for (const { key, after } of changes)
      if (after) merged.set(nameOf(key), { key, value: after });
      else merged.delete(nameOf(key));
    const direction = options.reverse ? -1 : 1;
    return {
      rows: [...merged.values()].sort((a, b) => Buffer.compare(a.key, b.key) * direction),
      rest,
    };
  }

  follow(span: Span, options: ScanOptions): Chunk {
    if (!this.hasChanges) return this.snapshot.reader.follow(span, options);
    const entries = this.scan(span, options);
    const rows: Row[] = [];
    for (const { value: key } of entries.rows) {
      const value = this.get(key);
      if (value) rows.push({ key, value });
    }
    return { rows, rest: entries.rest };
  }

  count(span: Span, limit: number): { count: number; rest: Span | undefined } {
    const { count, rest } = this.snapshot.reader.count(span, limit);
    const difference = (change: Change) =>
      Number(change.after !== undefined) - Number(change.before !== undefined);
    const changed = this.changesIn(partRead(span, rest, false));
    return { count: changed.reduce((total, change) => total + difference(change), count), rest };
  }

  /** Inside a unit: writes the changes to the store. Throws a write conflict if a row moved on. */
  apply(): void {
    const { view } = this.store;
    for (const change of this.sorted)
      if (!sameBytes(view.get(change.key), change.before)) throw writeConflict();
    for (const { key, after } of this.sorted)
      if (after) view.put(key, after);
      else view.remove(key);
  }

  /** Frees the snapshot and the keys. The view cannot be used any more. */
  end(): void {
    for (const name of this.changes.keys())
      if (this.locks.get(name) === this) this.locks.delete(name);
    this.snapshot.release();
    // The session remembers its last transaction for long.
    this.changes.clear();
    this.sorted.length = 0;
    this.announceEnd();
  }

  private change(key: Buffer, after: Buffer | undefined): void {
    const name = nameOf(key);
    const known = this.changes.get(name);
    if (known) {
      known.after = after;
      return;
    }
    const before = this.snapshot.reader.get(key);
    const holder = this.locks.get(name);
    if ((holder && holder !== this) || !sameBytes(this.store.view.get(key), before))
      throw writeConflict();
    const change = { key, before, after };
    this.locks.set(name, this);
    this.changes.set(name, change);
    this.sorted.splice(this.placeOf(key), 0, change);
  }

  private changesIn(span: Span): Change[] {
    return this.sorted.slice(this.placeOf(span.from), this.placeOf(span.to));
  }

  /** How many changed keys sort before this one. */
  private placeOf(key: Buffer): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const change = this.sorted[middle];
      if (change && Buffer.compare(change.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What of a span lies before its rest. */
function partRead(span: Span, rest: Span | undefined, reverse: boolean): Span {
  if (!rest) return span;
  return reverse ? { from: rest.to, to: span.to } : { from: span.from, to: rest.from };
}

/** A key as text, for maps. */
export function nameOf(key: Buffer): string {
  return key.toString('latin1');
}

function sameBytes(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}
