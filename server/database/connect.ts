import { mkdirSync } from 'node:fs';
import mongoose from 'mongoose';
import { config } from '../../config/index.ts';
import { engineUri, startEngine, type Engine } from './engine/start.ts';

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

/**
 * Starts the embedded engine unless a deployment is configured. Only the web process calls it.
 * @throws Error naming the folder when another process owns it.
 */
export async function ownEngine(): Promise<void> {
  if (config.mongodbUri !== null) return;
  mkdirSync(engineFolder(), { recursive: true, mode: 0o700 });
  engine = await startEngine({ folder: engineFolder() });
}

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
