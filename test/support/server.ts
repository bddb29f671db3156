import { createHash } from 'node:crypto';
import { MongoClient } from 'mongodb';

const { HABEAS_TEST_MONGODB_URI = '' } = process.env;

/** The server that this run is tested against; null: embedded engines of its own. */
export const givenServer: string | null =
  HABEAS_TEST_MONGODB_URI === '' ? null : HABEAS_TEST_MONGODB_URI;

const made = new Set<string>();

/** The address of a database of a server, whose own may list several hosts. */
export function addressOf(
  server: string,
  database: string,
  settings: Record<string, string> = {},
): string {
  const {
    hosts = '',
    own = '',
    query,
  } = /^(?<hosts>[^:]+:\/\/[^/?]+)\/?(?<own>[^?]*)\??(?<query>.*)$/u.exec(server)?.groups ?? {};
  const options = new URLSearchParams(query);
  // Whoever signs in does so at the database that the address named, or at admin.
  if (hosts.includes('@') && !options.has('authSource')) {
    options.set('authSource', own === '' ? 'admin' : own);
  }
  for (const [name, value] of Object.entries(settings)) options.set(name, value);
  return `${hosts}/${database}?${options.toString()}`;
}

/** Settings with which a process of the product uses the given server in place of a data folder. */
export function settingsInPlaceOf(folder: string): Record<string, string> {
  if (givenServer === null) return {};
  const digest = createHash('sha256').update(folder).digest();
  const database = `test-${digest.toString('hex', 0, 6)}`;
  made.add(database);
  return {
    MONGODB_URI: addressOf(givenServer, database),
    HABEAS_KEY: digest.toString('base64'),
  };
}

/** Removes the databases that stood in place of data folders. */
export async function dropMade(): Promise<void> {
  if (givenServer === null || made.size === 0) return;
  const client = new MongoClient(givenServer);
  for (const database of made) await client.db(database).dropDatabase();
  await client.close();
}

/** For the top of an `it`: what follows is about the embedded engine. */
export function skipOnGivenServer(context: Mocha.Context, reason: string): void {
  if (givenServer === null) return;
  process.stdout.write(`Skipped, for HABEAS_TEST_MONGODB_URI is set: ${reason}\n`);
  context.skip();
}
