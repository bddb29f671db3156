import { CommandError, notSupported } from '../errors.ts';
import { inOneBatch } from '../query/batches.ts';
import { compileFilter } from '../query/matcher.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import {
  documentOr,
  namespaceIn,
  namespaceOf,
  numberOr,
  startCursor,
  type Command,
} from './context.ts';
import { encoded } from './cursors.ts';

/** Known options of `create` that change what a collection is; none may be accepted and ignored. */
const REFUSED_OPTIONS = [
  'capped',
  'size',
  'max',
  'timeseries',
  'viewOn',
  'pipeline',
  'validator',
  'collation',
  'clusteredIndex',
  'expireAfterSeconds',
  'changeStreamPreAndPostImages',
  'encryptedFields',
  'storageEngine',
  'indexOptionDefaults',
] as const;

export const createCommand: Command = {
  names: ['create'],
  fields: [...REFUSED_OPTIONS, 'autoIndexId', 'idIndex', 'validationLevel', 'validationAction'],
  inTransaction: true,
  async run(context) {
    const { command, database, transaction } = context;
    const refused = REFUSED_OPTIONS.find((option) => asksForSomething(command[option]));
    if (refused) throw notSupported(`A collection with '${refused}'`);
    const namespace = namespaceOf(context);
    if (transaction) transaction.create(namespace);
    else await database.catalog.ensure(namespace);
    return { ok: 1 };
  },
};

/** An option that is absent, off or empty asks for nothing; so does the simple collation. */
function asksForSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (!isDocument(value)) return true;
  return Object.keys(value).length > 0 && value.locale !== 'simple';
}

export const dropCommand: Command = {
  names: ['drop'],
  fields: [],
  async run(context) {
    const { database } = context;
    const ns = namespaceOf(context);
    return database.write(() => {
      const collection = database.catalog.find(ns);
      if (!collection) return { ok: 1 };
      const nIndexesWas = collection.indexes.length;
      database.catalog.drop(collection);
      return { nIndexesWas, ns, ok: 1 };
    });
  },
};

export const dropDatabaseCommand: Command = {
  names: ['dropDatabase'],
  fields: [],
  async run({ database, databaseName }) {
    return database.write(() => {
      for (const collection of database.catalog.inDatabase(databaseName))
        database.catalog.drop(collection);
      return { dropped: databaseName, ok: 1 };
    });
  },
};

export const renameCollectionCommand: Command = {
  names: ['renameCollection'],
  fields: ['to', 'dropTarget'],
  async run({ command, database, databaseName }) {
    if (databaseName !== 'admin')
      throw new CommandError(13, 'renameCollection may only be run against the admin database.');
    const from = checkedNamespace(command.renameCollection);
    const to = checkedNamespace(command.to);
    return database.write(() => {
      const { catalog } = database;
      const collection = catalog.find(from);
      const target = catalog.find(to);
      if (!collection) throw new CommandError(26, `Source collection ${from} does not exist`);
      if (from === to) throw new CommandError(20, "Can't rename a collection to itself");
      if (target && command.dropTarget !== true)
        throw new CommandError(48, 'target namespace exists');
      if (target) catalog.drop(target);
      catalog.rename(collection, to);
      return { ok: 1 };
    });
  },
};

/** A namespace that is given whole. Throws 73. */
function checkedNamespace(namespace: unknown): string {
  const [databaseName = '', ...collection] = String(namespace).split('.');
  return namespaceIn({ databaseName }, collection.join('.'));
}

export const listCollectionsCommand: Command = {
  names: ['listCollections'],
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run(context) {
    const { command, database, databaseName } = context;
    const matches = compileFilter(documentOr(command.filter, {}, 'listCollections.filter'));
    const listed = database.catalog
      .inDatabase(databaseName)
      .map(({ name, uuid }): Document => ({
        name,
        type: 'collection',
        options: {},
        info: { readOnly: false, uuid },
        idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
      }))
      .filter((collection) => matches(collection))
      .map((collection) =>
        command.nameOnly === true ? { name: collection.name, type: collection.type } : collection,
      );
    const namespace = `${databaseName}.$cmd.listCollections`;
    return startCursor(context, namespace, encoded(inOneBatch(listed)), {
      batchSize: batchSizeOf(command),
    });
  },
};

/** How many entries of a list the first reply may hold. */
export function batchSizeOf(command: Document): number {
  const { batchSize } = documentOr(command.cursor, {}, 'cursor');
  return numberOr(batchSize, Infinity, 'cursor.batchSize');
}

/** Throws 26. */
export function mustExist<T>(found: T | undefined, namespace: string): T {
  if (found === undefined) throw new CommandError(26, `ns does not exist: ${namespace}`);
  return found;
}
