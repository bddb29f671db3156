import Database from 'libsql';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';
import { SqlReader } from './sql-reader.ts';
import type { View } from './view.ts';

/** A reader that sees the store as it was when it was taken. Release it soon: it keeps old pages alive. */
export interface Snapshot {
  reader: SqlReader;
  release(): void;
}

interface Unit {
  run: () => void;
  committed: () => void;
  failed: (error: unknown) => void;
}

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
  private readonly database: Database.Database;
  private readonly statements;
  private readonly spare: Database.Database[] = [];
  private waiting: Unit[] = [];
  private isClosed = false;
  private snapshots = 0;
  private clearing: NodeJS.Timeout | undefined;
  private undo: (() => void)[] = [];
  private beforeCommit: () => void = () => undefined;

  constructor(folder: string) {
    this.path = join(folder, 'engine.db');
    this.database = this.connect();
    this.database.exec(
      'CREATE TABLE IF NOT EXISTS kv (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID',
    );
    const prepare = (sql: string) => this.database.prepare(sql);
    this.statements = {
      put: prepare(
        'INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v',
      ),
      remove: prepare('DELETE FROM kv WHERE k = ?'),
      removeSpan: prepare('DELETE FROM kv WHERE k >= ? AND k < ?'),
      begin: prepare('BEGIN IMMEDIATE'),
      commit: prepare('COMMIT'),
      open: prepare('SAVEPOINT unit'),
      keep: prepare('RELEASE unit'),
      discard: prepare('ROLLBACK TO unit'),
    };
    const reader = new SqlReader(this.database);
    this.view = {
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
    this.snapshots += 1;
    const reader = new SqlReader(database);
    // SQLite takes the snapshot at the first read, not at BEGIN.
    reader.get(Buffer.alloc(0));
    return {
      reader,
      release: () => {
        database.exec('COMMIT');
        this.snapshots -= 1;
        if (this.spare.length < SPARE_READERS) this.spare.push(database);
        else database.close();
      },
    };
  }

  /** Commits what waits; later writes are refused. */
  close(): void {
    this.flush();
    this.isClosed = true;
    clearTimeout(this.clearing);
    for (const database of this.spare) database.close();
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.database.close();
  }

  private connect(): Database.Database {
    const database = new Database(this.path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA secure_delete = ON');
    database.exec('PRAGMA temp_store = MEMORY');
    database.exec('PRAGMA cache_size = -32768');
    return database;
  }

  private readonly flush = (): void => {
    const units = this.waiting;
    if (units.length === 0) return;
    this.waiting = [];
    const done: Unit[] = [];
    this.undo = [];
    try {
      this.statements.begin.run();
      for (const unit of units) if (this.runUnit(unit)) done.push(unit);
      this.beforeCommit();
      this.statements.commit.run();
    } catch (error) {
      this.rollBack();
      const failure = asDiskError(error);
      for (const unit of units) unit.failed(failure);
      return;
    }
    for (const unit of done) unit.committed();
    this.clearSoon();
  };

  /** Empties the log a little later: until then it holds old pages, and in them what was erased. */
  private clearSoon(): void {
    if (this.clearing || this.isClosed) return;
    this.clearing = setTimeout(() => {
      this.clearing = undefined;
      // A reader needs the old pages, and SQLite would hold up everybody to wait for it.
      if (this.snapshots > 0 || !this.clear()) this.clearSoon();
    }, CLEAR_AFTER_MS).unref();
  }

  /** False when the disk has no room for it now: nothing is lost, the log only stays. */
  private clear(): boolean {
    try {
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return true;
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      return false;
    }
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

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Database.SqliteError;
}

function asDiskError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const code = error.code.startsWith('SQLITE_FULL') ? 14031 : 8;
  return new CommandError(code, `The store could not be written: ${error.message}`);
}
