import { compileFilter } from '../query/matcher.ts';
import { CommandError } from '../errors.ts';
import type { Collection } from '../storage/collection.ts';
import { spanAfter, spanOf } from '../storage/view.ts';
import type { Document } from '../values/kinds.ts';
import { documentOr, namespaceOf, numberOr, type Command, type CommandContext } from './context.ts';

/** How many rows are measured between two turns of others: about 2 ms. */
const ROWS_AT_ONCE = 5000;

/** Bytes of rows, without what SQLite's pages add to them (about a tenth). */
interface Sizes {
  data: number;
  /** Those of _id are the keys under which the records lie. */
  indexes: Record<string, number>;
}

async function sizesOf(context: CommandContext, collection: Collection): Promise<Sizes> {
  const indexes: Record<string, number> = {};
  let data = 0;
  for (const { name, prefix, isPrimary } of collection.indexes) {
    const { keyBytes, valueBytes } = await measure(context, prefix);
    indexes[name] = isPrimary ? keyBytes : keyBytes + valueBytes;
    if (isPrimary) data = valueBytes;
  }
  return { data, indexes };
}

async function measure(
  { database, pacer }: CommandContext,
  prefix: Buffer,
): Promise<{ keyBytes: number; valueBytes: number }> {
  const total = { keyBytes: 0, valueBytes: 0 };
  let rest = spanOf(prefix);
  for (;;) {
    const { rows, keyBytes, valueBytes, last } = database.store.measure(rest, ROWS_AT_ONCE);
    total.keyBytes += keyBytes;
    total.valueBytes += valueBytes;
    if (!last || rows < ROWS_AT_ONCE) return total;
    rest = spanAfter(rest, last, false);
    await pacer.pause();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function scaleOf({ command, name }: CommandContext): number {
  const scale = numberOr(command.scale, 1, `${name}.scale`);
  if (scale < 1)
    throw new CommandError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`);
  return Math.floor(scale);
}

export const collectionStatsCommand: Command = {
  names: ['collStats', 'collstats'],
  fields: ['scale'],
  async run(context) {
    const scaleFactor = scaleOf(context);
    const scaled = (bytes: number) => Math.floor(bytes / scaleFactor);
    const ns = namespaceOf(context);
    const collection = context.database.catalog.find(ns);
    const count = collection?.count ?? 0;
    const { data, indexes } = collection
      ? await sizesOf(context, collection)
      : { data: 0, indexes: {} };
    const indexBytes = sum(Object.values(indexes));
    return {
      ns,
      size: scaled(data),
      count,
      ...(count > 0 && { avgObjSize: Math.floor(data / count) }),
      numOrphanDocs: 0,
      storageSize: scaled(data),
      nindexes: Object.keys(indexes).length,
      totalIndexSize: scaled(indexBytes),
      totalSize: scaled(data + indexBytes),
      indexSizes: Object.fromEntries(
        Object.entries(indexes).map(([name, bytes]) => [name, scaled(bytes)]),
      ),
      scaleFactor,
      ok: 1,
    };
  },
};

async function databaseSizes(
  context: CommandContext,
  name: string,
): Promise<{ data: number; index: number }> {
  const total = { data: 0, index: 0 };
  for (const collection of context.database.catalog.inDatabase(name)) {
    const { data, indexes } = await sizesOf(context, collection);
    total.data += data;
    total.index += sum(Object.values(indexes));
  }
  return total;
}

export const databaseStatsCommand: Command = {
  names: ['dbStats', 'dbstats'],
  fields: ['scale', 'freeStorage'],
  async run(context) {
    const { command, database, databaseName } = context;
    const scaleFactor = scaleOf(context);
    const scaled = (bytes: number) => Math.floor(bytes / scaleFactor);
    const collections = database.catalog.inDatabase(databaseName);
    const objects = sum(collections.map(({ count }) => count));
    const { data, index } = await databaseSizes(context, databaseName);
    return {
      db: databaseName,
      collections: collections.length,
      views: 0,
      objects,
      avgObjSize: objects === 0 ? 0 : data / objects,
      dataSize: scaled(data),
      storageSize: scaled(data),
      indexes: sum(collections.map(({ indexes }) => indexes.length)),
      indexSize: scaled(index),
      totalSize: scaled(data + index),
      // The pages that hold nothing belong to the file, which all databases share.
      ...(numberOr(command.freeStorage, 0, `${context.name}.freeStorage`) > 0 && {
        totalFreeStorageSize: scaled(database.store.fileSizes().free),
      }),
      scaleFactor,
      ok: 1,
    };
  },
};

export const listDatabasesCommand: Command = {
  names: ['listDatabases'],
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  async run(context) {
    const { command, database } = context;
    const matches = compileFilter(documentOr(command.filter, {}, 'listDatabases.filter'));
    const names = new Set(database.catalog.all().map((collection) => collection.database));
    const databases: Document[] = [];
    let totalSize = 0;
    for (const name of [...names].sort()) {
      if (command.nameOnly === true) databases.push({ name });
      else {
        const { data, index } = await databaseSizes(context, name);
        databases.push({ name, sizeOnDisk: data + index, empty: false });
        totalSize += data + index;
      }
    }
    const listed = databases.filter((described) => matches(described));
    if (command.nameOnly === true) return { databases: listed, ok: 1 };
    return { databases: listed, totalSize, totalSizeMb: Math.floor(totalSize / 1_048_576), ok: 1 };
  },
};
