import { CommandError, wrongType } from '../errors.ts';
import type { Pacer } from '../pacer.ts';
import { compileExpression, scopeOf } from '../aggregate/expressions/compile.ts';
import type { Collection } from '../storage/collection.ts';
import type { Target } from '../storage/documents.ts';
import { MEMORY_ONLY, type Scratch } from '../storage/scratch.ts';
import type { Reader } from '../storage/view.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import type { Connection } from '../wire/connection.ts';
import type { Database } from '../database.ts';
import type { Batches } from '../query/batches.ts';
import type { CursorOptions } from './cursors.ts';
import type { SessionKey, Transaction } from './sessions.ts';
import type { SnapshotRead } from './snapshot-reads.ts';

const MAX_NAMESPACE_BYTES = 255;

/** A document, or the bytes of one. */
export type Reply = Document | Buffer;

/** One command being run. */
export interface CommandContext {
  database: Database;
  name: string;
  command: Document;
  databaseName: string;
  sequences: ReadonlyMap<string, Buffer[]>;
  connection: Connection;
  pacer: Pacer;
  session: SessionKey | undefined;
  transaction: Transaction | undefined;
  /** Set for a read with readConcern 'snapshot' outside of transactions. */
  snapshot: SnapshotRead | undefined;
  /** Set when the reply of this write has to be kept for a retry. */
  retry: { session: SessionKey; number: bigint } | undefined;
}

/** A command: its name, the fields it knows beside those common to all, and what it does. */
export interface Command {
  names: readonly string[];
  /** Undefined: any. */
  fields?: readonly string[];
  inTransaction?: boolean;
  /** May be sent by somebody who has not logged in. */
  isForStrangers?: boolean;
  /** Takes a txnNumber outside of transactions: done once, however often it is sent. */
  isRetryable?: boolean;
  run(context: CommandContext): Promise<Reply> | Reply;
}

/** What a command reads from: a snapshot, or the newest committed state. */
export function readerOf({ transaction, snapshot, database }: CommandContext): Reader {
  return transaction?.view ?? snapshot?.reader ?? database.store.view;
}

export function scratchOf({ command, database }: CommandContext): Scratch {
  return command.allowDiskUse === false ? MEMORY_ONLY : database.scratch;
}

/** The namespace that a command names as its first argument. Throws 73. */
export function namespaceOf(context: CommandContext): string {
  return namespaceIn(context, context.command[context.name]);
}

export function namespaceIn(
  { databaseName }: Pick<CommandContext, 'databaseName'>,
  collection: unknown,
): string {
  if (typeof collection !== 'string' || collection === '')
    throw new CommandError(73, `Invalid namespace specified '${databaseName}.'`);
  if (/[$\0]/.test(collection) || collection.startsWith('.') || collection.endsWith('.'))
    throw new CommandError(73, `Invalid collection name: ${collection}`);
  if (databaseName === '' || /[/\\. "$\0]/.test(databaseName))
    throw new CommandError(73, `Invalid database name: '${databaseName}'`);
  const namespace = `${databaseName}.${collection}`;
  if (Buffer.byteLength(namespace) > MAX_NAMESPACE_BYTES)
    throw new CommandError(
      73,
      `Fully qualified namespace is too long. Namespace: ${namespace} Max: ${MAX_NAMESPACE_BYTES}`,
    );
  return namespace;
}

export function collectionOf(context: CommandContext): Collection | undefined {
  return findCollection(context, namespaceOf(context));
}

/** A collection as the command may see it. Throws 246 when its snapshot is older than the collection's shape. */
export function findCollection(
  { database, transaction, snapshot }: CommandContext,
  namespace: string,
): Collection | undefined {
  return (transaction ?? snapshot ?? database.catalog).find(namespace);
}

/** The collection to write to; `mayCreate` makes it when it is missing. */
export async function collectionForWrite(
  context: CommandContext,
  mayCreate: boolean,
): Promise<Collection | undefined> {
  const { transaction, database } = context;
  const namespace = namespaceOf(context);
  if (!transaction)
    return mayCreate ? database.catalog.ensure(namespace) : database.catalog.find(namespace);
  const found = transaction.find(namespace);
  const collection = mayCreate ? (found ?? transaction.create(namespace)) : found;
  if (collection) transaction.noteWrite(collection);
  return collection;
}

/**
 * Runs a write to the collection that the command names in one unit, or in the transaction, and keeps its
 * reply when it may be retried.
 */
export async function writeInUnit<T extends Document>(
  context: CommandContext,
  mayCreate: boolean,
  work: (target: Target, collection: Collection | undefined) => T,
): Promise<T> {
  const { database, transaction, retry } = context;
  const { catalog } = database;
  const namespace = namespaceOf(context);
  if (transaction) {
    const collection = await collectionForWrite(context, mayCreate);
    return work(transaction.target, collection);
  }
  return database.write((target) => {
    // Looked up only here, as a unit before this one may have dropped the collection.
    const found = catalog.find(namespace);
    const reply = work(target, found ?? (mayCreate ? catalog.create(namespace) : undefined));
    if (retry) database.sessions.keepReply(retry.session, retry.number, reply);
    return reply;
  }, context.pacer);
}

/** The first reply of a cursor over what the command has found. */
export function startCursor(
  context: CommandContext,
  namespace: string,
  source: Batches<Buffer>,
  options: Omit<CursorOptions, 'owner' | 'atClusterTime'>,
): Promise<Buffer> {
  const { database, pacer, session, transaction, snapshot } = context;
  return database.cursors.start(namespace, source, pacer, {
    ...options,
    owner: { session: session?.name, transaction, snapshot },
    atClusterTime: snapshot?.time,
  });
}

/** The command's `let`, evaluated; $$NOW is one moment for the whole command. */
export function variablesOf({ command }: CommandContext): Document {
  const variables: Document = { NOW: new Date() };
  if (command.let === undefined) return variables;
  if (!isDocument(command.let)) throw wrongType('let', command.let, 'object');
  const scope = scopeOf({}, { ...variables });
  for (const [name, expression] of Object.entries(command.let))
    variables[name] = compileExpression(expression)(scope) ?? null;
  return variables;
}

export function documentOr(value: unknown, otherwise: Document, name: string): Document {
  if (value === undefined || value === null) return otherwise;
  if (!isDocument(value)) throw wrongType(name, value, 'object');
  return value;
}

export function numberOr(value: unknown, otherwise: number, name: string): number {
  if (value === undefined || value === null) return otherwise;
  if (!isNumeric(value)) throw wrongType(name, value, 'number');
  return toNumber(value);
}

export function documentsOf(value: unknown, name: string): Document[] {
  if (!Array.isArray(value)) throw wrongType(name, value, 'array');
  return value.map((item) => documentOr(item, {}, name));
}

/** Refuses fields that the engine does not know, as the server refuses those it does not. Throws 40415. */
export function refuseUnknownFields(
  document: Document,
  known: ReadonlySet<string>,
  where: string,
): void {
  for (const name of Object.keys(document))
    if (!known.has(name))
      throw new CommandError(40415, `BSON field '${where}.${name}' is an unknown field.`);
}
