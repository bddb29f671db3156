import type { Timestamp } from 'bson';
import type { Database } from '../database.ts';
import { CommandError, errorReply } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { asDiskError } from '../storage/store.ts';
import { isTrusted, type Connection } from '../wire/connection.ts';
import { withElements } from '../wire/cursor-reply.ts';
import type { Request } from '../wire/message.ts';
import { aggregateCommand } from './aggregate.ts';
import { authenticationCommands } from './authenticate.ts';
import {
  createCommand,
  dropCommand,
  dropDatabaseCommand,
  listCollectionsCommand,
  renameCollectionCommand,
} from './collections.ts';
import { checkReadConcern, checkWriteConcern, mayWrite, writeConcernErrorOf } from './concerns.ts';
import { numberOr, type Command, type CommandContext, type Reply } from './context.ts';
import { deleteCommand } from './delete.ts';
import { labelsOf } from './error-labels.ts';
import { explainCommand } from './explain.ts';
import { findAndModifyCommand } from './find-and-modify.ts';
import {
  collModCommand,
  createIndexesCommand,
  dropIndexesCommand,
  listIndexesCommand,
} from './indexes.ts';
import { insertCommand } from './insert.ts';
import { compactCommand, validateCommand } from './maintenance.ts';
import {
  countCommand,
  distinctCommand,
  findCommand,
  getMoreCommand,
  killCursorsCommand,
} from './read.ts';
import {
  diagnosticCommands,
  getParameterCommand,
  helloCommand,
  replicaSetCommands,
  sessionCommands,
  setParameterCommand,
} from './server.ts';
import { isEnding, sessionOptionsOf } from './session-options.ts';
import type { SessionKey } from './sessions.ts';
import type { SnapshotRead } from './snapshot-reads.ts';
import { apiOf, checkSameApi, checkStableApi } from './stable-api.ts';
import { databaseStatsCommand, listDatabasesCommand, statsCommand } from './stats.ts';
import { updateCommand } from './update.ts';

const COMMANDS = new Map<string, Command>(
  [
    aggregateCommand,
    collModCommand,
    compactCommand,
    countCommand,
    createCommand,
    createIndexesCommand,
    databaseStatsCommand,
    deleteCommand,
    distinctCommand,
    dropCommand,
    dropDatabaseCommand,
    dropIndexesCommand,
    explainCommand,
    findAndModifyCommand,
    findCommand,
    getMoreCommand,
    getParameterCommand,
    helloCommand,
    insertCommand,
    killCursorsCommand,
    listCollectionsCommand,
    listDatabasesCommand,
    listIndexesCommand,
    renameCollectionCommand,
    setParameterCommand,
    statsCommand,
    updateCommand,
    validateCommand,
    ...authenticationCommands,
    ...diagnosticCommands,
    ...replicaSetCommands,
    ...sessionCommands,
  ].flatMap((command) => command.names.map((name) => [name, command] as const)),
);

const COMMON_FIELDS = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
]);

/** Answers a request. Never rejects: a failure is a reply too. */
export async function answer(
  database: Database,
  request: Request,
  connection: Connection,
  inFlight: Map<string, Promise<Reply>>,
): Promise<Reply> {
  let body: Document = {};
  let name = '';
  try {
    const { command, sequences } = request.decode();
    body = command;
    [name = ''] = Object.keys(body);
    database.clock.learn(body.$clusterTime);
    const context = { database, name, command, sequences, connection };
    const reply = await run(context, request.isLegacy, inFlight);
    if (mayWrite(name)) database.clock.tick();
    return database.clock.stamped(reply);
  } catch (caught) {
    const error = asDiskError(caught);
    if (!(error instanceof CommandError)) console.error('The engine failed', error);
    return database.clock.stamped({ ...errorReply(error), ...labelsOf(error, name, body) });
  }
}

type Received = Pick<CommandContext, 'database' | 'name' | 'command' | 'sequences' | 'connection'>;

async function run(
  received: Received,
  isLegacy: boolean,
  inFlight: Map<string, Promise<Reply>>,
): Promise<Reply> {
  const { database, name, command: body, connection } = received;
  const command = COMMANDS.get(name);
  if (!command) throw new CommandError(59, `no such command: '${name}'`);
  if (isLegacy && command !== helloCommand)
    throw new CommandError(352, `Unsupported OP_QUERY command: ${name}.`);
  if (command.isForStrangers !== true && !isTrusted(connection))
    throw new CommandError(13, `Command ${name} requires authentication`);
  checkStableApi(name, body);
  checkFields(command, name, body);
  const { session, number, isInTransaction } = sessionOptionsOf(command, name, body);
  checkReadConcern(name, body, database.clock);
  checkWriteConcern(name, body);
  if (session) database.sessions.noteUse(session);
  const snapshot = isInTransaction ? undefined : snapshotFor(database, body, session);
  const pacer = new Pacer(numberOr(body.maxTimeMS, 0, 'maxTimeMS'));
  pacer.afterPause(() => snapshot?.checkKept());
  const context: CommandContext = {
    ...received,
    databaseName: String(body.$db),
    pacer,
    session,
    transaction: undefined,
    snapshot,
    retry: undefined,
  };
  const reply =
    !session || number === undefined
      ? await command.run(context)
      : isInTransaction
        ? await runInTransaction(command, context, session, number)
        : await runOnce(command, context, session, number, inFlight);
  const unmet = writeConcernErrorOf(body);
  if (!unmet) return reply;
  return Buffer.isBuffer(reply)
    ? withElements(reply, encodeDocument(unmet))
    : { ...reply, ...unmet };
}

function checkFields({ fields }: Command, name: string, body: Document): void {
  if (!fields) return;
  for (const field of Object.keys(body))
    if (field !== name && !COMMON_FIELDS.has(field) && !fields.includes(field))
      throw new CommandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
}

function snapshotFor(
  database: Database,
  { readConcern, getMore }: Document,
  session: SessionKey | undefined,
): SnapshotRead | undefined {
  if (!isDocument(readConcern) || readConcern.level !== 'snapshot') return undefined;
  // A cursor reads on where it began.
  if (getMore !== undefined) return undefined;
  return database.snapshots.take(readConcern.atClusterTime as Timestamp | undefined, session?.name);
}

/** A retried write is not done again: it gets the reply of the first time, even after a restart. */
async function runOnce(
  command: Command,
  context: CommandContext,
  session: SessionKey,
  number: bigint,
  inFlight: Map<string, Promise<Reply>>,
): Promise<Reply> {
  const name = `${session.name}:${number}`;
  const running = inFlight.get(name);
  if (running) return running;
  const kept = context.database.sessions.keptReply(session, number);
  if (kept) return kept;
  const run = Promise.resolve(command.run({ ...context, retry: { session, number } }));
  inFlight.set(name, run);
  try {
    return await run;
  } finally {
    inFlight.delete(name);
  }
}

async function runInTransaction(
  command: Command,
  context: CommandContext,
  session: SessionKey,
  number: bigint,
): Promise<Reply> {
  const { sessions } = context.database;
  const { name, command: body } = context;
  if (isEnding(name)) return endTransaction(context, session, number);
  const transaction =
    body.startTransaction === true
      ? sessions.begin(session, number, apiOf(body))
      : sessions.findOpen(session, number);
  checkSameApi(transaction.api, body);
  // It may be ended from elsewhere, and its snapshot with it.
  context.pacer.afterPause(() => {
    transaction.checkOpen();
  });
  try {
    const reply = await command.run({ ...context, transaction });
    // A statement that failed leaves nothing to go on with, as on the server.
    if (!Buffer.isBuffer(reply) && reply.writeErrors !== undefined) sessions.abort(transaction);
    return reply;
  } catch (error) {
    sessions.abort(transaction);
    throw error;
  }
}

async function endTransaction(
  { database: { sessions }, name, command }: CommandContext,
  session: SessionKey,
  number: bigint,
): Promise<Reply> {
  if (name === 'abortTransaction') {
    sessions.abort(sessions.findOpen(session, number));
    return { ok: 1 };
  }
  if (sessions.isCommitted(session, number)) return { ok: 1 };
  const transaction = sessions.find(session, number);
  checkSameApi(transaction.api, command);
  await sessions.commit(session, transaction);
  return { ok: 1 };
}
