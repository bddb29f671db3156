import {
  type BSON,
  type ClientSession,
  type CommandStartedEvent,
  type Db,
  type Document,
} from 'mongodb';
import { setTimeout } from 'node:timers/promises';
import type { Entities } from './entities.ts';
import type { ObservedEvent } from './event-log.ts';
import { TestFailure } from './format.ts';
import { expectEventMatch } from './matching.ts';

/** The driver's words for the states that tests name. */
const TRANSACTION_STATES: Readonly<Record<string, string>> = {
  none: 'NO_TRANSACTION',
  starting: 'STARTING_TRANSACTION',
  in_progress: 'TRANSACTION_IN_PROGRESS',
  committed: 'TRANSACTION_COMMITTED',
  aborted: 'TRANSACTION_ABORTED',
};

type RunnerOperation = (options: Document, entities: Entities) => unknown;

/** What a test asks of the runner itself. */
export const RUNNER_OPERATIONS: Readonly<Record<string, RunnerOperation>> = {
  assertCollectionExists: async (options, entities) => {
    claim(await hasCollection(options, entities), 'the collection should exist');
  },
  assertCollectionNotExists: async (options, entities) => {
    claim(!(await hasCollection(options, entities)), 'the collection should not exist');
  },
  assertIndexExists: async (options, entities) => {
    claim(await hasIndex(options, entities), 'the index should exist');
  },
  assertIndexNotExists: async (options, entities) => {
    claim(!(await hasIndex(options, entities)), 'the index should not exist');
  },
  assertSameLsidOnLastTwoCommands: ({ client }, entities) => {
    const [last, before] = lastTwoSessions(String(client), entities);
    claim(last === before, 'the last two commands should be of one session');
  },
  assertDifferentLsidOnLastTwoCommands: ({ client }, entities) => {
    const [last, before] = lastTwoSessions(String(client), entities);
    claim(last !== before, 'the last two commands should be of two sessions');
  },
  assertSessionDirty: ({ session }) => {
    claim(isDirty(session), 'the session should be dirty');
  },
  assertSessionNotDirty: ({ session }) => {
    claim(!isDirty(session), 'the session should not be dirty');
  },
  assertSessionPinned: ({ session }) => {
    claim((session as ClientSession).isPinned, 'the session should be pinned');
  },
  assertSessionUnpinned: ({ session }) => {
    claim(!(session as ClientSession).isPinned, 'the session should not be pinned');
  },
  assertSessionTransactionState: ({ session, state }) => {
    const actual = (session as { transaction: { state: string } }).transaction.state;
    const wanted = TRANSACTION_STATES[String(state)];
    claim(actual === wanted, `the transaction should be ${String(wanted)}, and is ${actual}`);
  },
  assertEventCount: ({ client, event, count }, entities) => {
    const seen = entities.log(String(client)).events.filter(isLike(event as Document, entities));
    claim(seen.length === count, `there should be ${String(count)}, and there are ${seen.length}`);
  },
  createEntities: (options, entities) => entities.create(options.entities as Document[]),
  wait: ({ ms }) => setTimeout(Number(ms)),
  waitForEvent: ({ client, event, count }, entities) =>
    entities.log(String(client)).waitFor(isLike(event as Document, entities), Number(count)),
};

function claim(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new TestFailure(otherwise);
}

/** Tells events that are as a test describes one. */
function isLike(described: Document, entities: Entities): (observed: ObservedEvent) => boolean {
  const [name = ''] = Object.keys(described);
  return (observed) => {
    if (observed.name !== name) return false;
    try {
      expectEventMatch(described[name] as Document, observed.event, name, entities);
      return true;
    } catch (error) {
      if (error instanceof TestFailure) return false;
      throw error;
    }
  };
}

function databaseOf({ databaseName }: Document, entities: Entities): Db {
  return entities.ownClient.db(String(databaseName));
}

async function hasCollection(options: Document, entities: Entities): Promise<boolean> {
  const name = String(options.collectionName);
  const found = await databaseOf(options, entities).listCollections({ name }).toArray();
  return found.length > 0;
}

async function hasIndex(options: Document, entities: Entities): Promise<boolean> {
  if (!(await hasCollection(options, entities))) return false;
  const collection = databaseOf(options, entities).collection(String(options.collectionName));
  const indexes = await collection.listIndexes().toArray();
  return indexes.some(({ name }) => name === options.indexName);
}

function lastTwoSessions(clientId: string, entities: Entities): [string, string] {
  const started = entities
    .log(clientId)
    .events.filter(({ name }) => name === 'commandStartedEvent')
    .slice(-2);
  const [before, last] = started.map(({ event }) => {
    const { command } = event as CommandStartedEvent;
    const { id } = (command.lsid ?? {}) as { id?: BSON.Binary };
    return String(id?.toString('hex'));
  });
  if (last === undefined || before === undefined)
    throw new TestFailure('two commands should have been observed');
  return [last, before];
}

function isDirty(session: unknown): boolean {
  return (session as { serverSession: { isDirty: boolean } }).serverSession.isDirty;
}
