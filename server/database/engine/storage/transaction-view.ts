import { writeConflict } from '../errors.ts';
import type { Snapshot, Store } from './store.ts';
import type { FollowedRow, Row, ScanOptions, Span, View } from './view.ts';

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

  scan(span: Span, options: ScanOptions): Row[] {
    const changes = this.changesIn(span);
    const { reader } = this.snapshot;
    if (changes.length === 0) return reader.scan(span, options);
    const limit = options.limit + changes.length;
    const base = reader.scan(span, { ...options, limit });
    const last = base.length === limit ? base.at(-1)?.key : undefined;
    const direction = options.reverse ? -1 : 1;
    const rows = new Map(base.map((row) => [nameOf(row.key), row]));
    for (const { key, after } of changes) {
      // Beyond the last row read the snapshot may have more: those come with the next chunk.
      if (last && Buffer.compare(key, last) * direction > 0) continue;
      if (after) rows.set(nameOf(key), { key, value: after });
      else rows.delete(nameOf(key));
    }
    return [...rows.values()]
      .sort((a, b) => Buffer.compare(a.key, b.key) * direction)
      .slice(0, options.limit);
  }

  follow(span: Span, options: ScanOptions): FollowedRow[] {
    if (!this.hasChanges) return this.snapshot.reader.follow(span, options);
    const found: FollowedRow[] = [];
    for (const { key: entry, value: key } of this.scan(span, options)) {
      const value = this.get(key);
      if (value) found.push({ entry, key, value });
    }
    return found;
  }

  count(span: Span): number {
    const difference = (change: Change) =>
      Number(change.after !== undefined) - Number(change.before !== undefined);
    return this.changesIn(span).reduce(
      (total, change) => total + difference(change),
      this.snapshot.reader.count(span),
    );
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

/** A key as text, for maps. */
export function nameOf(key: Buffer): string {
  return key.toString('latin1');
}

function sameBytes(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}
