import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import mongoose, { mongo } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { log } from '../../log.ts';
import { Problem } from '../../problem.ts';
import { timeZoneOf } from '../organizations/service.ts';
import { additionOf, addTo, writeTallies, type Sums } from './counts.ts';
import { ConsentRecordModel, type ConsentRecordRow } from './model.ts';

interface Waiting {
  row: ConsentRecordRow;
  resolve: (isNew: boolean) => void;
  reject: (problem: Problem) => void;
}

/** Keeps a batch far below what one command and one transaction may hold. */
const MOST_AT_ONCE = 500;
/** How long a batch may keep everybody behind it waiting, for another node that is writing some of it, too. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;

const keyOf = ({ siteId, clientKey }: ConsentRecordRow) => `${siteId.toHexString()}:${clientKey}`;

let waiting: Waiting[] = [];
let isWriting = false;
/** A batch is written in the name of its first record, for whoever follows what a request leads to. */
let inNameOfFirst = AsyncLocalStorage.snapshot();

/**
 * Writes a record, and that it is to be counted. What comes in while a batch is being written is the next one, so
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

const WRITE_CONFLICT = 112;

/** Whether nothing was changed, and another try may succeed: before a commit, or when it was refused. */
function mayTryAgain(error: unknown): boolean {
  if (!(error instanceof mongo.MongoError)) return false;
  if (error.hasErrorLabel('UnknownTransactionCommitResult')) return false;
  return (
    error.hasErrorLabel('TransientTransactionError') || error instanceof mongo.MongoNetworkError
  );
}

const isHeld = (error: unknown) => (error as { code?: unknown }).code === WRITE_CONFLICT;

/** Writes those that are not there yet, and notes what became of each. What may be tried again is, for a while. */
async function write(
  rows: readonly ConsentRecordRow[],
  outcomes: Map<string, Outcome>,
  until: number,
): Promise<void> {
  const note = (some: readonly ConsentRecordRow[], outcome: Outcome) => {
    for (const row of some) outcomes.set(keyOf(row), outcome);
  };
  let fresh = rows;
  for (let tries = 1; fresh.length > 0; tries++) {
    try {
      await insertTogether(fresh);
      note(fresh, 'written');
      return;
    } catch (error) {
      const known = isDuplicateKey(error) ? await storedAmong(fresh) : new Set<string>();
      if (known.size > 0) {
        const isKnown = (row: ConsentRecordRow) => known.has(keyOf(row));
        note(fresh.filter(isKnown), 'known');
        fresh = fresh.filter((row) => !isKnown(row));
      } else if (isHeld(error) && fresh.length > 1) {
        // Another node has the key of one. One that was killed has it for a minute, so the others go without it.
        const middle = Math.ceil(fresh.length / 2);
        await write(fresh.slice(0, middle), outcomes, until);
        await write(fresh.slice(middle), outcomes, until);
        return;
      } else if (!(isDuplicateKey(error) || mayTryAgain(error)) || performance.now() > until) {
        note(fresh, 'failed');
        log.error({ err: error, records: fresh.length }, 'choices could not be recorded');
        return;
      }
      await wait(tries * PAUSE_MS * Math.random());
    }
  }
}

/**
 * A transaction of its own making: `inTransaction` would try again for two minutes, and everybody behind
 * would wait. Past Mongoose, whose copy of each record would cost more than all the rest.
 */
async function insertTogether(rows: readonly ConsentRecordRow[]): Promise<void> {
  const sums: Sums = new Map();
  for (const row of rows) addTo(sums, additionOf(row, await timeZoneOf(row.organizationId)));
  const session = await mongoose.startSession();
  try {
    session.startTransaction();
    await ConsentRecordModel.collection.insertMany([...rows], { session });
    await writeTallies(sums, session);
    await session.commitTransaction();
  } finally {
    // Aborts what was not committed.
    await session.endSession();
  }
}

/** Which of some keys are recorded. Past Mongoose, which might look inside the transaction of whoever waits. */
async function storedAmong(rows: readonly ConsentRecordRow[]): Promise<Set<string>> {
  const found = ConsentRecordModel.collection.find<ConsentRecordRow>(
    {
      organizationId: { $in: rows.map(({ organizationId }) => organizationId) },
      siteId: { $in: rows.map(({ siteId }) => siteId) },
      clientKey: { $in: rows.map(({ clientKey }) => clientKey) },
    },
    { projection: { siteId: 1, clientKey: 1 } },
  );
  return new Set((await found.toArray()).map(keyOf));
}
