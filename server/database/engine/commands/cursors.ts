import type { Timestamp } from 'bson';
import { CommandError } from '../errors.ts';
import type { Pacer } from '../pacer.ts';
import type { Batches } from '../query/batches.ts';
import type { Document } from '../values/kinds.ts';
import { encodeDocument } from '../values/encode.ts';
import { cursorReply } from '../wire/cursor-reply.ts';

export const DEFAULT_BATCH = 101;
/** A reply must stay below the 16 MB of a document with room for its frame. */
const BATCH_BYTES = 15 * 1024 * 1024;
const IDLE_MS = 600_000;

interface Cursor {
  id: bigint;
  namespace: string;
  source: Batches<Buffer>;
  pending: Buffer[];
  isExhausted: boolean;
  isInUse: boolean;
  hasNoTimeout: boolean;
  usedAt: number;
  owner: CursorOwner;
}

/** Who may read on, and what the cursor ends with. */
interface CursorOwner {
  session: string | undefined;
  transaction: object | undefined;
  snapshot: object | undefined;
}

export interface CursorOptions {
  batchSize?: number;
  isSingleBatch?: boolean;
  hasNoTimeout?: boolean;
  owner: CursorOwner;
  /** Of a snapshot read; the reply tells it. */
  atClusterTime?: Timestamp | undefined;
}

/** Open cursors: each is a suspended search that getMore resumes. */
export class Cursors {
  private readonly open = new Map<bigint, Cursor>();
  private lastId = BigInt(Date.now()) << 20n;

  /** The first reply of a new cursor; it stays open only if there is more. */
  async start(
    namespace: string,
    source: Batches<Buffer>,
    pacer: Pacer,
    {
      batchSize = DEFAULT_BATCH,
      isSingleBatch = false,
      hasNoTimeout = false,
      owner,
      atClusterTime,
    }: CursorOptions,
  ): Promise<Buffer> {
    const cursor: Cursor = {
      id: ++this.lastId,
      namespace,
      source,
      pending: [],
      isExhausted: false,
      isInUse: false,
      hasNoTimeout,
      usedAt: Date.now(),
      owner,
    };
    const documents = await fill(cursor, batchSize, pacer).catch((error: unknown) => {
      // What it holds on disk is only let go by its end.
      source.return();
      throw error;
    });
    if (isSingleBatch) source.return();
    if (cursor.isExhausted || isSingleBatch)
      return cursorReply('firstBatch', documents, 0n, namespace, atClusterTime);
    this.open.set(cursor.id, cursor);
    return cursorReply('firstBatch', documents, cursor.id, namespace, atClusterTime);
  }

  /** Throws 43 when the cursor is not open, 292's kin when a search fails on the way. */
  async more(
    id: bigint,
    namespace: string,
    batchSize: number,
    pacer: Pacer,
    asking: Pick<CursorOwner, 'session' | 'transaction'>,
  ): Promise<Buffer> {
    const cursor = this.open.get(id);
    if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace)
      throw new CommandError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    checkOwner(cursor, asking);
    if (cursor.isInUse) throw new CommandError(12051, `cursor id ${id} is already in use`);
    cursor.isInUse = true;
    // Its snapshot ends with it, and whoever comes next gets the connection.
    pacer.afterPause(() => {
      if (this.open.get(id) !== cursor) throw new CommandError(237, `cursor id ${id} was killed`);
    });
    try {
      const documents = await fill(cursor, batchSize, pacer);
      if (cursor.isExhausted) this.open.delete(id);
      return cursorReply('nextBatch', documents, cursor.isExhausted ? 0n : id, cursor.namespace);
    } catch (error) {
      this.open.delete(id);
      cursor.source.return();
      throw error;
    } finally {
      cursor.isInUse = false;
      cursor.usedAt = Date.now();
    }
  }

  /** False when there is no such cursor. */
  kill(id: bigint): boolean {
    // A search that is being read right now cannot be ended from outside: its reader ends it.
    const cursor = this.open.get(id);
    if (cursor?.isInUse === false) cursor.source.return();
    return this.open.delete(id);
  }

  /** Ends the cursors of a session, of a transaction, or on a snapshot. */
  killOwnedBy(owner: string | object): void {
    for (const [id, { owner: own }] of this.open)
      if ([own.session, own.transaction, own.snapshot].includes(owner)) this.kill(id);
  }

  killAllInSessions(): void {
    for (const [id, { owner }] of this.open) if (owner.session !== undefined) this.kill(id);
  }

  /** Forgets cursors that nobody has asked for in ten minutes. */
  expire(): void {
    const oldest = Date.now() - IDLE_MS;
    for (const [id, { usedAt, hasNoTimeout }] of this.open)
      if (usedAt < oldest && !hasNoTimeout) this.kill(id);
  }
}

/** Throws 50736 and its neighbours unless the cursor is of the session and the transaction that ask. */
function checkOwner(
  { id, owner }: Cursor,
  { session, transaction }: Pick<CursorOwner, 'session' | 'transaction'>,
): void {
  const refusal = (code: number, why: string) =>
    new CommandError(code, `Cannot run getMore on cursor ${id}, which was ${why}`);
  if (owner.session !== session) {
    if (owner.session === undefined) throw refusal(50736, 'not created in a session, in a session');
    if (session === undefined) throw refusal(50737, 'created in a session, without an lsid');
    throw refusal(50738, 'created in another session');
  }
  if (owner.transaction !== transaction) {
    if (!owner.transaction) throw refusal(50739, 'not created in a transaction, in a transaction');
    if (!transaction) throw refusal(50740, 'created in a transaction, without a txnNumber');
    throw refusal(50741, 'created in another transaction');
  }
}

async function fill(cursor: Cursor, batchSize: number, pacer: Pacer): Promise<Buffer[]> {
  const documents: Buffer[] = [];
  let bytes = 0;
  while (documents.length < batchSize) {
    const { pending } = cursor;
    let taken = 0;
    for (const document of pending) {
      const isFull = documents.length > 0 && bytes + document.length > BATCH_BYTES;
      if (isFull || documents.length >= batchSize) break;
      documents.push(document);
      bytes += document.length;
      taken++;
    }
    cursor.pending = pending.slice(taken);
    if (cursor.pending.length > 0) return documents;
    // When the batch is full this looks one ahead, which spares the client a getMore that brings nothing.
    if (!advance(cursor)) return documents;
    await pacer.pause();
  }
  return documents;
}

/** Reads the next batch; false when there is none. */
function advance(cursor: Cursor): boolean {
  const { done, value } = cursor.source.next();
  if (done) cursor.isExhausted = true;
  else cursor.pending = value;
  return !done;
}

export function* encoded(batches: Batches<Document>): Batches<Buffer> {
  for (const batch of batches) yield batch.map((document) => encodeDocument(document));
}
