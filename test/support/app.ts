import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../server/app.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { connectFreshDatabase, dropDatabase } from './database.ts';

let server: Server | undefined;
let origin = '';

/** The real application over HTTP, on a fresh database. One at a time per process. */
export async function startApp(): Promise<string> {
  await connectFreshDatabase();
  await prepareInstallation();
  server = createServer(createApp());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

export async function stopApp(): Promise<void> {
  if (server) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
  server = undefined;
  await dropDatabase();
}

/** Origin of the running application. */
export const appOrigin = (): string => origin;

/** For the top of a `describe`: the application runs while its tests do. */
export function useApp(): void {
  before(async () => {
    await startApp();
  });
  after(stopApp);
}
