import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import mongoose from 'mongoose';
import { config } from '../../config/index.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';

let engine: Engine | undefined;

/** The server that this run is tested against: the one named, else an embedded engine per process. */
async function serverUri(): Promise<string> {
  const given = process.env.HABEAS_TEST_MONGODB_URI;
  if (given !== undefined && given !== '') return given;
  if (!engine) {
    const folder = `${config.dataDir}/database`;
    mkdirSync(folder, { recursive: true });
    engine = await startEngine({ folder });
  }
  return engine.uri;
}

/** Connects Mongoose to an empty database of its own. */
export async function connectFreshDatabase(): Promise<void> {
  const uri = new URL(await serverUri());
  uri.pathname = `/test-${randomBytes(6).toString('hex')}`;
  await connectDatabase(uri.href);
}

export async function dropDatabase(): Promise<void> {
  await mongoose.connection.dropDatabase();
  await mongoose.disconnect();
}

/** Ends the embedded engine of this process, once all files have run. */
export async function stopEngine(): Promise<void> {
  await engine?.close();
  engine = undefined;
}
