import { mkdirSync } from 'node:fs';
import { prepareSocketFolder } from './address.ts';
import { Database } from './database.ts';
import { lockFolder } from './folder-lock.ts';
import { WireServer } from './server.ts';

/** Opens the engine in the calling thread. Throws when the folder is taken or the store is broken. */
export async function openEngine(
  folder: string,
  socket: string,
): Promise<{ close: () => Promise<void> }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  prepareSocketFolder(socket, folder);
  const lock = lockFolder(folder);
  try {
    const database = await Database.open(folder, socket);
    const server = new WireServer(database);
    await server.listen(socket);
    return {
      close: async () => {
        await server.close();
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
