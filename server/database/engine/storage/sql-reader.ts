import type Database from 'libsql';
import {
  spanAfter,
  type Chunk,
  type Reader,
  type Row,
  type ScanOptions,
  type Span,
} from './view.ts';

/** Lengths as lists, bytes end to end, and the last key that was read. */
type Packed = [string | null, string | null, Buffer, Buffer, Buffer];

/*
 * Many rows come as one: crossing from SQLite to JavaScript costs far more than a row does. A subquery
 * with its own order is read in that order, so the parts are packed in it.
 */
const PACK = `
  SELECT group_concat(length(KEY)), group_concat(length(VALUE)),
    CAST(group_concat(KEY, '') AS BLOB), CAST(group_concat(VALUE, '') AS BLOB), LAST
  FROM (SELECT k, v FROM kv WHERE k >= ? AND k < ? ORDER BY k DIRECTION LIMIT ?) i`;
const SCAN = PACK.replaceAll('KEY', 'i.k').replaceAll('VALUE', 'i.v');
const FOLLOW = `${PACK.replaceAll('KEY', 'r.k').replaceAll('VALUE', 'r.v')} CROSS JOIN kv r ON r.k = i.v`;

/** Reads rows on one SQLite connection. */
export class SqlReader implements Reader {
  private readonly statements;

  constructor(database: Database.Database) {
    const prepare = (sql: string) => database.prepare(sql).raw();
    const forwards = (sql: string) => sql.replace('DIRECTION', 'ASC').replace('LAST', 'max(i.k)');
    const backwards = (sql: string) => sql.replace('DIRECTION', 'DESC').replace('LAST', 'min(i.k)');
    this.statements = {
      get: prepare('SELECT v FROM kv WHERE k = ?'),
      count: prepare(
        'SELECT count(*), max(k) FROM (SELECT k FROM kv WHERE k >= ? AND k < ? ORDER BY k LIMIT ?)',
      ),
      scan: prepare(forwards(SCAN)),
      scanBack: prepare(backwards(SCAN)),
      follow: prepare(forwards(FOLLOW)),
      followBack: prepare(backwards(FOLLOW)),
    };
  }

  get(key: Buffer): Buffer | undefined {
    const row = this.statements.get.get([key]) as [Buffer] | undefined;
    return row?.[0];
  }

  scan(span: Span, options: ScanOptions): Chunk {
    const { scan, scanBack } = this.statements;
    return this.unpacked(options.reverse ? scanBack : scan, span, options);
  }

  follow(span: Span, options: ScanOptions): Chunk {
    const { follow, followBack } = this.statements;
    return this.unpacked(options.reverse ? followBack : follow, span, options);
  }

  count(span: Span, limit: number): { count: number; rest: Span | undefined } {
    const row = this.statements.count.get([span.from, span.to, limit]) as [number, Buffer];
    const [count, last] = row;
    return { count, rest: count < limit ? undefined : spanAfter(span, last, false) };
  }

  private unpacked(statement: Database.Statement, span: Span, options: ScanOptions): Chunk {
    let { limit } = options;
    let packed: Packed;
    for (;;)
      try {
        packed = statement.get([span.from, span.to, limit]) as Packed;
        break;
      } catch (error) {
        // More than SQLite can hold in one value: documents grew from tiny to huge between two chunks.
        if (!isTooBig(error) || limit === 1) throw error;
        limit = Math.ceil(limit / 8);
      }
    const [keyLengths, valueLengths, keys, values, last] = packed;
    if (keyLengths === null || valueLengths === null) return { rows: [], rest: undefined };
    const rows = split(keyLengths.split(','), valueLengths.split(','), keys, values);
    const rest = rows.length < limit ? undefined : spanAfter(span, last, options.reverse);
    return { rows, rest };
  }
}

function split(keyLengths: string[], valueLengths: string[], keys: Buffer, values: Buffer): Row[] {
  let keyEnd = 0;
  let valueEnd = 0;
  return keyLengths.map((length, i) => ({
    key: keys.subarray(keyEnd, (keyEnd += Number(length))),
    value: values.subarray(valueEnd, (valueEnd += Number(valueLengths[i]))),
  }));
}

function isTooBig(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_TOOBIG';
}
