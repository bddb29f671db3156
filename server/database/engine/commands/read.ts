import { CommandError, notSupported, wrongType } from '../errors.ts';
import type { Batches } from '../query/batches.ts';
import { countByIndex, findDocuments, type FindRequest, type Found } from '../query/find.ts';
import { NeededFields } from '../query/needed-fields.ts';
import { compileProjection, type Projection } from '../query/projection.ts';
import { checkSort } from '../query/sort.ts';
import { collatorOf } from '../values/collation.ts';
import type { Collection } from '../storage/collection.ts';
import type { Reader } from '../storage/view.ts';
import { compareValues } from '../values/compare.ts';
import { encodeDocument, MAX_DOCUMENT_BYTES } from '../values/encode.ts';
import { equalityKey } from '../values/keys.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { integerOf } from '../values/numbers.ts';
import { visitPath } from '../values/paths.ts';
import {
  collectionOf,
  documentOr,
  findCollection,
  namespaceIn,
  namespaceOf,
  numberOr,
  readerOf,
  scratchOf,
  startCursor,
  variablesOf,
  type Command,
  type CommandContext,
} from './context.ts';
import { DEFAULT_BATCH } from './cursors.ts';

export const findCommand: Command = {
  names: ['find'],
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'collation',
    'let',
    'noCursorTimeout',
    'allowDiskUse',
    'tailable',
    'awaitData',
    'returnKey',
    'showRecordId',
    'min',
    'max',
    'oplogReplay',
    'allowPartialResults',
  ],
  inTransaction: true,
  run(context) {
    const { command } = context;
    for (const option of ['tailable', 'awaitData', 'returnKey', 'showRecordId'] as const)
      if (command[option] === true) throw notSupported(option);
    if (command.min !== undefined || command.max !== undefined) throw notSupported('min and max');
    const { search, projection, isSingleBatch } = findRequestOf(context);
    const found = findDocuments(readerOf(context), collectionOf(context), search);
    const documents = projection ? projectEach(found, projection) : rawBytes(found);
    return startCursor(context, namespaceOf(context), documents, {
      batchSize: numberOr(command.batchSize, DEFAULT_BATCH, 'find.batchSize'),
      isSingleBatch,
      hasNoTimeout: command.noCursorTimeout === true,
    });
  },
};

/** The search that a find command asks for. Throws for malformed parts. */
export function findRequestOf(context: CommandContext): {
  search: FindRequest;
  projection: Projection | undefined;
  isSingleBatch: boolean;
} {
  const { command } = context;
  const { sort, hint } = orderOf(command);
  const variables = variablesOf(context);
  const fields = documentOr(command.projection, {}, 'find.projection');
  const collator = collatorOf(command.collation);
  const projection =
    Object.keys(fields).length > 0 ? compileProjection(fields, { variables, collator }) : undefined;
  const limit = numberOr(command.limit, 0, 'find.limit');
  const skip = numberOr(command.skip, 0, 'find.skip');
  if (skip < 0)
    throw new CommandError(51024, "BSON field 'skip' value must be >= 0, actual value '-1'");
  const search: FindRequest = {
    filter: documentOr(command.filter, {}, 'find.filter'),
    sort,
    skip,
    limit: Math.abs(limit),
    hint,
    collation: command.collation,
    variables,
    needsPosition: projection?.needsPosition === true,
    scratch: scratchOf(context),
  };
  return { search, projection, isSingleBatch: command.singleBatch === true || limit < 0 };
}

/** The natural order is that of the records, so backwards it is that of the _id index, backwards. */
function orderOf({ sort, hint, collation }: Document): { sort: Document; hint: unknown } {
  const { $natural: sorted, ...fields } = documentOr(sort, {}, 'find.sort');
  const natural = sorted ?? (isDocument(hint) ? hint.$natural : undefined);
  const hasFields = Object.keys(fields).length > 0;
  if (hasFields && sorted !== undefined)
    throw new CommandError(2, "cannot include '$natural' in compound sort");
  checkSort(fields);
  if (natural === undefined) return { sort: fields, hint };
  if (Math.abs(Number(natural)) !== 1)
    throw new CommandError(2, '$natural cannot be set to a value other than -1 or 1');
  if (hasFields || Number(natural) > 0) return { sort: fields, hint: { $natural: 1 } };
  if (collatorOf(collation)) throw notSupported('a reverse $natural order with a collation');
  return { sort: { _id: -1 }, hint: '_id_' };
}

function* projectEach(batches: Batches<Found>, projection: Projection): Batches<Buffer> {
  for (const batch of batches)
    yield batch.map(({ document, position }) =>
      encodeDocument(projection.apply(document, position)),
    );
}

export function* rawBytes(batches: Batches<Found>): Batches<Buffer> {
  for (const batch of batches) yield batch.map(({ bytes }) => bytes);
}

export const getMoreCommand: Command = {
  names: ['getMore'],
  fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
  inTransaction: true,
  run(context) {
    const { command, database, pacer, session, transaction, databaseName } = context;
    const { getMore, collection, batchSize } = command;
    if (!isNumeric(getMore)) throw wrongType('getMore', getMore, 'long');
    const most = numberOr(batchSize, 0, 'getMore.batchSize');
    return database.cursors.more(
      integerOf(getMore),
      `${databaseName}.${String(collection)}`,
      most > 0 ? most : Infinity,
      pacer,
      { session: session?.name, transaction },
    );
  },
};

export const killCursorsCommand: Command = {
  names: ['killCursors'],
  fields: ['cursors'],
  inTransaction: true,
  run({ command, database }) {
    const ids: unknown[] = Array.isArray(command.cursors) ? command.cursors : [];
    const isKilled = (id: unknown) => isNumeric(id) && database.cursors.kill(integerOf(id));
    const cursorsKilled = ids.filter(isKilled);
    return {
      cursorsKilled,
      cursorsNotFound: ids.filter((id) => !cursorsKilled.includes(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    };
  },
};

export const countCommand: Command = {
  names: ['count'],
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
  async run(context) {
    const { command } = context;
    const n = await countMatching(context, namespaceOf(context), {
      filter: documentOr(command.query, {}, 'count.query'),
      skip: numberOr(command.skip, 0, 'count.skip'),
      limit: Math.abs(numberOr(command.limit, 0, 'count.limit')),
      hint: command.hint,
      collation: command.collation,
    });
    return { n, ok: 1 };
  },
};

/**
 * How many documents match: from the catalog, from an index, or by looking at them. Those that are
 * skipped do not count, and none is looked for beyond the limit.
 */
export async function countMatching(
  context: CommandContext,
  namespace: string,
  request: FindRequest,
): Promise<number> {
  const collection = findCollection(context, namespace);
  if (!collection) return 0;
  const { filter, hint, skip = 0, limit = 0 } = request;
  const most = limit > 0 ? skip + limit : Infinity;
  const within = (count: number) => Math.max(0, Math.min(count, most) - skip);
  const isWhole = Object.keys(filter).length === 0 && hint === undefined;
  if (isWhole && !context.transaction && !context.snapshot) return within(collection.count);
  const reader = readerOf(context);
  const search = { ...request, skip: 0, limit: limit > 0 ? most : 0 };
  const counts = countByIndex(reader, collection, search) ?? countFound(reader, collection, search);
  let count = 0;
  for (const more of counts) {
    count += more;
    if (count >= most) break;
    await context.pacer.pause();
  }
  return within(count);
}

function* countFound(
  reader: Reader,
  collection: Collection,
  search: FindRequest,
): Generator<number, void> {
  for (const batch of findDocuments(reader, collection, search)) yield batch.length;
}

export const distinctCommand: Command = {
  names: ['distinct'],
  fields: ['key', 'query', 'collation', 'hint', 'let'],
  inTransaction: true,
  async run(context) {
    const { command, pacer } = context;
    const { key: path } = command;
    if (typeof path !== 'string') throw wrongType('distinct.key', path, 'string');
    const parts = path.split('.');
    const search: FindRequest = {
      filter: documentOr(command.query, {}, 'distinct.query'),
      hint: command.hint,
      collation: command.collation,
      variables: variablesOf(context),
      fields: new NeededFields([parts[0] ?? '']),
    };
    const collator = collatorOf(command.collation);
    const distinct = new Map<string, unknown>();
    let bytes = 0;
    const collection = findCollection(context, namespaceIn(context, command.distinct));
    for (const batch of findDocuments(readerOf(context), collection, search)) {
      for (const { document } of batch)
        for (const value of leaves(document, parts)) {
          const key = equalityKey(value);
          if (distinct.has(key)) continue;
          distinct.set(key, value);
          bytes += key.length;
        }
      if (bytes > MAX_DOCUMENT_BYTES) throw new CommandError(17217, 'distinct too big, 16mb cap');
      await pacer.pause();
    }
    const values = [...distinct.values()].sort((a, b) => compareValues(a, b, collator));
    const isFirst = (value: unknown, i: number) =>
      i === 0 || compareValues(value, values[i - 1], collator) !== 0;
    const { snapshot } = context;
    return {
      values: collator ? values.filter(isFirst) : values,
      ...(snapshot && { atClusterTime: snapshot.time }),
      ok: 1,
    };
  },
};

function leaves(document: Document, parts: string[]): unknown[] {
  const found: unknown[] = [];
  visitPath(document, parts, (value) => {
    if (Array.isArray(value)) found.push(...(value as unknown[]));
    else if (value !== undefined) found.push(value);
    return false;
  });
  return found;
}
