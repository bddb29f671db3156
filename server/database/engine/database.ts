import { ClusterClock } from './commands/cluster-time.ts';
import { Cursors } from './commands/cursors.ts';
import { Sessions, type SessionKey } from './commands/sessions.ts';
import { SnapshotReads } from './commands/snapshot-reads.ts';
import { Pacer } from './pacer.ts';
import { collect } from './query/batches.ts';
import { findDocuments } from './query/find.ts';
import { Catalog } from './storage/catalog.ts';
import type { Collection, Index } from './storage/collection.ts';
import { removeDocument, type Target } from './storage/documents.ts';
import { Scratch } from './storage/scratch.ts';
import { asOpeningError, Store } from './storage/store.ts';
import { nameOf, type TransactionView } from './storage/transaction-view.ts';
import type { View } from './storage/view.ts';

/** An open transaction has written the key; outside of transactions writers wait for it. */
class KeyHeld extends Error {
  readonly holder: TransactionView;

  constructor(holder: TransactionView) {
    super('The key is held by a transaction');
    this.holder = holder;
  }
}

const EXPIRED_PER_UNIT = 100;

/** All that a running engine holds: the store, what is in it, and who is using it. */
export class Database {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors = new Cursors();
  readonly scratch: Scratch;
  readonly sessions: Sessions;
  readonly clock = new ClusterClock();
  readonly snapshots: SnapshotReads;
  private readonly target: Target;
  private sweepTimer: NodeJS.Timeout | undefined;
  private sweepSeconds = 60;
  private isClosed = false;

  private constructor(folder: string) {
    this.store = new Store(folder);
    this.scratch = new Scratch(folder);
    this.catalog = new Catalog(this.store);
    const killCursors = (owner: object) => {
      this.cursors.killOwnedBy(owner);
    };
    this.sessions = new Sessions(this.store, this.catalog, killCursors);
    this.snapshots = new SnapshotReads(this.store, this.catalog, this.clock, killCursors);
    this.target = {
      view: this.guarded(this.store.view),
      catalog: this.catalog,
      count: (collection, difference) => {
        this.catalog.addToCount(collection, difference);
      },
    };
  }

  /** Opens the store in a folder. Throws when it is broken or newer than this version. */
  static async open(folder: string): Promise<Database> {
    try {
      const database = new Database(folder);
      await database.catalog.open();
      database.startSweeping();
      return database;
    } catch (error) {
      throw asOpeningError(error, folder);
    }
  }

  /** Runs a synchronous write as one unit, after any transaction that holds one of its keys. */
  async write<T>(work: (target: Target) => T, pacer?: Pacer): Promise<T> {
    for (;;)
      try {
        return await this.store.write(() => work(this.target));
      } catch (error) {
        if (!(error instanceof KeyHeld)) throw error;
        await (pacer ?? new Pacer()).waitFor(error.holder.ended);
      }
  }

  /** Seconds between two sweeps for expired documents, as the server's ttlMonitorSleepSecs. */
  get ttlMonitorSleepSecs(): number {
    return this.sweepSeconds;
  }

  set ttlMonitorSleepSecs(seconds: number) {
    this.sweepSeconds = seconds;
    this.startSweeping();
  }

  /** Removes documents whose TTL index says that their time is over. */
  async removeExpired(): Promise<void> {
    for (const collection of this.catalog.all())
      for (const index of collection.indexes)
        if (index.expireAfterSeconds !== undefined && !index.isBuilding)
          await this.removeExpiredBy(collection, index, index.expireAfterSeconds);
  }

  /** Ends what a client's session has open. */
  endSession(session: SessionKey): void {
    this.sessions.forget(session);
    this.snapshots.endOf(session.name);
    this.cursors.killOwnedBy(session.name);
  }

  endAllSessions(): void {
    this.sessions.abortAll();
    this.snapshots.endAll();
    this.cursors.killAllInSessions();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.sweepTimer);
    this.sessions.abortAll();
    this.snapshots.endAll();
    await this.store.close();
  }

  private async removeExpiredBy(
    collection: Collection,
    index: Index,
    seconds: number,
  ): Promise<void> {
    const [field] = index.fields;
    if (!field) return;
    const oldest = new Date(Date.now() - seconds * 1000);
    const filter = { $and: [{ [field.path]: { $lte: oldest } }, index.partialFilter ?? {}] };
    for (let removed = EXPIRED_PER_UNIT; removed === EXPIRED_PER_UNIT;)
      removed = await this.write((target) => {
        if (collection.isDropped) return 0;
        const search = { filter, limit: EXPIRED_PER_UNIT };
        const expired = collect(findDocuments(target.view, collection, search));
        for (const { key, document } of expired) removeDocument(target, collection, key, document);
        return expired.length;
      });
  }

  private startSweeping(): void {
    clearTimeout(this.sweepTimer);
    if (this.isClosed) return;
    this.sweepTimer = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => {
          // Units that come while the store closes are refused.
          if (!this.isClosed) console.error('The sweep for expired documents failed', error);
        })
        .finally(() => {
          this.startSweeping();
        });
    }, this.sweepSeconds * 1000);
    this.sweepTimer.unref();
  }

  private async sweep(): Promise<void> {
    this.cursors.expire();
    this.sessions.expire();
    this.snapshots.expire();
    await this.removeExpired();
    await this.sessions.purgeReplies();
    await this.catalog.clearAbandoned();
  }

  private guarded(view: View): View {
    const { locks } = this.sessions;
    const guard = (key: Buffer) => {
      const holder = locks.size > 0 ? locks.get(nameOf(key)) : undefined;
      if (holder) throw new KeyHeld(holder);
    };
    return {
      get: (key) => view.get(key),
      scan: (span, options) => view.scan(span, options),
      follow: (span, options) => view.follow(span, options),
      count: (span, limit) => view.count(span, limit),
      put: (key, value) => {
        guard(key);
        view.put(key, value);
      },
      remove: (key) => {
        guard(key);
        view.remove(key);
      },
    };
  }
}
