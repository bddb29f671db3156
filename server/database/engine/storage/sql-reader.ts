import type Database from 'libsql';
import type { FollowedRow, Reader, Row, ScanOptions, Span } from './view.ts';

type Pair = [Buffer, Buffer];
type Triple = [Buffer, Buffer, Buffer];

const FOLLOW = `
  SELECT i.k, r.k, r.v
  FROM (SELECT k, v FROM kv WHERE k >= ? AND k < ? ORDER BY k DIRECTION LIMIT ?) i
  CROSS JOIN kv r ON r.k = i.v
  ORDER BY i.k DIRECTION`;

/** Reads rows on one SQLite connection. */
export class SqlReader implements Reader {
  private readonly statements;

  constructor(database: Database.Database) {
    const prepare = (sql: string) => database.prepare(sql).raw();
    const scan = 'SELECT k, v FROM kv WHERE k >= ? AND k < ? ORDER BY k DIRECTION LIMIT ?';
    this.statements = {
      get: prepare('SELECT v FROM kv WHERE k = ?'),
      count: prepare('SELECT count(*) FROM kv WHERE k >= ? AND k < ?'),
      scan: prepare(scan.replace('DIRECTION', 'ASC')),
      scanBack: prepare(scan.replace('DIRECTION', 'DESC')),
      follow: prepare(FOLLOW.replaceAll('DIRECTION', 'ASC')),
      followBack: prepare(FOLLOW.replaceAll('DIRECTION', 'DESC')),
    };
  }

  get(key: Buffer): Buffer | undefined {
    const row = this.statements.get.get([key]) as [Buffer] | undefined;
    return row?.[0];
  }

  scan({ from, to }: Span, { reverse, limit }: ScanOptions): Row[] {
    const statement = reverse ? this.statements.scanBack : this.statements.scan;
    const rows = statement.all([from, to, limit]) as Pair[];
    return rows.map(([key, value]) => ({ key, value }));
  }

  follow({ from, to }: Span, { reverse, limit }: ScanOptions): FollowedRow[] {
    const statement = reverse ? this.statements.followBack : this.statements.follow;
    const rows = statement.all([from, to, limit]) as Triple[];
    return rows.map(([entry, key, value]) => ({ entry, key, value }));
  }

  count({ from, to }: Span): number {
    const row = this.statements.count.get([from, to]) as [number];
    return row[0];
  }
}
