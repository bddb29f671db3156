import { CommandError } from '../errors.ts';
import type { Pacer } from '../pacer.ts';
import type { Batches } from '../query/find.ts';
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
  /** Whose snapshot it reads; ends with it. */
  owner: object | undefined;
}

export interface CursorOptions {
  batchSize?: number;
  isSingleBatch?: boolean;
  hasNoTimeout?: boolean;
  owner?: object | undefined;
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
    }: CursorOptions = {},
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
    const documents = await fill(cursor, batchSize, pacer);
    if (isSingleBatch) source.return();
    if (cursor.isExhausted || isSingleBatch)
      return cursorReply('firstBatch', documents, 0n, namespace);
    this.open.set(cursor.id, cursor);
    return cursorReply('firstBatch', documents, cursor.id, namespace);
  }

  /** Throws 43 when the cursor is not open, 292's kin when a search fails on the way. */
  async more(
    id: bigint,
    namespace: string,
    batchSize: number,
    pacer: Pacer,
    owner: object | undefined,
  ): Promise<Buffer> {
    const cursor = this.open.get(id);
    if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace)
      throw new CommandError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    if (cursor.owner !== owner)
      throw new CommandError(
        50738,
        `Cannot run getMore on cursor ${id}, which was created in another transaction`,
      );
    if (cursor.isInUse) throw new CommandError(12051, `cursor id ${id} is already in use`);
    cursor.isInUse = true;
    try {
      const documents = await fill(cursor, batchSize, pacer);
      if (cursor.isExhausted) this.open.delete(id);
      return cursorReply('nextBatch', documents, cursor.isExhausted ? 0n : id, cursor.namespace);
    } catch (error) {
      this.open.delete(id);
      throw error;
    } finally {
      cursor.isInUse = false;
      cursor.usedAt = Date.now();
    }
  }

  /** False when there is no such cursor. */
  kill(id: bigint): boolean {
    // A search that is being read right now cannot be ended from outside: it is left to its end.
    const cursor = this.open.get(id);
    if (cursor?.isInUse === false) cursor.source.return();
    return this.open.delete(id);
  }

  killOwnedBy(owner: object): void {
    for (const [id, cursor] of this.open) if (cursor.owner === owner) this.kill(id);
  }

  /** Forgets cursors that nobody has asked for in ten minutes. */
  expire(): void {
    const oldest = Date.now() - IDLE_MS;
    for (const [id, { usedAt, hasNoTimeout }] of this.open)
      if (usedAt < oldest && !hasNoTimeout) this.kill(id);
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
