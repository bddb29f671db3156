import Database from 'libsql/promise';
import { dirname } from 'node:path';

interface Connection {
  exec(sql: string): Promise<void>;
  prepare(sql: string): Promise<{ all(): Promise<Record<string, unknown>[]> }>;
  interrupt(): void;
  close(): void;
}

/** Work on the whole file, done on a thread of the SQLite driver: the engine's own thread goes on meanwhile. */
export class LongWork {
  private readonly path: string;
  private readonly connections = new Set<Connection>();

  constructor(path: string) {
    this.path = path;
  }

  /** What SQLite finds wrong in the file; empty when it is whole. */
  async checkFile(): Promise<string[]> {
    const rows = await this.run(async (connection) =>
      (await connection.prepare('PRAGMA integrity_check')).all(),
    );
    return rows.map((row) => String(row.integrity_check)).filter((finding) => finding !== 'ok');
  }

  /** Writes all pages anew, without the free ones. Fails when somebody writes meanwhile. */
  async rewriteFile(): Promise<void> {
    await this.run(async (connection) => {
      // The copy may be larger than memory, and nothing of it may end up outside of the folder.
      const folder = dirname(this.path).replaceAll("'", "''");
      await connection.exec(`PRAGMA temp_store_directory = '${folder}'`);
      await connection.exec('PRAGMA temp_store = FILE');
      await connection.exec('VACUUM');
    });
  }

  /** Makes fail what is running. */
  interrupt(): void {
    for (const connection of this.connections) connection.interrupt();
  }

  private async run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = new Database(this.path, {}) as Connection;
    this.connections.add(connection);
    try {
      return await work(connection);
    } finally {
      this.connections.delete(connection);
      connection.close();
    }
  }
}
