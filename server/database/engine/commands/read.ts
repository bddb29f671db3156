import { CommandError, notSupported } from '../errors.ts';
import { distinctValues } from '../aggregate/expressions/arrays.ts';
import {
  countByIndex,
  findDocuments,
  type Batches,
  type FindRequest,
  type Found,
} from '../query/find.ts';
import { compileProjection, type Projection } from '../query/projection.ts';
import { checkSort } from '../query/sort.ts';
import { collatorOf } from '../values/collation.ts';
import { compareValues } from '../values/compare.ts';
import { encodeDocument } from '../values/encode.ts';
import type { Document } from '../values/kinds.ts';
import { integerOf } from '../values/numbers.ts';
import { isNumeric } from '../values/kinds.ts';
import { visitPath } from '../values/paths.ts';
import {
  collectionOf,
  documentOr,
  namespaceIn,
  namespaceOf,
  numberOr,
  readerOf,
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
    const { command, database, transaction } = context;
    for (const option of ['tailable', 'awaitData', 'returnKey', 'showRecordId'] as const)
      if (command[option] === true) throw notSupported(option);
    if (command.min !== undefined || command.max !== undefined) throw notSupported('min and max');
    const { search, projection, isSingleBatch } = findRequestOf(context);
    const found = findDocuments(readerOf(context), collectionOf(context), search);
    const documents = projection ? projectEach(found, projection) : rawBytes(found);
    return database.cursors.start(namespaceOf(context), documents, context.pacer, {
      batchSize: numberOr(command.batchSize, DEFAULT_BATCH, 'find.batchSize'),
      isSingleBatch,
      hasNoTimeout: command.noCursorTimeout === true,
      owner: transaction,
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
  checkSort(dropNatural(command.sort));
  const variables = variablesOf(context);
  const fields = documentOr(command.projection, {}, 'find.projection');
  const projection =
    Object.keys(fields).length > 0 ? compileProjection(fields, { variables }) : undefined;
  const limit = numberOr(command.limit, 0, 'find.limit');
  const skip = numberOr(command.skip, 0, 'find.skip');
  if (skip < 0)
    throw new CommandError(51024, "BSON field 'skip' value must be >= 0, actual value '-1'");
  const search: FindRequest = {
    filter: documentOr(command.filter, {}, 'find.filter'),
    sort: documentOr(command.sort, {}, 'find.sort'),
    skip,
    limit: Math.abs(limit),
    hint: command.hint,
    collation: command.collation,
    variables,
    needsPosition: projection?.needsPosition === true,
  };
  return { search, projection, isSingleBatch: command.singleBatch === true || limit < 0 };
}

/** A natural sort is the order of reading; only forwards is known. */
function dropNatural(sort: unknown): unknown {
  const order = documentOr(sort, {}, 'find.sort');
  if (!('$natural' in order)) return sort;
  if (Number(order.$natural) < 0) throw notSupported('a reverse $natural sort');
  return undefined;
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
    const { command, database, pacer, transaction, databaseName } = context;
    const { getMore, collection, batchSize } = command;
    if (!isNumeric(getMore)) throw new CommandError(14, "BSON field 'getMore' must be a long");
    const most = numberOr(batchSize, 0, 'getMore.batchSize');
    return database.cursors.more(
      integerOf(getMore),
      `${databaseName}.${String(collection)}`,
      most > 0 ? most : Infinity,
      pacer,
      transaction,
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
    const skip = numberOr(command.skip, 0, 'count.skip');
    const limit = Math.abs(numberOr(command.limit, 0, 'count.limit'));
    const n = await countMatching(context, namespaceOf(context), {
      filter: documentOr(command.query, {}, 'count.query'),
      hint: command.hint,
      collation: command.collation,
    });
    const left = Math.max(0, n - skip);
    return { n: limit > 0 ? Math.min(left, limit) : left, ok: 1 };
  },
};

/** How many documents match: from the catalog, from an index, or by looking at them. */
export async function countMatching(
  context: CommandContext,
  namespace: string,
  search: FindRequest,
): Promise<number> {
  const collection = context.database.catalog.find(namespace);
  if (!collection) return 0;
  const isWhole = Object.keys(search.filter).length === 0 && search.hint === undefined;
  if (isWhole && !context.transaction) return collection.count;
  const reader = readerOf(context);
  const fromIndex = countByIndex(reader, collection, search);
  if (fromIndex !== undefined) return fromIndex;
  let count = 0;
  for (const batch of findDocuments(reader, collection, search)) {
    count += batch.length;
    await context.pacer.pause();
  }
  return count;
}

export const distinctCommand: Command = {
  names: ['distinct'],
  fields: ['key', 'query', 'collation', 'hint', 'let'],
  inTransaction: true,
  async run(context) {
    const { command, pacer } = context;
    if (typeof command.key !== 'string')
      throw new CommandError(14, "BSON field 'distinct.key' must be a string");
    const parts = command.key.split('.');
    const search = {
      filter: documentOr(command.query, {}, 'distinct.query'),
      hint: command.hint,
      collation: command.collation,
      variables: variablesOf(context),
    };
    const collator = collatorOf(command.collation);
    let values: unknown[] = [];
    const collection = context.database.catalog.find(namespaceIn(context, command.distinct));
    for (const batch of findDocuments(readerOf(context), collection, search)) {
      values = distinctValues([
        ...values,
        ...batch.flatMap(({ document }) => leaves(document, parts)),
      ]);
      await pacer.pause();
    }
    values.sort((a, b) => compareValues(a, b, collator));
    if (collator)
      values = values.filter(
        (value, i) => i === 0 || compareValues(value, values[i - 1], collator) !== 0,
      );
    return { values, ok: 1 };
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
