import { CommandError, notSupported } from '../errors.ts';
import { inOneBatch } from '../query/batches.ts';
import { checkPartialFilter } from '../query/implication.ts';
import { compileFilter } from '../query/matcher.ts';
import type { Collection, Index } from '../storage/collection.ts';
import { indexDocument, type Target } from '../storage/documents.ts';
import { spanOf, type Span } from '../storage/view.ts';
import { decodeDocument } from '../values/decode.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { batchSizeOf, mustExist } from './collections.ts';
import {
  collectionOf,
  documentOr,
  documentsOf,
  namespaceOf,
  numberOr,
  refuseUnknownFields,
  startCursor,
  type Command,
  type CommandContext,
} from './context.ts';
import { encoded } from './cursors.ts';
import type { Transaction } from './sessions.ts';

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
const UNSUPPORTED_KINDS = new Set(['text', '2d', '2dsphere', 'hashed', 'geoHaystack']);
/** How many documents an index build enters between two turns of others. */
const BUILD_CHUNK = 200;

export const createIndexesCommand: Command = {
  names: ['createIndexes'],
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  inTransaction: true,
  async run(context) {
    const { command, database, transaction } = context;
    const specs = documentsOf(command.indexes, 'createIndexes.indexes').map(checkedSpec);
    const namespace = namespaceOf(context);
    const existing = collectionOf(context);
    const isNew = existing === undefined;
    const collection =
      existing ?? transaction?.create(namespace) ?? (await database.catalog.ensure(namespace));
    const build = async () => {
      const numIndexesBefore = collection.indexes.length;
      if (transaction) addIndexesIn(transaction, collection, specs);
      else await buildIndexes(context, specs);
      const numIndexesAfter = collection.indexes.length;
      return {
        numIndexesBefore,
        numIndexesAfter,
        createdCollectionAutomatically: isNew,
        ...(numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {}),
        ok: 1,
      };
    };
    return transaction ? build() : inTurn(collection, build);
  },
};

const lastBuilds = new WeakMap<Collection, Promise<unknown>>();

/** One build at a time: who asks for an index that is being built has to wait for it. */
function inTurn<T>(collection: Collection, build: () => Promise<T>): Promise<T> {
  const turn = Promise.allSettled([lastBuilds.get(collection)]).then(build);
  lastBuilds.set(collection, turn);
  return turn;
}

/** The spec as it is kept, without what is off. Throws 67, 197 and others for what cannot be. */
function checkedSpec(asked: Document): Document {
  const key = checkedKey(asked.key);
  const unknown = Object.keys(asked).find((name) => !SPEC_FIELDS.has(name));
  if (unknown !== undefined)
    throw new CommandError(
      197,
      `The field '${unknown}' is not valid for an index specification. Specification: ${JSON.stringify(asked)}`,
    );
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
  if (partial !== undefined) {
    compileFilter(partial);
    checkPartialFilter(partial as Document);
  }
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
    if (typeof way === 'string')
      throw UNSUPPORTED_KINDS.has(way)
        ? notSupported(`A ${way} index`)
        : new CommandError(67, `Unknown index plugin '${way}'`);
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

/** Nothing is built: the collection is the transaction's own and has to be empty. Throws 263. */
function addIndexesIn(transaction: Transaction, collection: Collection, specs: Document[]): void {
  const isOwn = transaction.created.get(collection.namespace) === collection;
  const isEmpty = transaction.view.count(spanOf(collection.prefix), 1).count === 0;
  for (const spec of specs)
    if (isWanted(collection, spec)) {
      if (!isOwn || !isEmpty)
        throw new CommandError(
          263,
          `Cannot create new indexes on ${isOwn ? 'non-empty' : 'existing'} collection ${collection.namespace} in a multi-document transaction.`,
        );
      collection.indexes.push(transaction.catalog.prepareIndex(collection, spec));
    }
}

/**
 * Builds all or none, in portions: writes go on beside it and keep the new indexes themselves.
 * Throws 85 and 86 when another index is in the way, 11000 for duplicates, 276 when an index or the
 * collection is dropped meanwhile.
 */
async function buildIndexes(context: CommandContext, specs: Document[]): Promise<void> {
  const { database } = context;
  const { catalog } = database;
  const namespace = namespaceOf(context);
  const { collection, added } = await database.write(() => {
    const current = catalog.find(namespace) ?? catalog.create(namespace);
    const indexes = specs.flatMap((spec) =>
      isWanted(current, spec) ? [catalog.addIndex(current, spec, true)] : [],
    );
    return { collection: current, added: indexes };
  });
  const inUnit = <T>(work: (target: Target) => T): Promise<T> =>
    database.write((target) => {
      const lost = added.find((index) => !collection.indexes.includes(index));
      if (collection.isDropped || lost) throw buildAborted(lost ?? added[0]);
      return work(target);
    });
  try {
    if (added.length > 0) await enterRecords(inUnit, collection, added);
  } catch (error) {
    await database
      .write(() => {
        if (!collection.isDropped)
          for (const index of added) catalog.removeIndex(collection, index);
      })
      .catch(() => {
        for (const index of added) catalog.abandonIndex(collection, index);
      });
    throw error;
  }
}

async function enterRecords(
  inUnit: <T>(work: (target: Target) => T) => Promise<T>,
  collection: Collection,
  indexes: Index[],
): Promise<void> {
  for (let span: Span | undefined = spanOf(collection.prefix); span;)
    span = await inUnit((target) => {
      if (!span) return undefined;
      const { rows, rest } = target.view.scan(span, { reverse: false, limit: BUILD_CHUNK });
      for (const { key, value } of rows) {
        const document = decodeDocument(value);
        for (const index of indexes) indexDocument(target, collection, index, key, document);
      }
      return rest;
    });
  await inUnit(({ catalog }) => {
    for (const index of indexes) catalog.finishIndex(collection, index);
  });
}

function buildAborted(index: Index | undefined): CommandError {
  return new CommandError(
    276,
    `Index build failed: the index ${index?.name ?? ''} or its collection was dropped`,
  );
}

export const listIndexesCommand: Command = {
  names: ['listIndexes'],
  fields: ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo'],
  run(context) {
    const namespace = namespaceOf(context);
    const { indexes } = mustExist(collectionOf(context), namespace);
    const specs = indexes.filter(({ isBuilding }) => !isBuilding).map(({ spec }) => spec);
    return startCursor(context, namespace, encoded(inOneBatch(specs)), {
      batchSize: batchSizeOf(context.command),
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
