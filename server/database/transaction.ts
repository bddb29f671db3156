import { AsyncLocalStorage } from 'node:async_hooks';
import { MongoNetworkError } from 'mongodb';
import mongoose, { type ClientSession } from 'mongoose';

const running = new AsyncLocalStorage<{ session: ClientSession; afterwards: (() => void)[] }>();

/**
 * Runs reads and writes as one atomic change; Mongoose queries inside join it by themselves.
 * The work may run more than once (write conflicts), so it must have no other effects:
 * leave those to `afterCommit`. Called inside a transaction, it joins that one.
 */
export async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
  if (running.getStore()) return work();
  let afterwards: (() => void)[] = [];
  const result = await mongoose.connection.transaction((session) => {
    afterwards = [];
    return running.run({ session, afterwards }, work).catch(throwRetryable);
  });
  for (const effect of afterwards) effect();
  return result;
}

/** What is cut off before the commit has changed nothing; the driver marks only some of it so. */
function throwRetryable(error: unknown): never {
  if (error instanceof MongoNetworkError) error.addErrorLabel('TransientTransactionError');
  throw error;
}

/** Does something once the running transaction has been committed; at once when there is none. */
export function afterCommit(effect: () => void): void {
  const current = running.getStore();
  if (current) current.afterwards.push(effect);
  else effect();
}

/** The session of the running transaction, for the few calls that do not join by themselves. */
export function currentSession(): ClientSession | null {
  return running.getStore()?.session ?? null;
}
