import { setTimeout as wait } from 'node:timers/promises';
import { MongoNetworkError, MongoParseError, type CommandFailedEvent } from 'mongodb';
import mongoose from 'mongoose';
import { config } from '../../config/index.ts';
import { repairDriver } from './driver-repair.ts';
import { engineUri, startEngine, type Engine } from './engine/start.ts';
import { InstallationUnusable } from './installation-unusable.ts';

repairDriver();
mongoose.set('transactionAsyncLocalStorage', true);
// Indexes and collections are made by `prepareInstallation`, and not by whichever query comes first.
mongoose.set('autoIndex', false);
mongoose.set('autoCreate', false);
mongoose.set('strictQuery', 'throw');

let engine: Engine | undefined;

/** Where the embedded engine stores. */
const engineFolder = () => `${config.dataDir}/database`;

/** The address of the database: the given deployment, else the embedded engine's socket. */
export function databaseUri(): string {
  return config.mongodbUri ?? engineUri(engineFolder());
}

/** How long a process that is just ending may keep the folder. */
const PATIENCE_MS = 3_000;

/**
 * Starts the embedded engine unless a deployment is configured. Only the web process and tools call it. It
 * does not share the engine of another process, with which its own database would end.
 * @throws InstallationUnusable naming the folder when another process owns it, or it cannot be used.
 */
export async function ownEngine(patience = PATIENCE_MS): Promise<void> {
  if (config.mongodbUri !== null) return;
  const folder = engineFolder();
  const begunAt = Date.now();
  while (!engine) {
    const started = await startEngine({ folder }).catch((error: unknown) => {
      throw new InstallationUnusable(error instanceof Error ? error.message : String(error));
    });
    if (started.isOwner) {
      engine = started;
    } else if (Date.now() - begunAt >= patience) {
      throw new InstallationUnusable(
        `The database folder ${folder} is already open in process ${started.pid}. Stop that process, or use another folder.`,
      );
    } else {
      await wait(100);
    }
  }
}

const namesDatabase = (uri: string) => /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]/u.test(uri);

/**
 * Settings of every connection, Agenda's too. Each is named as an address would name it, for only so
 * it wins over one given there: `?w=1` or `?readConcernLevel=local` would quietly weaken promises.
 */
const SETTINGS = {
  w: 'majority',
  journal: true,
  readConcernLevel: 'majority',
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  // A replica set elects a new primary within about twelve seconds: what is asked meanwhile waits for it.
  serverSelectionTimeoutMS: 15_000,
  // A primary that says nothing any more is given up after about as long.
  connectTimeoutMS: 10_000,
  heartbeatFrequencyMS: 2_000,
  // A majority that does not come is said, instead of waited for without end.
  wtimeoutMS: 15_000,
  // For `retryAll`.
  monitorCommands: true,
} as const;

/**
 * Of the commands that the loss of a server cuts off, the driver (7.8) marks only the first one as
 * retryable: by the next one it has forgotten the server, and with it that it can retry writes.
 */
function retryAll({ failure }: CommandFailedEvent): void {
  if (failure instanceof MongoNetworkError) failure.addErrorLabel('RetryableWriteError');
}

/**
 * Connects Mongoose: a write is acknowledged once a majority has it on disk, and retried once by the
 * driver. @throws InstallationUnusable for an address that the driver cannot read.
 */
export async function connectDatabase(uri = databaseUri()): Promise<void> {
  try {
    await mongoose.connect(uri, {
      ...(!namesDatabase(uri) && { dbName: 'habeas' }),
      ...SETTINGS,
    });
    mongoose.connection.getClient().on('commandFailed', retryAll);
  } catch (error) {
    if (!(error instanceof MongoParseError)) throw error;
    throw new InstallationUnusable(`MONGODB_URI is not usable: ${error.message}.`);
  }
}

/** @throws InstallationUnusable for a deployment without transactions: a single server outside a replica set. */
export async function refuseStandalone(): Promise<void> {
  const { setName, msg } = (await mongoose.connection.db?.command({ hello: 1 })) ?? {};
  if (setName !== undefined || msg === 'isdbgrid') return;
  throw new InstallationUnusable(
    'MONGODB_URI is not usable: this server is not part of a replica set, which transactions need; start mongod with --replSet, call rs.initiate() once, and add ?replicaSet=… to the URI.',
  );
}

/** True while the database answers. */
export async function databaseAnswers(): Promise<boolean> {
  try {
    await mongoose.connection.db?.admin().ping({ timeoutMS: 2_000 });
    return mongoose.connection.readyState === mongoose.ConnectionStates.connected;
  } catch {
    return false;
  }
}

export async function closeDatabase(): Promise<void> {
  await mongoose.disconnect();
  await engine?.close();
  engine = undefined;
}
