import {
  AbstractCursor,
  ClientSession,
  Collection,
  Db,
  MongoClient,
  type AnyBulkWriteOperation,
  type Document,
  type RunCommandCursor,
} from 'mongodb';
import { optionsOf, type Entities } from './entities.ts';
import { TestFailure, type Operation } from './format.ts';
import { checkOperation } from './results.ts';
import { RUNNER_OPERATIONS } from './runner-operations.ts';

type OnEntity<T> = (entity: T, options: Document) => unknown;
type Table<T> = Readonly<Record<string, OnEntity<T>>>;

const COLLECTION_OPERATIONS: Table<Collection> = {
  aggregate: (collection, { pipeline, ...options }) =>
    collection.aggregate(pipeline as Document[], options).toArray(),
  bulkWrite: (collection, { requests, ...options }) =>
    collection.bulkWrite(requests as AnyBulkWriteOperation[], options),
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its tests are about this very method
  count: (collection, { filter, ...options }) => collection.count(filter as Document, options),
  countDocuments: (collection, { filter, ...options }) =>
    collection.countDocuments(filter as Document, options),
  createFindCursor: async (collection, { filter, ...options }) => {
    const cursor = collection.find(filter as Document, options);
    // The test wants the command sent now.
    await cursor.hasNext();
    return cursor;
  },
  createIndex: (collection, { keys, session, comment, maxTimeMS, ...index }) => {
    const command: Document = {
      session: session as unknown,
      comment: comment as unknown,
      maxTimeMS: maxTimeMS as unknown,
    };
    return collection.createIndex(keys as Record<string, 1>, index, command);
  },
  deleteMany: (collection, { filter, ...options }) =>
    collection.deleteMany(filter as Document, options),
  deleteOne: (collection, { filter, ...options }) =>
    collection.deleteOne(filter as Document, options),
  distinct: (collection, { fieldName, filter, ...options }) =>
    collection.distinct(String(fieldName), filter as Document, options),
  drop: (collection, options) => collection.drop(options),
  dropIndex: (collection, { name, ...options }) => collection.dropIndex(String(name), options),
  dropIndexes: (collection, options) => collection.dropIndexes(options),
  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),
  find: (collection, { filter, ...options }) =>
    collection.find(filter as Document, options).toArray(),
  findOne: (collection, { filter, ...options }) => collection.findOne(filter as Document, options),
  findOneAndDelete: (collection, { filter, ...options }) =>
    collection.findOneAndDelete(filter as Document, options),
  findOneAndReplace: (collection, { filter, replacement, ...options }) =>
    collection.findOneAndReplace(
      filter as Document,
      replacement as Document,
      withReturnDocument(options),
    ),
  findOneAndUpdate: (collection, { filter, update, ...options }) =>
    collection.findOneAndUpdate(
      filter as Document,
      update as Document,
      withReturnDocument(options),
    ),
  insertMany: (collection, { documents, ...options }) =>
    collection.insertMany(documents as Document[], options),
  insertOne: (collection, { document, ...options }) =>
    collection.insertOne(document as Document, options),
  listIndexes: (collection, options) => collection.listIndexes(options).toArray(),
  listIndexNames: async (collection, options) =>
    (await collection.listIndexes(options).toArray()).map(({ name }) => String(name)),
  rename: (collection, { to, ...options }) => collection.rename(String(to), options),
  replaceOne: (collection, { filter, replacement, ...options }) =>
    collection.replaceOne(filter as Document, replacement as Document, options),
  updateMany: (collection, { filter, update, ...options }) =>
    collection.updateMany(filter as Document, update as Document, options),
  updateOne: (collection, { filter, update, ...options }) =>
    collection.updateOne(filter as Document, update as Document, options),
};

const DATABASE_OPERATIONS: Table<Db> = {
  aggregate: (database, { pipeline, ...options }) =>
    database.aggregate(pipeline as Document[], options).toArray(),
  createCollection: (database, { collection, ...options }) =>
    database.createCollection(String(collection), options),
  createCommandCursor: async (database, { commandName: _, ...options }) => {
    const cursor = commandCursor(database, options);
    await cursor.hasNext();
    return cursor;
  },
  dropCollection: (database, { collection, ...options }) =>
    database.dropCollection(String(collection), options),
  listCollectionNames: async (database, { filter, ...options }) =>
    (
      await database.listCollections(filter as Document, { ...options, nameOnly: true }).toArray()
    ).map(({ name }) => name),
  listCollections: (database, { filter, ...options }) =>
    database.listCollections(filter as Document, options).toArray(),
  modifyCollection: (database, { collection, session, ...options }) =>
    database.command(
      { collMod: String(collection), ...options },
      { session: session as ClientSession },
    ),
  runCommand: (database, { commandName, command, ...options }) => {
    const document = command as Document;
    const name = String(commandName);
    // The command's name is its first field, whatever the order in the test.
    return database.command({ [name]: document[name] as unknown, ...document }, options);
  },
  runCursorCommand: (database, { commandName: _, ...options }) =>
    commandCursor(database, options).toArray(),
};

/** What a test gives beside the command is for the cursor's getMore. */
function commandCursor(
  database: Db,
  { command, batchSize, maxTimeMS, comment, ...options }: Document,
): RunCommandCursor {
  const cursor = database.runCursorCommand(command as Document, options);
  if (batchSize !== undefined) cursor.setBatchSize(Number(batchSize));
  if (maxTimeMS !== undefined) cursor.setMaxTimeMS(Number(maxTimeMS));
  if (comment !== undefined) cursor.setComment(comment);
  return cursor;
}

const CLIENT_OPERATIONS: Table<MongoClient> = {
  close: (client) => client.close(),
  listDatabaseNames: async (client, options) => {
    const { databases } = await client
      .db()
      .admin()
      .listDatabases({ ...options, nameOnly: true });
    return databases.map(({ name }) => name);
  },
  listDatabases: async (client, options) =>
    (await client.db().admin().listDatabases(options)).databases,
};

const SESSION_OPERATIONS: Table<ClientSession> = {
  abortTransaction: (session) => session.abortTransaction(),
  commitTransaction: (session) => session.commitTransaction(),
  endSession: (session) => session.endSession(),
  startTransaction: (session, options) => {
    session.startTransaction(options);
  },
};

const CURSOR_OPERATIONS: Table<AbstractCursor> = {
  close: (cursor) => cursor.close(),
  iterateOnce: (cursor) => cursor.tryNext(),
  iterateUntilDocumentOrError: (cursor) => cursor.next(),
};

/** Does what an operation says and checks it against what the test expects of it. */
export async function runOperation(operation: Operation, entities: Entities): Promise<void> {
  await checkOperation(operation, entities, () => perform(operation, entities));
}

async function perform(operation: Operation, entities: Entities): Promise<unknown> {
  const { name, object } = operation;
  const options = resolvedOptions(operation, entities);
  if (object === 'testRunner') {
    const run = RUNNER_OPERATIONS[name];
    if (!run) throw unknownOperation(operation);
    return run(options, entities);
  }
  const entity = entities.get(object);
  if (entity instanceof ClientSession && name === 'withTransaction')
    return runInTransaction(entity, options, entities);
  if (entity instanceof Collection)
    return byTable(COLLECTION_OPERATIONS, entity, operation, options);
  if (entity instanceof Db) return byTable(DATABASE_OPERATIONS, entity, operation, options);
  if (entity instanceof MongoClient) return byTable(CLIENT_OPERATIONS, entity, operation, options);
  if (entity instanceof ClientSession)
    return byTable(SESSION_OPERATIONS, entity, operation, options);
  if (entity instanceof AbstractCursor)
    return byTable(CURSOR_OPERATIONS, entity, operation, options);
  throw unknownOperation(operation);
}

function byTable<T>(table: Table<T>, entity: T, operation: Operation, options: Document): unknown {
  const run = table[operation.name];
  if (!run) throw unknownOperation(operation);
  return run(entity, options);
}

/** The callback's failures pass through to the driver, which may have to try again. */
async function runInTransaction(
  session: ClientSession,
  { callback, ...options }: Document,
  entities: Entities,
): Promise<unknown> {
  return session.withTransaction(async () => {
    for (const operation of callback as Operation[]) {
      let failure: Error | undefined;
      await checkOperation(operation, entities, async () => {
        try {
          return await perform(operation, entities);
        } catch (error) {
          failure = error as Error;
          throw error;
        }
      });
      if (failure) throw failure;
    }
  }, options);
}

function resolvedOptions(operation: Operation, entities: Entities): Document {
  const options = optionsOf(operation.arguments);
  if (typeof options.session === 'string')
    options.session = entities.getAs(options.session, ClientSession);
  return options;
}

function withReturnDocument({ returnDocument, ...options }: Document): Document {
  if (returnDocument === undefined) return options;
  return { ...options, returnDocument: String(returnDocument).toLowerCase() };
}

function unknownOperation({ name, object }: Operation): TestFailure {
  return new TestFailure(`The runner does not know the operation ${name} of ${object}`);
}
