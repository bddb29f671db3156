import { CommandError } from '../errors.ts';
import type { Document } from '../values/kinds.ts';
import type { Command } from './context.ts';
import { numberOf, sessionOf, type SessionKey } from './sessions.ts';

/** How a command takes part in its session. */
interface SessionOptions {
  session: SessionKey | undefined;
  /** With a number: a write that may be retried, or a part of a transaction. */
  number: bigint | undefined;
  isInTransaction: boolean;
}

/** Databases that no transaction may touch. */
const OWN_DATABASES = new Set(['admin', 'config', 'local']);

/** Throws 72, 263 and others for options that do not go together, or not with the command. */
export function sessionOptionsOf(command: Command, name: string, body: Document): SessionOptions {
  const { lsid, txnNumber, autocommit, startTransaction } = body;
  const session = lsid === undefined ? undefined : sessionOf(lsid);
  const number = numberOf(txnNumber);
  const isInTransaction = autocommit !== undefined;
  if (number !== undefined && !session)
    throw new CommandError(72, 'Transaction number requires a session ID to also be specified');
  if (isInTransaction && number === undefined)
    throw new CommandError(
      72,
      "'autocommit' field requires a transaction number to also be specified",
    );
  if (isInTransaction && autocommit !== false)
    throw new CommandError(72, 'Specifying autocommit=true is not allowed.');
  if (startTransaction !== undefined && !isInTransaction)
    throw new CommandError(
      72,
      "'startTransaction' field requires 'autocommit' field to also be specified",
    );
  if (startTransaction !== undefined && startTransaction !== true)
    throw new CommandError(72, 'Specifying startTransaction=false is not allowed.');
  if (isInTransaction) checkTransactional(command, name, body);
  else if (number !== undefined && command.isRetryable !== true)
    throw new CommandError(50768, `It is illegal to provide a txnNumber for command ${name}`);
  return { session, number, isInTransaction };
}

function checkTransactional(command: Command, name: string, body: Document): void {
  if (name === 'count')
    throw new CommandError(
      263,
      "Cannot run 'count' in a multi-document transaction. Please see http://dochub.mongodb.org/core/transaction-count for a recommended alternative.",
    );
  if (command.inTransaction !== true)
    throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction.`);
  const databaseName = String(body.$db);
  if (OWN_DATABASES.has(databaseName) && !isEnding(name))
    throw new CommandError(
      263,
      `Cannot run command against the '${databaseName}' database in a transaction.`,
    );
  if (body.startTransaction === true && (name === 'killCursors' || isEnding(name)))
    throw new CommandError(
      263,
      `Cannot run ${name} as the first operation in a multi-document transaction.`,
    );
}

export function isEnding(name: string): boolean {
  return name === 'commitTransaction' || name === 'abortTransaction';
}
