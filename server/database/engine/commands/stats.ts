import { CommandError, notSupported } from '../errors.ts';
import { compileFilter } from '../query/matcher.ts';
import type { Collection } from '../storage/collection.ts';
import { spanAfter, spanOf } from '../storage/view.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { mustExist } from './collections.ts';
import { documentOr, namespaceIn, numberOr, type Command, type CommandContext } from './context.ts';

/** How many rows are measured between two turns of others: about 2 ms. */
const CHUNK = 5000;

interface Sizes {
  count: number;
  /** Bytes of the documents. */
  size: number;
  /** Bytes by index; that of `_id` has the records' keys only. */
  indexSizes: ReadonlyMap<string, number>;
  indexSize: number;
}

/** Goes over every row, with pauses: nobody keeps these numbers, as only people ask for them. */
async function sizesOf(context: CommandContext, collection: Collection): Promise<Sizes> {
  const records = await measure(context, collection.prefix);
  const indexSizes = new Map<string, number>();
  for (const { isPrimary, name, prefix } of collection.indexes) {
    const { keys, values } = isPrimary ? { ...records, values: 0 } : await measure(context, prefix);
    indexSizes.set(name, keys + values);
  }
  const indexSize = sum([...indexSizes.values()]);
  return { count: collection.count, size: records.values, indexSizes, indexSize };
}

async function measure(
  { database, pacer }: CommandContext,
  prefix: Buffer,
): Promise<{ keys: number; values: number }> {
  const total = { keys: 0, values: 0 };
  let rest = spanOf(prefix);
  for (let isDone = false; !isDone;) {
    const { rows, keyBytes, valueBytes, last } = database.store.measure(rest, CHUNK);
    total.keys += keyBytes;
    total.values += valueBytes;
    if (last) rest = spanAfter(rest, last, false);
    isDone = rows < CHUNK;
    await pacer.pause();
  }
  return total;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The fields that a collection's and a database's statistics have in common. */
function sizeFields(
  { count, size, indexSize }: Omit<Sizes, 'indexSizes'>,
  scale: number,
): Document {
  const scaled = (bytes: number) => Math.floor(bytes / scale);
  return {
    ...(count > 0 ? { avgObjSize: Math.round(size / count) } : {}),
    storageSize: scaled(size),
    totalSize: scaled(size + indexSize),
    scaleFactor: scale,
  };
}

function scaleOf({ scale }: Document): number {
  return Math.max(1, Math.floor(numberOr(scale, 1, 'scale')));
}

async function storageStats(
  context: CommandContext,
  collection: Collection,
  scale: number,
): Promise<Document> {
  const sizes = await sizesOf(context, collection);
  const scaled = (bytes: number) => Math.floor(bytes / scale);
  return {
    size: scaled(sizes.size),
    count: sizes.count,
    capped: false,
    nindexes: collection.indexes.length,
    indexBuilds: collection.indexes.filter(({ isBuilding }) => isBuilding).map(({ name }) => name),
    totalIndexSize: scaled(sizes.indexSize),
    indexSizes: Object.fromEntries(
      [...sizes.indexSizes].map(([name, bytes]) => [name, scaled(bytes)]),
    ),
    ...sizeFields(sizes, scale),
  };
}

export const statsCommand: Command = {
  names: ['collStats', 'collstats'],
  fields: ['scale'],
  async run(context) {
    const { command, database, name } = context;
    const ns = namespaceIn(context, command[name]);
    const collection = database.catalog.find(ns);
    if (!collection) return { ns, size: 0, count: 0, storageSize: 0, nindexes: 0, ok: 1 };
    return { ns, ...(await storageStats(context, collection, scaleOf(command))), ok: 1 };
  },
};

/** What the $collStats stage gives. Throws 26. */
export async function collectionStats(
  context: CommandContext,
  namespace: string,
  spec: unknown,
): Promise<Document> {
  const asked = documentOr(spec, {}, '$collStats');
  const other = Object.keys(asked).find((name) => name !== 'count' && name !== 'storageStats');
  if (other !== undefined) throw notSupported(`$collStats with '${other}'`);
  const collection = mustExist(context.database.catalog.find(namespace), namespace);
  const { count, storageStats: options } = asked;
  return {
    ns: namespace,
    host: context.connection.address,
    localTime: new Date(),
    ...(isDocument(options)
      ? { storageStats: await storageStats(context, collection, scaleOf(options)) }
      : {}),
    ...(count === undefined ? {} : { count: collection.count }),
  };
}

async function databaseSizes(context: CommandContext, name: string): Promise<Sizes[]> {
  const all: Sizes[] = [];
  for (const collection of context.database.catalog.inDatabase(name))
    all.push(await sizesOf(context, collection));
  return all;
}

export const databaseStatsCommand: Command = {
  names: ['dbStats', 'dbstats'],
  fields: ['scale', 'freeStorage'],
  async run(context) {
    const { command, database, databaseName } = context;
    const scale = scaleOf(command);
    const isFreeAsked = numberOr(command.freeStorage, 0, 'freeStorage') > 0;
    const all = await databaseSizes(context, databaseName);
    const count = sum(all.map((sizes) => sizes.count));
    const size = sum(all.map((sizes) => sizes.size));
    const indexSize = sum(all.map((sizes) => sizes.indexSize));
    return {
      db: databaseName,
      collections: all.length,
      views: 0,
      objects: count,
      dataSize: Math.floor(size / scale),
      indexes: sum(all.map(({ indexSizes }) => indexSizes.size)),
      indexSize: Math.floor(indexSize / scale),
      ...sizeFields({ count, size, indexSize }, scale),
      // Pages that hold nothing belong to the file, which all databases share.
      ...(isFreeAsked
        ? { totalFreeStorageSize: Math.floor(database.store.fileSizes().free / scale) }
        : {}),
      ok: 1,
    };
  },
};

export const listDatabasesCommand: Command = {
  names: ['listDatabases'],
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  async run(context) {
    const { command, database, databaseName } = context;
    if (databaseName !== 'admin')
      throw new CommandError(13, 'listDatabases may only be run against the admin database.');
    const matches = compileFilter(documentOr(command.filter, {}, 'listDatabases.filter'));
    const names = new Set(database.catalog.all().map((collection) => collection.database));
    const listed: Document[] = [];
    for (const name of [...names].sort()) {
      if (command.nameOnly === true) listed.push({ name });
      else {
        const all = await databaseSizes(context, name);
        const sizeOnDisk = sum(all.map(({ size, indexSize }) => size + indexSize));
        listed.push({ name, sizeOnDisk, empty: false });
      }
    }
    const databases = listed.filter((one) => matches(one));
    if (command.nameOnly === true) return { databases, ok: 1 };
    const totalSize = sum(databases.map(({ sizeOnDisk }) => Number(sizeOnDisk)));
    return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1_048_576), ok: 1 };
  },
};
