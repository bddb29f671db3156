import type { Timestamp } from 'bson';
import { CommandError, snapshotUnavailable } from '../errors.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { Collection } from '../storage/collection.ts';
import type { Snapshot, Store } from '../storage/store.ts';
import type { Reader } from '../storage/view.ts';
import { textOf, type ClusterClock } from './cluster-time.ts';

/** As the server's minSnapshotHistoryWindowInSeconds. */
const KEPT_MS = 300_000;
/** Each keeps a connection and what was overwritten since. */
const MOST_KEPT = 16;

/** The database as it was at a cluster time, for reads outside of transactions. */
export class SnapshotRead {
  readonly time: Timestamp;
  readonly session: string | undefined;
  readonly startedAt = Date.now();
  private isEnded = false;
  private readonly snapshot: Snapshot;
  private readonly catalog: Catalog;
  private readonly catalogVersion: number;

  constructor(time: Timestamp, session: string | undefined, store: Store, catalog: Catalog) {
    this.time = time;
    this.session = session;
    this.snapshot = store.snapshot();
    this.catalog = catalog;
    this.catalogVersion = catalog.version;
  }

  get reader(): Reader {
    return this.snapshot.reader;
  }

  /** Throws 239 when it was ended while a command was reading it. */
  checkKept(): void {
    if (this.isEnded) throw tooOld(this.time);
  }

  /** Throws 246 when the collection is not any more what it was then. */
  find(namespace: string): Collection | undefined {
    if (this.catalog.hasChangedSince(namespace, this.catalogVersion))
      throw snapshotUnavailable(namespace);
    return this.catalog.find(namespace);
  }

  end(): void {
    this.isEnded = true;
    this.snapshot.release();
  }
}

function tooOld(time: Timestamp): CommandError {
  return new CommandError(
    239,
    `Read timestamp ${textOf(time)} is older than the oldest available timestamp.`,
  );
}

/** The snapshots that clients may still ask for by their time. */
export class SnapshotReads {
  private readonly store: Store;
  private readonly catalog: Catalog;
  private readonly clock: ClusterClock;
  private readonly onEnd: (snapshot: SnapshotRead) => void;
  private readonly kept = new Map<bigint, SnapshotRead>();

  constructor(
    store: Store,
    catalog: Catalog,
    clock: ClusterClock,
    onEnd: (snapshot: SnapshotRead) => void,
  ) {
    this.store = store;
    this.catalog = catalog;
    this.clock = clock;
    this.onEnd = onEnd;
  }

  /** The snapshot of a time that a reply told, or a new one of now. Throws 239 when it is kept no more. */
  take(time: Timestamp | undefined, session: string | undefined): SnapshotRead {
    this.expire();
    if (time) {
      const known = this.kept.get(time.toBigInt());
      if (known) return known;
      throw tooOld(time);
    }
    for (const oldest of this.kept.values()) {
      if (this.kept.size < MOST_KEPT) break;
      this.end(oldest);
    }
    const snapshot = new SnapshotRead(this.clock.tick(), session, this.store, this.catalog);
    this.kept.set(snapshot.time.toBigInt(), snapshot);
    return snapshot;
  }

  expire(): void {
    const oldest = Date.now() - KEPT_MS;
    for (const snapshot of this.kept.values()) if (snapshot.startedAt < oldest) this.end(snapshot);
  }

  endOf(session: string): void {
    for (const snapshot of this.kept.values()) if (snapshot.session === session) this.end(snapshot);
  }

  endAll(): void {
    for (const snapshot of this.kept.values()) this.end(snapshot);
  }

  private end(snapshot: SnapshotRead): void {
    this.kept.delete(snapshot.time.toBigInt());
    this.onEnd(snapshot);
    snapshot.end();
  }
}
