import { setTimeout as wait } from 'node:timers/promises';
import mongoose, { Types } from 'mongoose';
import { isDuplicateKey } from './duplicate-key.ts';

interface Lock {
  _id: string;
  holder: Types.ObjectId;
  /** By the server's clock: those of the nodes may differ. */
  until: Date;
}

const LEASE_MS = 10_000;
const locks = () => mongoose.connection.collection<Lock>('installation');
const lease = [{ $set: { until: { $add: ['$$NOW', LEASE_MS] } } }];

/** Takes the lock, or keeps it for another term; false while somebody else holds it. */
async function hold(holder: Types.ObjectId): Promise<boolean> {
  // An upsert may not ask for what has expired, so the dead are cleared away first.
  await locks().deleteOne({ _id: 'lock', $expr: { $lt: ['$until', '$$NOW'] } });
  try {
    await locks().updateOne({ _id: 'lock', holder }, lease, { upsert: true });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Keeps the lock until the signal. A lease that is lost meanwhile is no harm: see `onOneNode`. */
async function keep(holder: Types.ObjectId, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await wait(LEASE_MS / 4, undefined, { signal });
      await hold(holder).catch(() => undefined);
    }
  } catch {
    // The work has ended.
  }
}

/**
 * Runs work on one node at a time: the others wait. A node that dies or stalls loses the lock after
 * ten seconds, so the work must bear to be begun again, even beside its first run.
 */
export async function onOneNode<T>(work: () => Promise<T>): Promise<T> {
  const holder = new Types.ObjectId();
  while (!(await hold(holder))) await wait(200);
  const end = new AbortController();
  const kept = keep(holder, end.signal);
  try {
    return await work();
  } finally {
    end.abort();
    await kept;
    await locks().deleteOne({ _id: 'lock', holder });
  }
}
