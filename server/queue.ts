import { Agenda } from 'agenda';
import { MongoBackend } from '@agendajs/mongo-backend';
import mongoose, { model, Schema } from 'mongoose';
import { afterCommit } from './database/transaction.ts';
import { log } from './log.ts';

/** Jobs that can be asked for, with their payloads: ids only. A lost nudge is found by a sweep. */
export interface Nudges {
  'send-mail': { mailId: string };
}

/** Agenda's own rows; here are only the indexes, so that they are made like all others. */
const jobSchema = new Schema({}, { collection: 'agendaJobs', strict: false });
jobSchema.index(
  { name: 1, nextRunAt: 1, priority: -1, lockedAt: 1, disabled: 1 },
  { name: 'findAndLockNextJobIndex' },
);
// Agenda upserts them by these fields, which without the index enters two when two workers start at once.
jobSchema.index(
  { name: 1, type: 1 },
  { unique: true, partialFilterExpression: { type: 'single' } },
);
model('Job', jobSchema);

/** The rows of jobs alone: what else Agenda would make at each start (a log's indexes) has no use here. */
class JobBackend extends MongoBackend {
  override connect(): Promise<void> {
    return this.repository.connect();
  }
}

/** Milliseconds after which a worker that says nothing counts as dead. */
const LOCK_LIFE = 20_000;

let agenda: Agenda | undefined;

/**
 * The job queue on Mongoose's own connection. A worker that dies holding a job gives it up after
 * the lock's life; every job may therefore run twice, and guards its rows itself.
 */
export function createAgenda(): Agenda {
  const { db } = mongoose.connection;
  if (!db) throw new Error('Connect the database first.');
  return new Agenda({
    // The same driver on both sides: Agenda's types name its own copy of the class.
    backend: new JobBackend({ mongo: db, ensureIndex: false }),
    processEvery: 1_000,
    defaultLockLifetime: LOCK_LIFE,
    removeOnComplete: true,
  });
}

/**
 * Works for as long as it takes. Without it Agenda would call a job failed that outlives its lock, leave it running, and
 * begin the same beside it.
 */
export async function keepLocked(
  job: { touch: () => Promise<void> },
  work: () => Promise<unknown>,
): Promise<void> {
  let touched = Promise.resolve();
  const timer = setInterval(() => {
    touched = job.touch().catch((error: unknown) => {
      log.warn({ err: error }, 'a lock could not be kept');
    });
  }, LOCK_LIFE / 4);
  try {
    await work();
  } finally {
    clearInterval(timer);
    // One that came after the end would lock what is free.
    await touched;
  }
}

/** Lets this process ask for jobs. Until then, and in tests, the sweeps alone find the work. */
export async function connectQueue(): Promise<void> {
  agenda = createAgenda();
  await agenda.ready;
}

/** Asks for a job once the running transaction is committed. It never fails its caller. */
export function enqueue<N extends keyof Nudges>(name: N, payload: Nudges[N]): void {
  afterCommit(() => {
    // The row itself says what is to be done: without the nudge it is only done later.
    agenda?.now(name, payload).catch((error: unknown) => {
      log.warn({ err: error, job: name }, 'nudge lost; the sweep will find the row');
    });
  });
}
