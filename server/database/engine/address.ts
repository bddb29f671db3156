import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Kernels take socket paths of at most 104 (macOS) or 108 bytes (Linux). */
const LONGEST_PATH = 100;

/** Where the engine of a folder listens: in the folder, or in a short path made from it when that is too long. */
export function socketPath(folder: string): string {
  const absolute = resolve(folder);
  const inFolder = join(absolute, 'engine.sock');
  if (Buffer.byteLength(inFolder) <= LONGEST_PATH) return inFolder;
  const hash = createHash('sha256').update(absolute).digest('hex').slice(0, 20);
  return join(tmpdir(), `mongo-engine-${hash}`, 'engine.sock');
}

/** The connection string of the engine that listens on a socket. */
export function uriOf(socket: string): string {
  // Discovery would lower-case the path, so drivers must connect to this address only.
  return `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
}

/** Makes the socket's folder, for this user only. Throws when somebody else has made it before. */
export function prepareSocketFolder(socket: string, folder: string): void {
  const socketFolder = dirname(socket);
  if (socketFolder === resolve(folder)) return;
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(socketFolder);
  const isPrivate = uid === process.getuid?.() && (mode & 0o077) === 0;
  if (!isPrivate && socketFolder.startsWith(join(tmpdir(), 'mongo-engine-')))
    throw new Error(
      `The folder ${socketFolder} for the database's socket belongs to somebody else.`,
    );
}
