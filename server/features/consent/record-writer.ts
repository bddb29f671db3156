import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { log } from '../../log.ts';
import { Problem } from '../../problem.ts';
import { ConsentRecordModel, type ConsentRecordRow } from './model.ts';

interface Waiting {
  row: ConsentRecordRow;
  resolve: (isNew: boolean) => void;
  reject: (problem: Problem) => void;
}

/** Keeps a batch far below what one command may hold. */
const MOST_AT_ONCE = 500;
/** How long a batch may keep everybody behind it waiting while the database is away. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;
const DUPLICATE_KEY = 11000;

const keyOf = ({ siteId, clientKey }: ConsentRecordRow) => `${siteId.toHexString()}:${clientKey}`;

let waiting: Waiting[] = [];
let isWriting = false;
/** A batch is written in the name of its first record, for whoever follows what a request leads to. */
let inNameOfFirst = AsyncLocalStorage.snapshot();

/**
 * Writes a record. What comes in while a batch is being written is the next one, so
 * that many share one commit; each is answered after the commit that holds it. Resolves to false when
 * its key was recorded before: then nothing is written.
 * @throws Problem unavailable; it may be there all the same when the answer to its commit was lost, so
 * it is to be sent again
 */
export function writeRecord(row: ConsentRecordRow): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) inNameOfFirst = AsyncLocalStorage.snapshot();
    waiting.push({ row, resolve, reject });
    if (!isWriting) void writeWaiting();
  });
}

async function writeWaiting(): Promise<void> {
  isWriting = true;
  // What else has arrived by now comes along.
  await nextTurn();
  while (waiting.length > 0) {
    const batch = waiting.slice(0, MOST_AT_ONCE);
    waiting = waiting.slice(MOST_AT_ONCE);
    await inNameOfFirst(settle, batch);
  }
  isWriting = false;
}

type Outcome = 'written' | 'known' | 'failed';

async function settle(batch: readonly Waiting[]): Promise<void> {
  const firsts = new Map<string, Waiting>();
  for (const one of batch) {
    if (!firsts.has(keyOf(one.row))) firsts.set(keyOf(one.row), one);
  }
  const outcomes = new Map<string, Outcome>();
  try {
    await write(
      [...firsts.values()].map(({ row }) => row),
      outcomes,
      performance.now() + PATIENCE_MS,
    );
  } catch (error) {
    log.error({ err: error, records: batch.length }, 'choices could not be recorded');
  }
  for (const one of batch) {
    const key = keyOf(one.row);
    const outcome = outcomes.get(key) ?? 'failed';
    if (outcome === 'failed') one.reject(notRecorded());
    else one.resolve(outcome === 'written' && firsts.get(key) === one);
  }
}

const notRecorded = () =>
  new Problem('unavailable', 'It was not recorded. Send it again.', { retryAfterSeconds: 2 });

/** Whether another try may succeed. */
const mayTryAgain = (error: unknown): boolean =>
  error instanceof mongo.MongoNetworkError ||
  (error instanceof mongo.MongoError && error.hasErrorLabel('RetryableWriteError'));

/**
 * Writes those that are not there yet, in one command, and notes what became of each. Past Mongoose, whose
 * copy of each record would cost more than all the rest. What may be tried again is, for a while.
 */
async function write(
  rows: readonly ConsentRecordRow[],
  outcomes: Map<string, Outcome>,
  until: number,
): Promise<void> {
  const note = (some: readonly ConsentRecordRow[], outcome: Outcome) => {
    for (const row of some) outcomes.set(keyOf(row), outcome);
  };
  for (let tries = 1; ; tries++) {
    try {
      await ConsentRecordModel.collection.insertMany([...rows], { ordered: false });
      note(rows, 'written');
      return;
    } catch (error) {
      if (error instanceof mongo.MongoBulkWriteError && isDuplicateKey(error)) {
        noteEach(rows, error, outcomes);
        return;
      }
      if (!mayTryAgain(error) || performance.now() > until) {
        note(rows, 'failed');
        log.error({ err: error, records: rows.length }, 'choices could not be recorded');
        return;
      }
      await wait(tries * PAUSE_MS * Math.random());
    }
  }
}

/** Of a command that was done but for some: which keys were there before. */
function noteEach(
  rows: readonly ConsentRecordRow[],
  error: mongo.MongoBulkWriteError,
  outcomes: Map<string, Outcome>,
): void {
  const faults = [error.writeErrors].flat();
  const failed = new Map(faults.map(({ index, code }) => [index, code]));
  rows.forEach((row, at) => {
    const code = failed.get(at);
    const outcome = code === undefined ? 'written' : code === DUPLICATE_KEY ? 'known' : 'failed';
    outcomes.set(keyOf(row), outcome);
  });
}
