import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import mongoose from 'mongoose';
import { config } from '../../config/index.ts';
import { engineUri, startEngine, type Engine } from './engine/start.ts';
import { InstallationUnusable } from './installation.ts';

mongoose.set('transactionAsyncLocalStorage', true);
// Indexes and collections are made by `migrate`, once, and not by whichever process comes first.
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
 * Starts the embedded engine unless a deployment is configured. Only the web process and tools call it.
 * @throws InstallationUnusable naming the folder when another process owns it, or it cannot be used.
 */
export async function ownEngine(patience = PATIENCE_MS): Promise<void> {
  if (config.mongodbUri !== null) return;
  mkdirSync(engineFolder(), { recursive: true, mode: 0o700 });
  const begunAt = Date.now();
  while (!engine) {
    try {
      engine = await startEngine({ folder: engineFolder() });
    } catch (error) {
      if (Date.now() - begunAt >= patience) throw new InstallationUnusable(messageOf(error));
      await wait(100);
    }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const namesDatabase = (uri: string) => /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]/u.test(uri);

/** Connects Mongoose. Writes are acknowledged by a majority and retried once by the driver. */
export async function connectDatabase(uri = databaseUri()): Promise<void> {
  await mongoose.connect(uri, {
    ...(!namesDatabase(uri) && { dbName: 'habeas' }),
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    retryWrites: true,
    retryReads: true,
    serverSelectionTimeoutMS: 5_000,
  });
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
