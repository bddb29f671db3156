import {
  forgetLoopbackAddress,
  lastLoopbackAddress,
  noteLoopbackAddress,
  socketPath,
  USER_NAME,
} from './address.ts';
import { deriveVerifier } from './auth/scram.ts';
import { Database } from './database.ts';
import { WireServer } from './server.ts';

/** Opens the engine in the calling thread, on a folder that is locked for it. Throws when the store is broken. */
export async function openEngine(folder: string): Promise<{ close: () => Promise<void> }> {
  const database = await Database.open(folder);
  try {
    const server = new WireServer(database);
    await listen(server, folder);
    return {
      close: async () => {
        await server.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function listen(server: WireServer, folder: string): Promise<void> {
  const socket = socketPath(folder);
  if (socket !== undefined) {
    await server.listenOnSocket(socket);
    forgetLoopbackAddress(folder);
    return;
  }
  const last = lastLoopbackAddress(folder);
  const verifier = await deriveVerifier(USER_NAME, last.password);
  const port = await server.listenOnLoopback(last.port, verifier);
  noteLoopbackAddress(folder, { ...last, port });
}
