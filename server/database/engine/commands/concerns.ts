import { Timestamp } from 'bson';
import { CommandError, wrongType } from '../errors.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { textOf, type ClusterClock } from './cluster-time.ts';
import { refuseUnknownFields } from './context.ts';
import { isEnding } from './session-options.ts';

const READ_FIELDS = new Set(['level', 'afterClusterTime', 'atClusterTime', 'provenance']);
const LEVELS = new Set(['local', 'majority', 'available', 'linearizable', 'snapshot']);
const LEVELS_IN_TRANSACTION = new Set(['local', 'majority', 'snapshot']);
/** All others take level local alone. */
const READERS = new Set(['find', 'aggregate', 'distinct', 'getMore', 'count', 'explain']);
const SNAPSHOT_READERS = new Set(['find', 'aggregate', 'distinct', 'getMore']);

const WRITE_FIELDS = new Set(['w', 'j', 'fsync', 'wtimeout', 'provenance']);
const MOST_NODES = 50;
/** Commands after which there is nothing that a client could wait for. */
const READ_ONLY = new Set([
  ...READERS,
  'hello',
  'isMaster',
  'ismaster',
  'killCursors',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'ping',
]);

/** Whether the cluster's time moves on with the command. */
export function mayWrite(name: string): boolean {
  return name === 'aggregate' || !READ_ONLY.has(name);
}

/** On one node all read concerns see the same, so only what a server would refuse is refused. Throws 72. */
export function checkReadConcern(name: string, command: Document, clock: ClusterClock): void {
  const { readConcern: concern, autocommit, startTransaction } = command;
  if (concern === undefined) return;
  if (!isDocument(concern)) throw wrongType('readConcern', concern, 'object');
  refuseUnknownFields(concern, READ_FIELDS, 'readConcern');
  const { level = 'local', afterClusterTime, atClusterTime } = concern;
  if (!LEVELS.has(String(level)))
    throw new CommandError(
      9,
      "readConcern.level must be either 'local', 'majority', 'linearizable', 'available', or 'snapshot'",
    );
  const isInTransaction = autocommit === false;
  if (isInTransaction && startTransaction !== true && Object.keys(concern).length > 0)
    throw new CommandError(72, 'Only the first command in a transaction may specify a readConcern');
  if (isInTransaction && !LEVELS_IN_TRANSACTION.has(String(level)))
    throw new CommandError(
      72,
      "The readConcern level must be either 'local' (default), 'majority' or 'snapshot' in order to run in a transaction",
    );
  const readers = level === 'snapshot' ? SNAPSHOT_READERS : READERS;
  if (!isInTransaction && level !== 'local' && !readers.has(name))
    throw new CommandError(
      72,
      `Command ${name} does not support readConcern level '${String(level)}'`,
    );
  if (afterClusterTime !== undefined && atClusterTime !== undefined)
    throw new CommandError(72, 'Specifying both afterClusterTime and atClusterTime is not allowed');
  if (atClusterTime !== undefined && level !== 'snapshot')
    throw new CommandError(72, "atClusterTime needs readConcern level 'snapshot'");
  checkTime('afterClusterTime', afterClusterTime, clock);
  checkTime('atClusterTime', atClusterTime, clock);
}

/** What the client has seen is always there already; what nobody can have seen yet is a mistake. */
function checkTime(name: string, time: unknown, clock: ClusterClock): void {
  if (time === undefined) return;
  if (!(time instanceof Timestamp)) throw wrongType(`readConcern.${name}`, time, 'timestamp');
  if (time.greaterThan(clock.now))
    throw new CommandError(
      72,
      `readConcern ${name} value must not be greater than the current clusterTime. Requested clusterTime: ${textOf(time)}; current clusterTime: ${textOf(clock.now)}`,
    );
}

/** Throws 9 for what cannot be a write concern, 72 where none may be. */
export function checkWriteConcern(name: string, command: Document): void {
  const { writeConcern: concern, autocommit } = command;
  if (concern === undefined) return;
  if (!isDocument(concern)) throw wrongType('writeConcern', concern, 'object');
  refuseUnknownFields(concern, WRITE_FIELDS, 'writeConcern');
  if (!mayWrite(name)) throw new CommandError(72, 'Command does not support writeConcern');
  if (autocommit === false && !isEnding(name))
    throw new CommandError(72, 'writeConcern is not allowed within a multi-statement transaction');
  const { w = 1 } = concern;
  if (isNumeric(w) && !(toNumber(w) >= 0 && toNumber(w) <= MOST_NODES))
    throw new CommandError(
      9,
      `w has to be a non-negative number and not greater than ${MOST_NODES}; found: ${toNumber(w)}`,
    );
  if (!isNumeric(w) && typeof w !== 'string')
    throw new CommandError(9, 'w has to be a number or a string');
}

/** What a reply says beside its own when the write is done and the client waits for more nodes than there are. */
export function writeConcernErrorOf({ writeConcern }: Document): Document | undefined {
  if (!isDocument(writeConcern)) return undefined;
  const { w = 1, wtimeout = 0 } = writeConcern;
  const unmet = unmetBy(w);
  if (!unmet) return undefined;
  const { code, codeName, message: errmsg } = unmet;
  const errInfo = { writeConcern: { w, wtimeout, provenance: 'clientSupplied' } };
  return { writeConcernError: { code, codeName, errmsg, errInfo } };
}

function unmetBy(w: unknown): CommandError | undefined {
  if (isNumeric(w) && toNumber(w) > 1)
    return new CommandError(100, 'Not enough data-bearing nodes');
  if (typeof w === 'string' && w !== 'majority')
    return new CommandError(
      79,
      `No write concern mode named '${w}' found in replica set configuration`,
    );
  return undefined;
}
