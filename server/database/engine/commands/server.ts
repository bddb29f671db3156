import { ObjectId } from 'bson';
import { arch, cpus, hostname, platform, release, totalmem, type } from 'node:os';
import { CommandError } from '../errors.ts';
import { isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { MAX_DOCUMENT_BYTES } from '../values/encode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/message.ts';
import { authenticationInHello } from './authenticate.ts';
import { documentsOf, numberOr, type Command, type Reply } from './context.ts';
import { noSuchTransaction, numberOf, sessionOf } from './sessions.ts';

const VERSION = '7.0.0';
/** The wire version of MongoDB 7.0. */
const WIRE_VERSION = 21;
const SET_NAME = 'embedded';
const ELECTION_ID = new ObjectId('7fffffff0000000000000001');

/** A one-node replica set, as transactions and retryable writes need one. */
export const helloCommand: Command = {
  names: ['hello', 'ismaster', 'isMaster'],
  isForStrangers: true,
  run: ({ connection, command }) => ({
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    secondary: false,
    setName: SET_NAME,
    setVersion: 1,
    electionId: ELECTION_ID,
    hosts: [connection.address],
    me: connection.address,
    primary: connection.address,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ...authenticationInHello(connection, command),
    ok: 1,
  }),
};

function fixed(names: string[], reply: () => Reply): Command {
  return { names, run: reply };
}

function fixedForStrangers(names: string[], reply: () => Reply): Command {
  return { ...fixed(names, reply), isForStrangers: true };
}

export const diagnosticCommands: Command[] = [
  fixedForStrangers(['ping'], () => ({ ok: 1 })),
  fixedForStrangers(['buildInfo', 'buildinfo'], () => ({
    version: VERSION,
    versionArray: VERSION.split('.').map(Number).concat(0),
    gitVersion: 'embedded',
    modules: [],
    bits: 64,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ['embedded'],
    ok: 1,
  })),
  fixed(['serverStatus'], () => ({
    host: 'embedded',
    version: VERSION,
    process: 'embedded',
    pid: process.pid,
    uptime: process.uptime(),
    storageEngine: { name: 'embedded' },
    mem: { resident: Math.round(process.memoryUsage.rss() / 1_048_576) },
    ok: 1,
  })),
  fixedForStrangers(['whatsmyuri'], () => ({ you: 'local', ok: 1 })),
  fixed(['getLog'], () => ({ totalLinesWritten: 0, log: [], ok: 1 })),
  fixed(['getCmdLineOpts'], () => ({ argv: [], parsed: {}, ok: 1 })),
  fixed(['hostInfo'], () => ({
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: Math.round(totalmem() / 1_048_576),
      numCores: cpus().length,
      cpuArch: arch(),
    },
    os: { type: type(), name: platform(), version: release() },
    extra: {},
    ok: 1,
  })),
];

/** What shells show of the replica set and its only member. */
export const replicaSetCommands: Command[] = [
  {
    names: ['replSetGetStatus'],
    run({ connection: { address } }) {
      const uptime = Math.floor(process.uptime());
      const self = { _id: 0, name: address, health: 1, state: 1, stateStr: 'PRIMARY', uptime };
      const members = [{ ...self, self: true }];
      return { set: SET_NAME, date: new Date(), myState: 1, members, ok: 1 };
    },
  },
  {
    names: ['replSetGetConfig'],
    run({ connection: { address } }) {
      const members = [{ _id: 0, host: address, arbiterOnly: false, priority: 1, votes: 1 }];
      return { config: { _id: SET_NAME, version: 1, term: 1, members }, ok: 1 };
    },
  },
];

export const getParameterCommand: Command = {
  names: ['getParameter'],
  run({ command, database }) {
    const all: Document = {
      featureCompatibilityVersion: { version: '7.0' },
      ttlMonitorSleepSecs: database.ttlMonitorSleepSecs,
    };
    if (command.getParameter === '*') return { ...all, ok: 1 };
    const asked = Object.keys(all).filter((name) => name in command);
    if (asked.length === 0) throw new CommandError(72, 'no option found to get');
    return { ...Object.fromEntries(asked.map((name) => [name, all[name]])), ok: 1 };
  },
};

export const setParameterCommand: Command = {
  names: ['setParameter'],
  fields: ['ttlMonitorSleepSecs'],
  run({ command, database }) {
    if (!isNumeric(command.ttlMonitorSleepSecs))
      throw new CommandError(72, 'no option found to set');
    const was = database.ttlMonitorSleepSecs;
    database.ttlMonitorSleepSecs = Math.max(
      1,
      numberOr(command.ttlMonitorSleepSecs, 60, 'ttlMonitorSleepSecs'),
    );
    return { was, ok: 1 };
  },
};

function endListed(names: string[]): Command {
  return {
    names,
    run({ command, database }) {
      const [name = ''] = names;
      for (const lsid of documentsOf(command[name], name))
        database.sessions.forget(sessionOf(lsid));
      return { ok: 1 };
    },
  };
}

/** Commit and abort come here only outside of an open transaction. */
function unknownTransaction(name: string): Command {
  return {
    names: [name],
    run({ command }) {
      throw noSuchTransaction(numberOf(command.txnNumber) ?? -1n, false);
    },
  };
}

export const sessionCommands: Command[] = [
  endListed(['endSessions']),
  endListed(['killSessions']),
  fixed(['refreshSessions'], () => ({ ok: 1 })),
  {
    names: ['killAllSessions'],
    run({ database }) {
      database.sessions.abortAll();
      return { ok: 1 };
    },
  },
  unknownTransaction('commitTransaction'),
  unknownTransaction('abortTransaction'),
];

/** Throws 100 when a write asks for more nodes than there are, 79 when for some by name. */
export function checkWriteConcern(concern: Document): void {
  const { w } = concern;
  if (isNumeric(w) && toNumber(w) > 1) throw new CommandError(100, 'Not enough data-bearing nodes');
  if (typeof w === 'string' && w !== 'majority')
    throw new CommandError(
      79,
      `No write concern mode named '${w}' found in replica set configuration`,
    );
}

const READ_CONCERNS: ReadonlySet<unknown> = new Set([
  undefined,
  'local',
  'available',
  'majority',
  'linearizable',
  'snapshot',
]);

/** Throws 9 for a level that does not exist. On one node all that exist but snapshot are the same. */
export function checkReadConcern({ level }: Document): void {
  if (!READ_CONCERNS.has(level))
    throw new CommandError(
      9,
      "readConcern.level must be either 'local', 'majority', 'linearizable', 'available', or 'snapshot'",
    );
}
