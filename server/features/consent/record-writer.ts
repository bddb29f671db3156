import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { currentSession, inTransaction } from '../../database/transaction.ts';
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
/** Another node may record one of them between our look and our next try. */
const MOST_TRIES = 5;

const keyOf = ({ siteId, clientKey }: ConsentRecordRow) => `${siteId.toHexString()}:${clientKey}`;

/** A batch belongs to nobody's transaction, whoever's record begins it. */
const onItsOwn = AsyncLocalStorage.snapshot();

let waiting: Waiting[] = [];
let isWriting = false;

/**
 * Writes a record, and that it is to be counted. What comes in while a batch is being written is the next one, so
 * that many share one commit; each is answered after the commit that holds it. Resolves to false when
 * its key was recorded before: then nothing is written.
 * @throws Problem unavailable; it may be there all the same when the answer to its commit was lost, so
 * it is to be sent again
 */
export function writeRecord(row: ConsentRecordRow): Promise<boolean> {
  return new Promise((resolve, reject) => {
    waiting.push({ row, resolve, reject });
    if (!isWriting) void onItsOwn(writeWaiting);
  });
}

async function writeWaiting(): Promise<void> {
  isWriting = true;
  // What else has arrived by now comes along.
  await nextTurn();
  while (waiting.length > 0) {
    const batch = waiting.slice(0, MOST_AT_ONCE);
    waiting = waiting.slice(MOST_AT_ONCE);
    await settle(batch);
  }
  isWriting = false;
}

async function settle(batch: readonly Waiting[]): Promise<void> {
  try {
    const firsts = new Map<string, Waiting>();
    for (const one of batch) {
      if (!firsts.has(keyOf(one.row))) firsts.set(keyOf(one.row), one);
    }
    const written = await writeNew([...firsts.values()].map(({ row }) => row));
    for (const one of batch) {
      const key = keyOf(one.row);
      one.resolve(written.has(key) && firsts.get(key) === one);
    }
  } catch (error) {
    log.error({ err: error, records: batch.length }, 'choices could not be recorded');
    const problem = new Problem('unavailable', 'It was not recorded. Send it again.', {
      retryAfterSeconds: 2,
    });
    for (const { reject } of batch) reject(problem);
  }
}

/** Writes those that are not there yet, all of them or none, and returns their keys. */
async function writeNew(rows: readonly ConsentRecordRow[]): Promise<Set<string>> {
  let fresh = rows;
  for (let tries = 1; fresh.length > 0; tries++) {
    try {
      await inTransaction(() => insert(fresh));
      break;
    } catch (error) {
      if (!isDuplicateKey(error) || tries === MOST_TRIES) throw error;
      const known = await storedAmong(fresh);
      fresh = fresh.filter((row) => !known.has(keyOf(row)));
    }
  }
  return new Set(fresh.map(keyOf));
}

/** Past Mongoose, whose copy of each record would cost more than all the rest. */
async function insert(rows: readonly ConsentRecordRow[]): Promise<void> {
  const session = currentSession();
  await ConsentRecordModel.collection.insertMany([...rows], { ...(session && { session }) });
  const sums: Sums = new Map();
  for (const row of rows) addTo(sums, additionOf(row, await timeZoneOf(row.organizationId)));
  await writeTallies(sums);
}

async function storedAmong(rows: readonly ConsentRecordRow[]): Promise<Set<string>> {
  const found = await ConsentRecordModel.find(
    {
      organizationId: { $in: rows.map(({ organizationId }) => organizationId) },
      siteId: { $in: rows.map(({ siteId }) => siteId) },
      clientKey: { $in: rows.map(({ clientKey }) => clientKey) },
    },
    { siteId: 1, clientKey: 1 },
  ).lean();
  return new Set(found.map((row) => keyOf(row as ConsentRecordRow)));
}
