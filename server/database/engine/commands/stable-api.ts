import { CommandError, wrongType } from '../errors.ts';
import { isDocument, type Document } from '../values/kinds.ts';

/** The commands of version 1 of the stable API, of those that the engine knows. */
const COMMANDS = new Set([
  'abortTransaction',
  'aggregate',
  'collMod',
  'commitTransaction',
  'count',
  'create',
  'createIndexes',
  'delete',
  'drop',
  'dropDatabase',
  'dropIndexes',
  'endSessions',
  'explain',
  'find',
  'findAndModify',
  'getMore',
  'hello',
  'insert',
  'killCursors',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'ping',
  'refreshSessions',
  'update',
]);

/** Fields of those commands that are no part of the API. */
const EXCLUDED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  create: ['autoIndexId', 'capped', 'indexOptionDefaults', 'max', 'size', 'storageEngine'],
  find: [
    'awaitData',
    'max',
    'min',
    'noCursorTimeout',
    'oplogReplay',
    'returnKey',
    'showRecordId',
    'tailable',
  ],
};
const EXCLUDED_INDEX_FIELDS = ['background', 'bucketSize', 'sparse', 'storageEngine'];
const EXCLUDED_STAGES = new Set([
  '$currentOp',
  '$indexStats',
  '$listLocalSessions',
  '$listSessions',
  '$planCacheStats',
  '$search',
]);

/** Throws 322 for an unknown version, and with apiStrict 323 for whatever is no part of it. */
export function checkStableApi(name: string, command: Document): void {
  const { apiVersion, apiStrict, apiDeprecationErrors } = command;
  if (apiVersion === undefined && (apiStrict !== undefined || apiDeprecationErrors !== undefined))
    throw new CommandError(
      4886600,
      'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion',
    );
  if (apiVersion === undefined) return;
  if (typeof apiVersion !== 'string') throw wrongType('apiVersion', apiVersion, 'string');
  for (const [name, flag] of Object.entries({ apiStrict, apiDeprecationErrors }))
    if (flag !== undefined && typeof flag !== 'boolean') throw wrongType(name, flag, 'bool');
  if (apiVersion !== '1') throw new CommandError(322, 'API version must be "1"');
  if (apiStrict === true) checkStrictly(name, command);
}

/** What a transaction remembers of how it was begun. */
export function apiOf({ apiVersion, apiStrict, apiDeprecationErrors }: Document): string {
  return JSON.stringify({ apiVersion, apiStrict, apiDeprecationErrors });
}

/** Throws 347 when a transaction is gone on with under another API than it was begun under. */
export function checkSameApi(begun: string, command: Document): void {
  const api = apiOf(command);
  if (api !== begun)
    throw new CommandError(
      347,
      `API parameter mismatch: the command used params ${api}, the transaction's first command used ${begun}`,
    );
}

function checkStrictly(name: string, command: Document): void {
  if (!COMMANDS.has(name)) throw notInApi(`the command ${name}`);
  const field = EXCLUDED_FIELDS[name]?.find((excluded) => command[excluded] !== undefined);
  if (field !== undefined) throw notInApi(`the field ${name}.${field}`);
  if (name === 'aggregate')
    for (const stage of documentsIn(command.pipeline)) {
      const [[stageName, spec] = ['', undefined]] = Object.entries(stage);
      const tellsMoreThanCount =
        isDocument(spec) && Object.keys(spec).some((key) => key !== 'count');
      if (EXCLUDED_STAGES.has(stageName) || (stageName === '$collStats' && tellsMoreThanCount))
        throw notInApi(`the stage ${stageName}`);
    }
  if (name === 'createIndexes')
    for (const index of documentsIn(command.indexes)) {
      const excluded = EXCLUDED_INDEX_FIELDS.find((indexField) => indexField in index);
      if (excluded !== undefined) throw notInApi(`the field createIndexes.indexes.${excluded}`);
    }
}

function documentsIn(value: unknown): Document[] {
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

function notInApi(what: string): CommandError {
  return new CommandError(
    323,
    `Provided apiStrict:true, but ${what} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api`,
  );
}
