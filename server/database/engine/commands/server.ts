import { ObjectId } from 'bson';
import { arch, cpus, hostname, platform, release, totalmem, type } from 'node:os';
import type { Database } from '../database.ts';
import { CommandError } from '../errors.ts';
import { isNumeric, type Document } from '../values/kinds.ts';
import { MAX_DOCUMENT_BYTES } from '../values/encode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/message.ts';
import { authenticationInHello } from './authenticate.ts';
import { documentsOf, numberOr, type Command, type Reply } from './context.ts';
import { sessionOf } from './sessions.ts';

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

interface Parameter {
  get: (database: Database) => number;
  set: (database: Database, value: number) => void;
}

/** In whole seconds, and at least one. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  transactionLifetimeLimitSeconds: {
    get: ({ sessions }) => sessions.transactionLifetimeLimitSeconds,
    set: ({ sessions }, seconds) => {
      sessions.transactionLifetimeLimitSeconds = seconds;
    },
  },
  ttlMonitorSleepSecs: {
    get: (database) => database.ttlMonitorSleepSecs,
    set: (database, seconds) => {
      database.ttlMonitorSleepSecs = seconds;
    },
  },
};

export const getParameterCommand: Command = {
  names: ['getParameter'],
  run({ command, database }) {
    const all: Document = { featureCompatibilityVersion: { version: '7.0' } };
    for (const [name, { get }] of Object.entries(PARAMETERS)) all[name] = get(database);
    if (command.getParameter === '*') return { ...all, ok: 1 };
    const asked = Object.keys(all).filter((name) => name in command);
    if (asked.length === 0) throw new CommandError(72, 'no option found to get');
    return { ...Object.fromEntries(asked.map((name) => [name, all[name]])), ok: 1 };
  },
};

export const setParameterCommand: Command = {
  names: ['setParameter'],
  fields: Object.keys(PARAMETERS),
  run({ command, database }) {
    const [asked] = Object.entries(PARAMETERS).filter(([name]) => isNumeric(command[name]));
    if (!asked) throw new CommandError(72, 'no option found to set');
    const [name, { get, set }] = asked;
    const was = get(database);
    set(database, Math.max(1, numberOr(command[name], was, name)));
    return { was, ok: 1 };
  },
};

function endListed(names: string[]): Command {
  return {
    names,
    run({ command, database }) {
      const [name = ''] = names;
      for (const lsid of documentsOf(command[name], name)) database.endSession(sessionOf(lsid));
      return { ok: 1 };
    },
  };
}

/** Within a transaction these are handled before they would come here. */
function onlyWithin(name: string): Command {
  return {
    names: [name],
    fields: ['recoveryToken'],
    inTransaction: true,
    run() {
      throw new CommandError(125, `${name} must be run within a transaction`);
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
      database.endAllSessions();
      return { ok: 1 };
    },
  },
  onlyWithin('commitTransaction'),
  onlyWithin('abortTransaction'),
];
