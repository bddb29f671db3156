import { Binary, Long } from 'bson';
import { createHash } from 'node:crypto';
import { CommandError, snapshotUnavailable, writeConflict } from '../errors.ts';
import { namespaceExists, type Catalog } from '../storage/catalog.ts';
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
/** How long after a write its client may still come and ask for the reply. */
const RETRY_MS = 60_000;
const PURGED_PER_UNIT = 200;
/** How the server names the user where nobody signs in. */
const NOBODY = new Binary(createHash('sha256').digest());

/** A multi-document transaction: writes stay in its view until it commits. */
export class Transaction {
  readonly number: bigint;
  readonly view: TransactionView;
  readonly api: string;
  /** By a clock that nobody sets. */
  readonly startedAt = performance.now();
  state: 'open' | 'committed' | 'aborted' = 'open';
  commitment: Promise<void> | undefined;
  readonly counts = new Map<Collection, number>();
  /** Collections that exist for nobody else until the commit. */
  readonly created = new Map<string, Collection>();
  readonly catalog: Catalog;
  private readonly catalogVersion: number;
  private readonly written = new Set<Collection>();

  constructor(number: bigint, view: TransactionView, catalog: Catalog, api: string) {
    this.number = number;
    this.view = view;
    this.api = api;
    this.catalog = catalog;
    this.catalogVersion = catalog.version;
  }

  /** Throws 251 and 256 when it is open no more. */
  checkOpen(): void {
    if (this.state === 'aborted') throw abortedAlready(this.number);
    if (this.state === 'committed')
      throw new CommandError(
        256,
        `Transaction with { txnNumber: ${this.number} } has been committed.`,
      );
  }

  get target(): Target {
    return {
      view: this.view,
      catalog: this.catalog,
      count: (collection, difference) => {
        this.counts.set(collection, (this.counts.get(collection) ?? 0) + difference);
      },
    };
  }

  /** Throws 246 when the collection is not any more what it was at the start. */
  find(namespace: string): Collection | undefined {
    const created = this.created.get(namespace);
    if (created) return created;
    if (this.catalog.hasChangedSince(namespace, this.catalogVersion))
      throw snapshotUnavailable(namespace);
    return this.catalog.find(namespace);
  }

  create(namespace: string): Collection {
    if (this.find(namespace)) throw namespaceExists(namespace);
    const collection = this.catalog.prepare(namespace);
    this.created.set(namespace, collection);
    return collection;
  }

  noteWrite(collection: Collection): void {
    this.written.add(collection);
  }

  /** Inside a unit. Throws 112 when another has written or changed the same since. */
  apply(): void {
    for (const collection of this.written)
      if (
        !this.created.has(collection.namespace) &&
        this.catalog.hasChangedSince(collection.namespace, this.catalogVersion)
      )
        // Entries made under other indexes would break the new ones.
        throw writeConflict();
    for (const [namespace, collection] of this.created) {
      if (this.catalog.find(namespace)) throw writeConflict();
      this.catalog.adopt(collection);
    }
    this.view.apply();
    for (const [collection, difference] of this.counts)
      this.catalog.addToCount(collection, difference);
  }

  get hasChanges(): boolean {
    return this.view.hasChanges || this.created.size > 0;
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
  private readonly uses = new Map<string, { id: Binary; lastUse: Date }>();
  private readonly onEnd: (transaction: Transaction) => void;
  readonly locks: KeyLocks = new Map();
  /** A transaction that is open longer is aborted: it holds a snapshot and keys. */
  transactionLifetimeLimitSeconds = 60;

  constructor(store: Store, catalog: Catalog, onEnd: (transaction: Transaction) => void) {
    this.store = store;
    this.catalog = catalog;
    this.onEnd = onEnd;
  }

  noteUse({ name, bytes }: SessionKey): void {
    this.uses.set(name, { id: new Binary(bytes, Binary.SUBTYPE_UUID), lastUse: new Date() });
  }

  /** As $listLocalSessions gives them. */
  list(): Document[] {
    return [...this.uses.values()].map(({ id, lastUse }) => ({
      _id: { id, uid: NOBODY },
      lastUse,
    }));
  }

  /** Throws 225 for a number that is past, 50911 for one that is in use. */
  begin(session: SessionKey, number: bigint, api: string): Transaction {
    const current = this.transactions.get(session.name);
    const newest = this.newestNumber(session);
    if (newest > number) throw tooOld('start transaction', number, newest);
    if (newest === number)
      throw new CommandError(
        50911,
        `Cannot start a transaction at given transaction number ${number}: a transaction with the same number is in state ${current?.state ?? 'committed'}`,
      );
    if (current) this.abort(current);
    const view = new TransactionView(this.store, this.locks);
    const transaction = new Transaction(number, view, this.catalog, api);
    this.transactions.set(session.name, transaction);
    // Its client may be dead, and others wait for its keys.
    const timer = setTimeout(() => {
      this.abort(transaction);
    }, this.transactionLifetimeLimitSeconds * 1000).unref();
    void view.ended.then(() => {
      clearTimeout(timer);
    });
    return transaction;
  }

  /** The session's transaction of that number, in whatever state. Throws 251 when there is none, 225 when it is past. */
  find(session: SessionKey, number: bigint): Transaction {
    const transaction = this.transactions.get(session.name);
    if (transaction?.number === number) return transaction;
    const newest = this.newestNumber(session);
    if (newest > number) throw tooOld('continue transaction', number, newest);
    throw new CommandError(
      251,
      `Given transaction number ${number} does not match any in-progress transactions. The active transaction number is ${newest}`,
    );
  }

  /** The session's open transaction of that number. Throws 251 and 256 when it is open no more. */
  findOpen(session: SessionKey, number: bigint): Transaction {
    const transaction = this.find(session, number);
    transaction.checkOpen();
    return transaction;
  }

  /** Returns when it is on disk, also for a client that asks again meanwhile. Throws 251 and 112. */
  async commit(session: SessionKey, transaction: Transaction): Promise<void> {
    if (transaction.state === 'aborted') throw abortedAlready(transaction.number);
    transaction.commitment ??= this.commitOnce(session, transaction);
    await transaction.commitment;
  }

  private async commitOnce(session: SessionKey, transaction: Transaction): Promise<void> {
    transaction.state = 'committed';
    try {
      if (transaction.hasChanges)
        await this.store.write(() => {
          transaction.apply();
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
    this.uses.delete(name);
  }

  /** Forgets sessions, and how their transactions ended, when no client can still ask. */
  expire(): void {
    const oldest = performance.now() - SESSION_MS;
    for (const [name, { state, startedAt }] of this.transactions)
      if (state !== 'open' && startedAt < oldest) this.transactions.delete(name);
    for (const [name, { lastUse }] of this.uses)
      if (Date.now() - lastUse.getTime() > SESSION_MS) this.uses.delete(name);
  }

  /**
   * The reply that a retried write already had. A new one ends the session's transaction, if one is
   * open. Throws 225 when a newer one came in between, 217 when the reply is gone.
   */
  keptReply(session: SessionKey, number: bigint): Document | undefined {
    const kept = this.lastReply(session);
    const newest = this.newestNumber(session, kept);
    if (newest > number) throw tooOld('retry write', number, newest);
    const current = this.transactions.get(session.name);
    if (current && current.number < number) this.abort(current);
    if (kept?.number !== number) return undefined;
    if (!isDocument(kept.reply))
      throw new CommandError(
        217,
        `The reply to write ${number} of the session is not kept any more`,
      );
    return kept.reply;
  }

  /** Whether the session's newest write is that transaction, also after a restart. */
  isCommitted(session: SessionKey, number: bigint): boolean {
    return this.lastReply(session)?.number === number;
  }

  /** Inside a unit: keeps a reply with the very write that it answers. */
  keepReply(session: SessionKey, number: bigint, reply: Document): void {
    const kept = { number: Long.fromBigInt(number), reply, keptAt: new Date() };
    this.store.view.put(replyKey(session), encodeDocument(kept));
  }

  /**
   * Forgets the sessions that are over, and of the others the replies that nobody can be waiting for: these
   * may hold documents that were deleted since. That the write was done stays known. `olderThan` is in
   * milliseconds; `-Infinity` stands for all, also those that were kept before the clock was set back.
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

  private newestNumber(session: SessionKey, kept = this.lastReply(session)): bigint {
    const started = this.transactions.get(session.name)?.number ?? -1n;
    const written = kept?.number ?? -1n;
    return started > written ? started : written;
  }

  private lastReply(session: SessionKey): { number: bigint; reply: unknown } | undefined {
    const bytes = this.store.view.get(replyKey(session));
    if (!bytes) return undefined;
    const { number, reply } = decodeDocument(bytes);
    return { number: numberOf(number) ?? -1n, reply };
  }

  private end(transaction: Transaction): void {
    transaction.view.end();
    this.onEnd(transaction);
  }
}

function abortedAlready(number: bigint): CommandError {
  return new CommandError(251, `Transaction with { txnNumber: ${number} } has been aborted.`);
}

function tooOld(what: string, number: bigint, newest: bigint): CommandError {
  return new CommandError(
    225,
    `Cannot ${what} ${number} because a newer one, ${newest}, has already started on its session.`,
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
