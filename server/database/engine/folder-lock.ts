import Database from 'libsql';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps every other process out of a folder until it is released, or its holder dies. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder. The lock is SQLite's own lock on a file, which the kernel drops with the process, so
 * a crash leaves nothing to clean up. Throws a sentence that names the folder and the holder's pid.
 */
export function lockFolder(folder: string): FolderLock {
  const noteFile = join(folder, 'engine.pid');
  const database = new Database(join(folder, 'engine.lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      `The database folder ${folder} is already open in process ${holderOf(noteFile)}. Stop that process, or use another folder.`,
      { cause: error },
    );
  }
  // Only for the sentence above: who holds the lock is decided by the lock alone.
  writeFileSync(noteFile, String(process.pid));
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function holderOf(noteFile: string): string {
  try {
    return readFileSync(noteFile, 'utf8');
  } catch {
    return '(unknown)';
  }
}
