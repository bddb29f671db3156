import { existsSync } from 'node:fs';
import mongoose, { type mongo } from 'mongoose';
import { config } from '../../config/index.ts';
import { connectDatabase, ownEngine } from '../../server/database/connect.ts';
import { InstallationUnusable } from '../../server/database/installation-unusable.ts';
import { ToolFailed } from './outcome.ts';

/** The database of this installation, as its tools see it. */
export interface OpenDatabase {
  db: mongo.Db;
  client: mongo.MongoClient;
  /** No other process can write to it while we have it open. */
  isOurs: boolean;
  /** Where the embedded engine stores; null for a deployment. */
  folder: string | null;
}

/**
 * Opens the database that the settings name. Of a data folder, our own engine serves it, unless the service is
 * running: then it is the service's.
 * @throws ToolFailed when it cannot be reached, or when there is none and `mayCreate` does not allow a new one
 */
export async function openDatabase({ mayCreate = false } = {}): Promise<OpenDatabase> {
  const folder = config.mongodbUri === null ? `${config.dataDir}/database` : null;
  if (folder !== null && !mayCreate && !existsSync(folder))
    throw new ToolFailed(
      `There is no database in ${config.dataDir}: name its folder with HABEAS_DATA_DIR.`,
    );
  const refusal = folder === null ? null : await refusalOf(ownEngine(0));
  try {
    await connectDatabase();
  } catch (error) {
    if (!(error instanceof mongoose.Error.MongooseServerSelectionError)) throw error;
    throw new ToolFailed(
      refusal?.message ?? `The database in MONGODB_URI cannot be reached: ${error.message}`,
    );
  }
  const { db } = mongoose.connection;
  if (!db) throw new Error('Connected, but to no database');
  return {
    db,
    client: mongoose.connection.getClient(),
    isOurs: folder !== null && refusal === null,
    folder,
  };
}

async function refusalOf(opening: Promise<void>): Promise<InstallationUnusable | null> {
  try {
    await opening;
    return null;
  } catch (error) {
    if (error instanceof InstallationUnusable) return error;
    throw error;
  }
}
