import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Kernels take socket paths of at most 104 (macOS) or 108 bytes (Linux). */
const LONGEST_PATH = 100;
const LOOPBACK_URI = /^mongodb:\/\/engine:([\w-]+)@127\.0\.0\.1:(\d+)\//;

export const USER_NAME = 'engine';

/** Where an engine listens that has no unix socket, and what lets a client in. */
interface LoopbackAddress {
  port: number;
  password: string;
}

/** The socket in a folder; undefined where its path is too long, and on Windows, which has no such sockets. */
export function socketPath(folder: string): string | undefined {
  const path = join(resolve(folder), 'engine.sock');
  const isPossible = process.platform !== 'win32' && Buffer.byteLength(path) <= LONGEST_PATH;
  return isPossible ? path : undefined;
}

/** The address of the engine that serves a folder, whoever runs it. Throws when none ever did. */
export function engineUri(folder: string): string {
  const noted = readNote(folder);
  if (noted !== undefined) return noted;
  const socket = socketPath(folder);
  if (socket === undefined) throw new Error(`No database has been started on ${folder} yet.`);
  // Discovery would lower-case the path, so drivers must connect to this address only.
  return `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
}

/**
 * The loopback address of the engine before this one, so that clients find the new one where the old
 * one was; else a new password, and any port.
 */
export function lastLoopbackAddress(folder: string): LoopbackAddress {
  const [, password, port] = LOOPBACK_URI.exec(readNote(folder) ?? '') ?? [];
  return {
    port: Number(port ?? 0),
    password: password ?? randomBytes(32).toString('base64url'),
  };
}

/** Leaves the address, with its password, where this user's processes find it; no reader sees half of it. */
export function noteLoopbackAddress(folder: string, { port, password }: LoopbackAddress): void {
  const options = 'directConnection=true&authMechanism=SCRAM-SHA-256&authSource=admin';
  const draft = `${notePath(folder)}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `mongodb://${USER_NAME}:${password}@127.0.0.1:${port}/?${options}\n`, {
    mode: 0o600,
  });
  renameSync(draft, notePath(folder));
}

/** The engine listens on the socket: an address from when the folder had another path leads nowhere. */
export function forgetLoopbackAddress(folder: string): void {
  rmSync(notePath(folder), { force: true });
}

function notePath(folder: string): string {
  return join(folder, 'engine.address');
}

function readNote(folder: string): string | undefined {
  try {
    return readFileSync(notePath(folder), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
