import { Binary, Long } from 'bson';
import { CommandError, writeConflict } from '../errors.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { Collection } from '../storage/collection.ts';
import type { Target } from '../storage/documents.ts';
import type { Store } from '../storage/store.ts';
import { TransactionView, type KeyLocks } from '../storage/transaction-view.ts';
import { spanOf, type Span } from '../storage/view.ts';
import { binaryBytes } from '../values/compare.ts';
import { decodeDocument } from '../values/decode.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { integerOf } from '../values/numbers.ts';

const REPLY_PREFIX = Buffer.from([4]);
/** As logicalSessionTimeoutMinutes in hello. */
const SESSION_MS = 30 * 60_000;
const TRANSACTION_MS = 60_000;
/** How long after a write its client may still come and ask for the reply. */
const RETRY_MS = 60_000;
const PURGED_PER_UNIT = 200;

/** A multi-document transaction: writes stay in its view until it commits. */
export class Transaction {
  readonly number: bigint;
  readonly view: TransactionView;
  /** By a clock that nobody sets. */
  readonly startedAt = performance.now();
  state: 'open' | 'committed' | 'aborted' = 'open';
  lifetime: NodeJS.Timeout | undefined;
  /** Set once a commit has begun. A repeated commit waits for it: no answer before it is on disk. */
  outcome: Promise<void> | undefined;
  readonly counts = new Map<Collection, number>();
  private readonly schemaVersions = new Map<Collection, number>();

  constructor(number: bigint, view: TransactionView) {
    this.number = number;
    this.view = view;
  }

  targetIn(catalog: Catalog): Target {
    return {
      view: this.view,
      catalog,
      count: (collection, difference) => {
        this.counts.set(collection, (this.counts.get(collection) ?? 0) + difference);
      },
    };
  }

  /** Remembers under which indexes the collection is written. */
  noteSchema(collection: Collection): void {
    if (!this.schemaVersions.has(collection))
      this.schemaVersions.set(collection, collection.schemaVersion);
  }

  /** Entries made under other indexes would break the new ones. */
  get hasStaleSchema(): boolean {
    return [...this.schemaVersions].some(
      ([collection, version]) => collection.isDropped || collection.schemaVersion !== version,
    );
  }
}

/** The identity that a client's session gives its transactions and retryable writes. */
export interface SessionKey {
  name: string;
  bytes: Buffer;
}

/** Sessions with a transaction, and the last reply of each session's retryable writes, kept on disk. */
export class Sessions {
  private readonly store: Store;
  private readonly catalog: Catalog;
  private readonly transactions = new Map<string, Transaction>();
  private readonly onEnd: (transaction: Transaction) => void;
  readonly locks: KeyLocks = new Map();

  constructor(store: Store, catalog: Catalog, onEnd: (transaction: Transaction) => void) {
    this.store = store;
    this.catalog = catalog;
    this.onEnd = onEnd;
  }

  begin(session: SessionKey, number: bigint): Transaction {
    const current = this.transactions.get(session.name);
    if (current && current.number > number)
      throw new CommandError(
        225,
        `Cannot start transaction ${number} on session ${session.name} because a newer transaction ${current.number} has already started.`,
      );
    if (current?.number === number)
      throw new CommandError(251, `Transaction ${number} has already been started`);
    if (current?.state === 'open') this.abort(current);
    const transaction = new Transaction(number, new TransactionView(this.store, this.locks));
    // Each holds keys that others wait for, and a snapshot, for which the log must grow.
    transaction.lifetime = setTimeout(() => {
      this.abort(transaction);
    }, TRANSACTION_MS).unref();
    this.transactions.set(session.name, transaction);
    return transaction;
  }

  /** The session's transaction of that number, in whatever state. Throws 251 when there is none. */
  find(session: SessionKey, number: bigint, isTransient: boolean): Transaction {
    const transaction = this.transactions.get(session.name);
    if (transaction?.number === number) return transaction;
    throw noSuchTransaction(number, isTransient);
  }

  async commit(session: SessionKey, transaction: Transaction): Promise<void> {
    if (transaction.state === 'aborted') throw noSuchTransaction(transaction.number, true);
    transaction.outcome ??= this.commitOnce(session, transaction);
    await transaction.outcome;
  }

  private async commitOnce(session: SessionKey, transaction: Transaction): Promise<void> {
    transaction.state = 'committed';
    try {
      if (transaction.view.hasChanges)
        await this.store.write(() => {
          if (transaction.hasStaleSchema) throw writeConflict();
          transaction.view.apply();
          for (const [collection, difference] of transaction.counts)
            this.catalog.addToCount(collection, difference);
          this.keepReply(session, transaction.number, { ok: 1 });
        });
    } catch (error) {
      transaction.state = 'aborted';
      throw error;
    } finally {
      this.end(transaction);
    }
  }

  abort(transaction: Transaction): void {
    if (transaction.state !== 'open') return;
    transaction.state = 'aborted';
    this.end(transaction);
  }

  abortAll(): void {
    for (const transaction of this.transactions.values()) this.abort(transaction);
  }

  /** A client has ended its session. */
  forget({ name }: SessionKey): void {
    const transaction = this.transactions.get(name);
    if (transaction) this.abort(transaction);
    this.transactions.delete(name);
  }

  /** Forgets how the transactions of old sessions ended. */
  expire(): void {
    const oldest = performance.now() - SESSION_MS;
    for (const [name, { startedAt }] of this.transactions)
      if (startedAt < oldest) this.transactions.delete(name);
  }

  /** The reply that a retried write already had. Throws 225 when a newer one came in between, 217 when it is gone. */
  keptReply(session: SessionKey, number: bigint): Document | undefined {
    const bytes = this.store.view.get(replyKey(session));
    if (!bytes) return undefined;
    const kept = decodeDocument(bytes);
    const keptNumber = numberOf(kept.number) ?? -1n;
    if (keptNumber > number)
      throw new CommandError(
        225,
        `Retryable write with txnNumber ${number} is prohibited on session`,
      );
    if (keptNumber !== number) return undefined;
    if (!isDocument(kept.reply))
      throw new CommandError(
        217,
        `The reply to write ${number} of the session is not kept any more`,
      );
    return kept.reply;
  }

  /** Inside a unit: keeps a reply with the very write that it answers. */
  keepReply(session: SessionKey, number: bigint, reply: Document): void {
    const kept = { number: Long.fromBigInt(number), reply, keptAt: new Date() };
    this.store.view.put(replyKey(session), encodeDocument(kept));
  }

  /**
   * Forgets the sessions that are over, and of the others the replies that nobody can be waiting for: these
   * may hold documents that were deleted since. That the write was done stays known.
   */
  async purgeReplies(olderThan = RETRY_MS): Promise<void> {
    const { view } = this.store;
    for (let span: Span | undefined = spanOf(REPLY_PREFIX); span;)
      span = await this.store.write(() => {
        if (!span) return undefined;
        const { rows, rest } = view.scan(span, { reverse: false, limit: PURGED_PER_UNIT });
        for (const { key, value } of rows) {
          const { number, reply, keptAt } = decodeDocument(value);
          const age = keptAt instanceof Date ? Date.now() - keptAt.getTime() : Infinity;
          if (age > SESSION_MS) view.remove(key);
          else if (reply !== undefined && age >= olderThan)
            view.put(key, encodeDocument({ number, keptAt }));
        }
        return rest;
      });
  }

  private end(transaction: Transaction): void {
    clearTimeout(transaction.lifetime);
    transaction.view.end();
    this.onEnd(transaction);
  }
}

export function noSuchTransaction(number: bigint, isTransient: boolean): CommandError {
  return new CommandError(
    251,
    `Given transaction number ${number} does not match any in-progress transactions.`,
    isTransient ? { errorLabels: ['TransientTransactionError'] } : {},
  );
}

/** The session of a command. Throws 2 when its lsid is malformed. */
export function sessionOf(lsid: unknown): SessionKey {
  const id = isDocument(lsid) ? lsid.id : undefined;
  if (!(id instanceof Binary)) throw new CommandError(2, 'lsid must hold a UUID');
  const bytes = binaryBytes(id);
  return { name: bytes.toString('hex'), bytes };
}

export function numberOf(value: unknown): bigint | undefined {
  return isNumeric(value) ? integerOf(value) : undefined;
}

function replyKey({ bytes }: SessionKey): Buffer {
  return Buffer.concat([REPLY_PREFIX, bytes]);
}
