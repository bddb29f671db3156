import type { Database } from '../database.ts';
import { CommandError, errorReply, notSupported } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { asDiskError } from '../storage/store.ts';
import { isTrusted, type Connection } from '../wire/connection.ts';
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
import { numberOr, type Command, type CommandContext, type Reply } from './context.ts';
import { deleteCommand } from './delete.ts';
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
  checkReadConcern,
  checkWriteConcern,
  diagnosticCommands,
  getParameterCommand,
  helloCommand,
  replicaSetCommands,
  sessionCommands,
  setParameterCommand,
} from './server.ts';
import { noSuchTransaction, numberOf, sessionOf, type SessionKey } from './sessions.ts';
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
  try {
    const { command: body, sequences } = request.decode();
    const [name = ''] = Object.keys(body);
    const command = COMMANDS.get(name);
    const isEnding = name === 'commitTransaction' || name === 'abortTransaction';
    if (!command) throw new CommandError(59, `no such command: '${name}'`);
    if (request.isLegacy && command !== helloCommand)
      throw new CommandError(352, `Unsupported OP_QUERY command: ${name}.`);
    const isForStrangers = command.isForStrangers === true;
    if (!isForStrangers && !isTrusted(connection))
      throw new CommandError(13, `Command ${name} requires authentication`);
    checkFields(command, name, body);
    const context: CommandContext = {
      database,
      name,
      command: body,
      databaseName: String(body.$db),
      sequences,
      connection,
      pacer: new Pacer(numberOr(body.maxTimeMS, 0, 'maxTimeMS')),
      transaction: undefined,
      retry: undefined,
    };
    const number = numberOf(body.txnNumber);
    // A stranger must not ask for the kept reply of somebody else's session.
    if (number === undefined || isForStrangers) return await command.run(context);
    const session = sessionOf(body.lsid);
    if (body.autocommit === false)
      return isEnding
        ? await endTransaction(context, session, number)
        : await runInTransaction(command, context, session, number);
    return await runOnce(command, context, session, number, inFlight);
  } catch (caught) {
    const error = asDiskError(caught);
    if (!(error instanceof CommandError)) console.error('The engine failed', error);
    return errorReply(error);
  }
}

function checkFields({ fields }: Command, name: string, body: Document): void {
  if (isDocument(body.writeConcern)) checkWriteConcern(body.writeConcern);
  if (isDocument(body.readConcern)) checkReadConcern(body.readConcern);
  const isSnapshotRead = isDocument(body.readConcern) && body.readConcern.level === 'snapshot';
  if (isSnapshotRead && body.autocommit !== false)
    throw notSupported("readConcern 'snapshot' outside of transactions");
  if (!fields) return;
  for (const field of Object.keys(body))
    if (field !== name && !COMMON_FIELDS.has(field) && !fields.includes(field))
      throw new CommandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
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
  const { name } = context;
  if (command.inTransaction !== true)
    throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction.`);
  const transaction =
    context.command.startTransaction === true
      ? sessions.begin(session, number)
      : sessions.find(session, number, true);
  if (transaction.state !== 'open') throw noSuchTransaction(number, true);
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
  context: CommandContext,
  session: SessionKey,
  number: bigint,
): Promise<Reply> {
  const { sessions } = context.database;
  const isCommit = context.name === 'commitTransaction';
  if (isCommit && sessions.keptReply(session, number)) return { ok: 1 };
  const transaction = sessions.find(session, number, isCommit);
  if (isCommit) await sessions.commit(session, transaction);
  else if (transaction.state === 'committed')
    throw new CommandError(256, `Transaction ${number} has been committed.`);
  else if (transaction.state === 'aborted') throw noSuchTransaction(number, false);
  else sessions.abort(transaction);
  return { ok: 1 };
}
