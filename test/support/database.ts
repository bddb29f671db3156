import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import mongoose from 'mongoose';
import { config } from '../../config/index.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';
import { watchCommands } from './commands.ts';
import { addressOf, dropMade, givenServer } from './server.ts';

let engine: Engine | undefined;

/** Longer than a suite takes: tests set clocks back, and the engine would take their rows for expired. */
const NO_SWEEP_SECONDS = 86_400;

async function keepExpired(uri: string): Promise<void> {
  const client = new MongoClient(uri);
  await client.db('admin').command({ setParameter: 1, ttlMonitorSleepSecs: NO_SWEEP_SECONDS });
  await client.close();
}

/** The server that this run is tested against: the one named, else an embedded engine per process. */
async function serverUri(): Promise<string> {
  if (givenServer !== null) return givenServer;
  if (!engine) {
    const folder = `${config.dataDir}/database`;
    mkdirSync(folder, { recursive: true });
    engine = await startEngine({ folder });
    await keepExpired(engine.uri);
  }
  return engine.uri;
}

/** Connects Mongoose to an empty database of its own; its address may carry settings. */
export async function connectFreshDatabase(settings: Record<string, string> = {}): Promise<void> {
  const database = `test-${randomBytes(6).toString('hex')}`;
  await connectDatabase(addressOf(await serverUri(), database, settings));
  watchCommands(mongoose.connection.getClient());
}

export async function dropDatabase(): Promise<void> {
  await mongoose.connection.dropDatabase();
  await mongoose.disconnect();
}

/** Tidies up once all files have run: ends the embedded engine, or what was left on the given server. */
export async function stopEngine(): Promise<void> {
  await dropMade();
  await engine?.close();
  engine = undefined;
}
