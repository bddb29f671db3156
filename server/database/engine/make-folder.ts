import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes the folder if it is missing. Throws a sentence that names it when this user may not write there. */
export function makeFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 }) ?? folder;
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`The database folder ${folder} cannot be read and written by this user.`, {
      cause: error,
    });
  }
  // Until its name is on disk in the folder above, a power failure could take the whole new folder away.
  for (let path = resolve(folder); path.startsWith(resolve(made)); path = dirname(path))
    syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // Not a folder that this user may list: then it is not one in which it has just made another.
  }
}
