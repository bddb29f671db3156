import { CommandError, notSupported } from '../errors.ts';
import { inOneBatch } from '../aggregate/select.ts';
import { compileFilter } from '../query/matcher.ts';
import type { Collection, Index } from '../storage/collection.ts';
import type { Database } from '../database.ts';
import { indexDocument, type Target } from '../storage/documents.ts';
import { spanOf, type Span } from '../storage/view.ts';
import { decodeDocument } from '../values/decode.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { mustExist } from './collections.ts';
import {
  collectionOf,
  documentOr,
  documentsOf,
  namespaceOf,
  numberOr,
  refuseUnknownFields,
  type Command,
  type CommandContext,
} from './context.ts';
import { encoded } from './cursors.ts';

const SPEC_FIELDS = new Set([
  'key',
  'name',
  'unique',
  'sparse',
  'expireAfterSeconds',
  'partialFilterExpression',
  'hidden',
  'collation',
  'background',
  'v',
  'ns',
]);
/** How many documents an index build enters between two turns of others. */
const BUILD_CHUNK = 200;

export const createIndexesCommand: Command = {
  names: ['createIndexes'],
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  async run(context) {
    const { command, database } = context;
    const specs = documentsOf(command.indexes, 'createIndexes.indexes').map(checkedSpec);
    const namespace = namespaceOf(context);
    const isNew = database.catalog.find(namespace) === undefined;
    const collection = await database.catalog.ensure(namespace);
    const numIndexesBefore = collection.indexes.length;
    for (const spec of specs) await ensureIndex(context, collection, spec);
    const numIndexesAfter = collection.indexes.length;
    return {
      numIndexesBefore,
      numIndexesAfter,
      createdCollectionAutomatically: isNew,
      ...(numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {}),
      ok: 1,
    };
  },
};

/** The spec as it is kept, without what is off. Throws 67, 197 and others for what cannot be. */
function checkedSpec(asked: Document): Document {
  refuseUnknownFields(asked, SPEC_FIELDS, 'createIndexes.indexes');
  const key = checkedKey(asked.key);
  const name =
    asked.name ??
    Object.entries(key)
      .map(([path, way]) => `${path}_${String(way)}`)
      .join('_');
  const { unique, sparse, expireAfterSeconds, partialFilterExpression: partial, hidden } = asked;
  if (sparse === true && partial !== undefined)
    throw new CommandError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
  if (isDocument(asked.collation) && asked.collation.locale !== 'simple')
    throw notSupported('An index with a collation');
  if (partial !== undefined) compileFilter(partial);
  if (expireAfterSeconds !== undefined) checkExpiry(expireAfterSeconds, key);
  return {
    v: 2,
    key,
    name,
    ...(isOn(unique) && name !== '_id_' ? { unique: true } : {}),
    ...(isOn(sparse) ? { sparse: true } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    ...(partial === undefined ? {} : { partialFilterExpression: partial }),
    ...(isOn(hidden) ? { hidden: true } : {}),
  };
}

function isOn(value: unknown): boolean {
  return value === true || (isNumeric(value) && toNumber(value) !== 0);
}

function checkedKey(key: unknown): Document {
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw new CommandError(67, 'Index keys cannot be empty.');
  for (const [path, way] of Object.entries(key)) {
    if (typeof way === 'string') throw notSupported(`A ${way} index`);
    if (path.includes('$**')) throw notSupported('A wildcard index');
    if (path === '' || path.split('.').includes('') || path.startsWith('$'))
      throw new CommandError(67, `Index key '${path}' is not a valid field path`);
    if (!isNumeric(way) || toNumber(way) === 0)
      throw new CommandError(67, 'Values in the index key pattern must be numbers other than 0');
  }
  return key;
}

function checkExpiry(seconds: unknown, key: Document): void {
  if (!isNumeric(seconds) || toNumber(seconds) < 0)
    throw new CommandError(
      67,
      "TTL index 'expireAfterSeconds' option must be a number of at least 0",
    );
  if (Object.keys(key).length > 1)
    throw new CommandError(
      67,
      'TTL indexes are single-field indexes, compound indexes do not support TTL',
    );
  if ('_id' in key)
    throw new CommandError(67, "The field 'expireAfterSeconds' is not valid for an _id index");
}

/** False when the index is there already. Throws 85 and 86 when another one is in the way. */
function isWanted(collection: Collection, spec: Document): boolean {
  const sameName = collection.indexes.find(({ name }) => name === spec.name);
  const sameKey = collection.indexes.find((index) => signature(index.spec) === signature(spec));
  if (equalityKey(spec.key) === equalityKey({ _id: 1 })) return false;
  if (sameName && sameName !== sameKey)
    throw new CommandError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(sameName.spec)}`,
    );
  if (!sameKey) return true;
  if (!sameName)
    throw new CommandError(85, `Index already exists with a different name: ${sameKey.name}`);
  if (equalityKey(spec.expireAfterSeconds) !== equalityKey(sameKey.spec.expireAfterSeconds))
    throw new CommandError(
      85,
      `An equivalent index already exists with the same name but different options. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(sameKey.spec)}`,
    );
  return false;
}

/** What makes two indexes different ones. */
function signature({ key, unique, sparse, partialFilterExpression }: Document): string {
  return equalityKey([key, unique ?? null, sparse ?? null, partialFilterExpression ?? null]);
}

/** Who asks for an index that is being built waits for it. */
const builds = new WeakMap<Index, Promise<void>>();

/** Throws 11000, and 276 when the index or its collection is dropped before it is built. */
async function ensureIndex(
  { database }: CommandContext,
  collection: Collection,
  spec: Document,
): Promise<void> {
  const index = await database.write(() => {
    if (collection.isDropped) throw buildAborted(spec);
    return isWanted(collection, spec)
      ? database.catalog.addIndex(collection, spec, true)
      : collection.indexes.find(({ name }) => name === spec.name);
  });
  if (!index) return;
  if (index.isBuilding && !builds.has(index))
    builds.set(index, buildIndex(database, collection, index));
  await builds.get(index);
}

/** Builds in portions: writes go on beside it and keep the new index themselves. */
async function buildIndex(database: Database, collection: Collection, index: Index): Promise<void> {
  const { catalog } = database;
  const inUnit = <T>(work: (target: Target) => T): Promise<T> =>
    database.write((target) => {
      if (collection.isDropped || !collection.indexes.includes(index))
        throw buildAborted(index.spec);
      return work(target);
    });
  try {
    for (let span: Span | undefined = spanOf(collection.prefix); span;)
      span = await inUnit((target) => {
        if (!span) return undefined;
        const { rows, rest } = target.view.scan(span, { reverse: false, limit: BUILD_CHUNK });
        for (const { key, value } of rows)
          indexDocument(target, collection, index, key, decodeDocument(value));
        return rest;
      });
    await inUnit(() => {
      catalog.finishIndex(collection, index);
    });
  } catch (error) {
    await database
      .write(() => {
        if (!collection.isDropped) catalog.removeIndex(collection, index);
      })
      .catch(() => {
        catalog.abandonIndex(collection, index);
      });
    throw error;
  }
}

function buildAborted({ name }: Document): CommandError {
  return new CommandError(
    276,
    `Index build failed: the index ${String(name)} or its collection was dropped`,
  );
}

export const listIndexesCommand: Command = {
  names: ['listIndexes'],
  fields: ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo'],
  run(context) {
    const namespace = namespaceOf(context);
    const { indexes } = mustExist(collectionOf(context), namespace);
    const specs = indexes.filter(({ isBuilding }) => !isBuilding).map(({ spec }) => spec);
    return context.database.cursors.start(namespace, encoded(inOneBatch(specs)), context.pacer, {
      batchSize: Infinity,
    });
  },
};

export const dropIndexesCommand: Command = {
  names: ['dropIndexes', 'deleteIndexes'],
  fields: ['index'],
  async run(context) {
    const { command, database } = context;
    const selectors: unknown[] = Array.isArray(command.index) ? command.index : [command.index];
    return database.write(() => {
      const collection = mustExist(collectionOf(context), namespaceOf(context));
      const nIndexesWas = collection.indexes.length;
      const selected =
        command.index === '*'
          ? collection.indexes.filter(({ isPrimary }) => !isPrimary)
          : selectors.map((selector) => selectIndex(collection, selector));
      for (const index of selected) database.catalog.removeIndex(collection, index);
      return { nIndexesWas, ok: 1 };
    });
  },
};

function selectIndex(collection: Collection, selector: unknown): Index {
  const index = collection.indexes.find(({ name, key }) =>
    typeof selector === 'string' ? name === selector : equalityKey(key) === equalityKey(selector),
  );
  if (!index)
    throw new CommandError(
      27,
      typeof selector === 'string'
        ? `index not found with name [${selector}]`
        : `can't find index with key: ${JSON.stringify(selector)}`,
    );
  if (index.isPrimary) throw new CommandError(72, 'cannot drop _id index');
  return index;
}

export const collModCommand: Command = {
  names: ['collMod'],
  fields: ['index'],
  async run(context) {
    const { command, database } = context;
    mustExist(collectionOf(context), namespaceOf(context));
    if (command.index === undefined) return { ok: 1 };
    const change = documentOr(command.index, {}, 'collMod.index');
    refuseUnknownFields(
      change,
      new Set(['name', 'keyPattern', 'expireAfterSeconds', 'hidden']),
      'collMod.index',
    );
    return database.write(() => {
      const collection = mustExist(collectionOf(context), namespaceOf(context));
      const index = selectIndex(collection, change.name ?? change.keyPattern);
      const reply: Document = {};
      if (change.expireAfterSeconds !== undefined) {
        const seconds = numberOr(change.expireAfterSeconds, 0, 'collMod.index.expireAfterSeconds');
        checkExpiry(seconds, index.key);
        reply.expireAfterSeconds_old = index.spec.expireAfterSeconds;
        reply.expireAfterSeconds_new = seconds;
        database.catalog.changeIndex(collection, index, { expireAfterSeconds: seconds });
      }
      if (change.hidden !== undefined) {
        reply.hidden_old = index.spec.hidden === true;
        reply.hidden_new = isOn(change.hidden);
        database.catalog.changeIndex(collection, index, { hidden: isOn(change.hidden) });
      }
      return { ...reply, ok: 1 };
    });
  },
};
