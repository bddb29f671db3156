import Database from 'libsql';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';
import { LongWork } from './long-work.ts';
import { SqlReader } from './sql-reader.ts';
import type { Span, View } from './view.ts';

/** A reader that sees the store as it was when it was taken. Release it soon: it keeps old pages alive. */
export interface Snapshot {
  reader: SqlReader;
  release(): void;
}

type Measured = [
  rows: number,
  keyBytes: number | null,
  valueBytes: number | null,
  last: Buffer | null,
];

interface Unit {
  run: () => void;
  committed: () => void;
  failed: (error: unknown) => void;
}

/** SQLite knows the length of a value without reading it. */
const MEASURE = `
  SELECT count(*), sum(keyBytes), sum(valueBytes), max(k)
  FROM (
    SELECT k, length(k) AS keyBytes, length(v) AS valueBytes
    FROM kv WHERE k >= ? AND k < ? ORDER BY k LIMIT ?
  )`;

/** Reading connections kept open for the next snapshots. */
const SPARE_READERS = 4;

/** How long what was overwritten or removed may linger in the write-ahead log. */
const CLEAR_AFTER_MS = 5_000;

/**
 * The ordered key-value store in one SQLite file. Writes happen in units: a unit is atomic, and units
 * that wait at the same moment share one commit and its fsync. A unit's promise settles only after it.
 */
export class Store {
  /** Reads see committed rows, and inside a unit also the unit's own. */
  readonly view: View;
  private readonly path: string;
  private readonly inode: number;
  private readonly longWork: LongWork;
  private readonly database: Database.Database;
  private readonly statements;
  private readonly spare: Database.Database[] = [];
  private waiting: Unit[] = [];
  private isClosed = false;
  private snapshots = 0;
  private clearing: NodeJS.Timeout | undefined;
  private isClearDue = false;
  private compacting: Promise<void> | undefined;
  private fileCheck: Promise<string[]> | undefined;
  private undo: (() => void)[] = [];
  private beforeCommit: () => void = () => undefined;

  constructor(folder: string) {
    this.path = join(folder, 'engine.db');
    this.longWork = new LongWork(this.path);
    this.database = this.connect();
    this.database.exec(
      'CREATE TABLE IF NOT EXISTS kv (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID',
    );
    this.inode = statSync(this.path).ino;
    const prepare = (sql: string) => this.database.prepare(sql);
    this.statements = {
      put: prepare(
        'INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v',
      ),
      remove: prepare('DELETE FROM kv WHERE k = ?'),
      measure: prepare(MEASURE).raw(),
      removeSpan: prepare('DELETE FROM kv WHERE k >= ? AND k < ?'),
      begin: prepare('BEGIN IMMEDIATE'),
      commit: prepare('COMMIT'),
      open: prepare('SAVEPOINT unit'),
      keep: prepare('RELEASE unit'),
      discard: prepare('ROLLBACK TO unit'),
    };
    const reader = new SqlReader(this.database);
    this.view = {
      isLive: true,
      get: (key) => reader.get(key),
      scan: (span, options) => reader.scan(span, options),
      follow: (span, options) => reader.follow(span, options),
      count: (span, limit) => reader.count(span, limit),
      put: (key, value) => {
        this.statements.put.run([key, value]);
      },
      remove: (key) => {
        this.statements.remove.run([key]);
      },
    };
  }

  /** Runs `work` as one unit. It must be synchronous; when it throws, nothing of it stays. */
  write<T>(work: () => T): Promise<T> {
    if (this.isClosed) return Promise.reject(new CommandError(91, 'The engine is shutting down'));
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.waiting.push({
        run: () => {
          result = work();
        },
        committed: () => {
          resolve(result);
        },
        failed: reject,
      });
      // Requests that arrived together are all read before this runs, so they share the commit.
      if (this.waiting.length === 1) setImmediate(this.flush);
    });
  }

  /** Somebody reads a snapshot, which needs old pages. */
  get isBeingRead(): boolean {
    return this.snapshots > 0;
  }

  /** Inside a unit: how to take back a change in memory should the unit not reach the disk. */
  onRollback(undo: () => void): void {
    this.undo.push(undo);
  }

  /** Called inside every commit, to write what was only gathered in memory. */
  setBeforeCommit(work: () => void): void {
    this.beforeCommit = work;
  }

  /** Inside a unit: removes a whole span. */
  removeSpan(from: Buffer, to: Buffer): void {
    this.statements.removeSpan.run([from, to]);
  }

  snapshot(): Snapshot {
    const database = this.spare.pop() ?? this.connect();
    database.exec('BEGIN');
    const reader = new SqlReader(database);
    // SQLite takes the snapshot at the first read, not at BEGIN.
    reader.get(Buffer.alloc(0));
    this.snapshots += 1;
    return {
      reader,
      release: () => {
        database.exec('COMMIT');
        this.snapshots -= 1;
        if (this.spare.length < SPARE_READERS) this.spare.push(database);
        else database.close();
        if (this.isClearDue && !this.isClosed) this.clear();
      },
    };
  }

  /** Writes the file anew, no larger than what it holds. Writes wait for it, reads do not. Throws 14031. */
  compact(): Promise<void> {
    this.compacting ??= this.longWork
      .rewriteFile()
      .catch((error: unknown) => {
        throw asDiskError(error);
      })
      .finally(() => {
        this.compacting = undefined;
        this.flush();
      });
    return this.compacting;
  }

  /** Empties the log, which holds old pages; false when that has to wait for a reader, or for room on the disk. */
  clear(): boolean {
    // SQLite would hold up everybody to wait for the readers.
    this.isClearDue = this.snapshots > 0;
    if (this.isClearDue) return false;
    try {
      const [row] = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      return (row as { busy: number }).busy === 0;
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      return false;
    }
  }

  /** What is wrong with the file below our rows. It is read again only after a commit. */
  fileErrors(): Promise<string[]> {
    this.fileCheck ??= this.longWork.checkFile();
    return this.fileCheck;
  }

  /** The bytes of the first `limit` rows of a span, and the last of their keys. */
  measure(
    { from, to }: Span,
    limit: number,
  ): { rows: number; keyBytes: number; valueBytes: number; last: Buffer | null } {
    const [row] = this.statements.measure.all([from, to, limit]) as [Measured];
    const [rows, keyBytes, valueBytes, last] = row;
    return { rows, keyBytes: keyBytes ?? 0, valueBytes: valueBytes ?? 0, last };
  }

  /** Bytes of the file, and those of its pages that hold nothing. */
  fileSizes(): { total: number; free: number } {
    const pages = (of: string) => {
      const [row] = this.database.prepare(`PRAGMA ${of}`).raw().all() as [[number]];
      return row[0];
    };
    const pageSize = pages('page_size');
    return { total: pages('page_count') * pageSize, free: pages('freelist_count') * pageSize };
  }

  /** Commits what waits; later writes are refused. */
  async close(): Promise<void> {
    this.longWork.interrupt();
    await Promise.allSettled([this.compacting, this.fileCheck]);
    this.flush();
    this.isClosed = true;
    clearTimeout(this.clearing);
    for (const database of this.spare) database.close();
    this.clear();
    this.database.close();
  }

  private connect(): Database.Database {
    const database = open(this.path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    // On macOS a plain fsync leaves the bytes in the drive's own memory.
    database.exec('PRAGMA fullfsync = ON');
    database.exec('PRAGMA secure_delete = ON');
    database.exec('PRAGMA temp_store = MEMORY');
    database.exec('PRAGMA cache_size = -32768');
    // Read as mapped memory, a bad sector or a file cut short would kill the process instead of one command.
    database.exec('PRAGMA mmap_size = 0');
    return database;
  }

  private readonly flush = (): void => {
    const units = this.waiting;
    if (units.length === 0 || this.compacting) return;
    this.waiting = [];
    this.fileCheck = undefined;
    const done: Unit[] = [];
    this.undo = [];
    try {
      this.checkFile();
      this.statements.begin.run();
      for (const unit of units) if (this.runUnit(unit)) done.push(unit);
      this.beforeCommit();
      this.statements.commit.run();
    } catch (error) {
      this.rollBack();
      // What a failed commit left in the log must not come back after a crash; on a full disk this makes room.
      if (isSqliteError(error)) this.clear();
      const failure = asDiskError(error);
      for (const unit of units) unit.failed(failure);
      return;
    } finally {
      this.clearSoon();
    }
    for (const unit of done) unit.committed();
  };

  /** Throws when the file was removed or replaced: SQLite would go on writing to what nobody can find again. */
  private checkFile(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.ino !== this.inode)
      throw new CommandError(39, `The database file ${this.path} is not there any more`);
  }

  /** Empties the log a little later: until then it holds old pages, and in them what was erased. */
  private clearSoon(): void {
    if (this.clearing || this.isClosed) return;
    this.clearing = setTimeout(() => {
      this.clearing = undefined;
      if (!this.clear()) this.clearSoon();
    }, CLEAR_AFTER_MS).unref();
  }

  /** True when the unit is part of the commit; a disk error passes through and fails the whole commit. */
  private runUnit(unit: Unit): boolean {
    const undoBefore = this.undo.length;
    this.statements.open.run();
    try {
      unit.run();
      this.statements.keep.run();
      return true;
    } catch (error) {
      if (isSqliteError(error)) throw error;
      this.statements.discard.run();
      this.statements.keep.run();
      for (const undo of this.undo.splice(undoBefore).reverse()) undo();
      unit.failed(error);
      return false;
    }
  }

  private rollBack(): void {
    // SQLite has already rolled back by itself after some errors.
    if (this.database.inTransaction) this.database.exec('ROLLBACK');
    for (const undo of this.undo.splice(0).reverse()) undo();
  }
}

type SqliteError = Error & { code: string };

/** The server's codes for what SQLite reports; anything else is a failed read or write. */
const DISK_ERRORS: Readonly<Record<string, number>> = {
  SQLITE_FULL: 14031,
  SQLITE_CORRUPT: 301,
  SQLITE_NOTADB: 301,
};

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Database.SqliteError;
}

/** A failure of the disk under the server's code for it; any other error as it is. */
export function asDiskError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const code = DISK_ERRORS[error.code] ?? 39;
  return new CommandError(code, `The database file could not be used: ${error.message}`);
}

/** Why a store cannot be opened, and what its owner can do; any other error as it is. */
export function asOpeningError(error: unknown, folder: string): unknown {
  const failure = asDiskError(error);
  if (!(failure instanceof CommandError)) return error;
  const remedy =
    failure.code === 301
      ? `It is damaged: put a backup of the folder ${folder} in its place.`
      : 'See that its disk is sound and has room, and that this user may read and write it.';
  return new Error(
    `The database file ${join(folder, 'engine.db')} cannot be opened. ${remedy} (${failure.message})`,
    { cause: error },
  );
}

/** As libsql, which throws what is no SqliteError when there is no file and none can be made. */
function open(path: string): Database.Database {
  try {
    // SQLite would let everybody read what it makes; its log gets the mode of the file.
    closeSync(openSync(path, 'a', 0o600));
    return new Database(path);
  } catch (error) {
    if (isSqliteError(error)) throw error;
    throw new CommandError(39, `The database file ${path} could not be opened: ${String(error)}`);
  }
}
