import type { Login } from '../auth/login.ts';
import { authenticationFailed } from '../auth/scram.ts';
import { CommandError } from '../errors.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import type { Connection } from '../wire/connection.ts';
import type { Command } from './context.ts';

/** Nobody has a password on the unix socket. Throws 18 there. */
function loginOf({ login }: Connection): Login {
  if (!login) throw authenticationFailed();
  return login;
}

/** What hello says to a client that is about to log in: it may ask how, and send its first step along. */
export function authenticationInHello({ login }: Connection, command: Document): Document {
  const { saslSupportedMechs: user, speculativeAuthenticate: firstStep } = command;
  const mechanisms = login?.mechanismsOf(user);
  const answer = login && isDocument(firstStep) ? speculate(login, firstStep) : undefined;
  return {
    ...(mechanisms && { saslSupportedMechs: mechanisms }),
    ...(answer && { speculativeAuthenticate: answer }),
  };
}

/** A guess that fails is no error: the client sees no answer to it and logs in step by step. */
function speculate(login: Login, firstStep: Document): Document | undefined {
  try {
    return login.start(firstStep, firstStep.db);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return undefined;
  }
}

export const authenticationCommands: Command[] = [
  {
    names: ['saslStart'],
    isForStrangers: true,
    run: ({ connection, command, databaseName }) =>
      loginOf(connection).start(command, databaseName),
  },
  {
    names: ['saslContinue'],
    isForStrangers: true,
    run: ({ connection, command }) => loginOf(connection).continue(command),
  },
  {
    names: ['logout'],
    isForStrangers: true,
    run({ connection }) {
      connection.login?.forget();
      return { ok: 1 };
    },
  },
  {
    names: ['connectionStatus'],
    isForStrangers: true,
    run({ connection: { login } }) {
      const users = login?.isDone === true ? [{ user: login.userName, db: 'admin' }] : [];
      const roles = users.map(() => ({ role: 'root', db: 'admin' }));
      return { authInfo: { authenticatedUsers: users, authenticatedUserRoles: roles }, ok: 1 };
    },
  },
];
