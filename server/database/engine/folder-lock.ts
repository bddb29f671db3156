import Database from 'libsql';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps everybody else out of a folder until it is released, or its holder dies. */
export interface FolderLock {
  /** Tells the others that the holder can be reached. */
  announce(): void;
  release(): void;
}

/**
 * Takes the folder; undefined when somebody else has it. The lock is SQLite's own lock on a file, which
 * the kernel drops with the process, so a crash leaves nothing to clean up.
 */
export function lockFolder(folder: string): FolderLock | undefined {
  const database = new Database(join(folder, 'engine.lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      return undefined;
    throw error;
  }
  const withdraw = () => {
    rmSync(notePath(folder), { force: true });
  };
  // One that was killed could not withdraw its own.
  withdraw();
  return {
    announce: () => {
      writeFileSync(notePath(folder), String(process.pid));
    },
    release: () => {
      withdraw();
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

/** The pid of the holder once it can be reached, as it is called where it runs; undefined before. */
export function announcedHolder(folder: string): number | undefined {
  try {
    return Number(readFileSync(notePath(folder), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function notePath(folder: string): string {
  return join(folder, 'engine.pid');
}
