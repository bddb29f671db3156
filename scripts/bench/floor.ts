import Database from 'libsql';
import { join } from 'node:path';
import { serialize } from 'bson';
import { benchDocument } from './documents.ts';
import { ratesOf } from './measure.ts';

const ROWS = 4;

/** The least that a durable insert can cost: a record and its three index rows in bare libsql, one fsync. */
export async function floorRates(folder: string, seconds: number): Promise<number[]> {
  const database = new Database(join(folder, 'floor.db'));
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'secure_delete = ON'])
    database.exec(`PRAGMA ${pragma}`);
  database.exec('CREATE TABLE kv (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID');
  const put = database.prepare('INSERT INTO kv (k, v) VALUES (?, ?)');
  const rates = await ratesOf(1, seconds, (round) => {
    database.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < ROWS; row++) {
      const key = Buffer.alloc(24, row);
      key.writeUInt32BE(round, 20);
      put.run([key, row === 0 ? Buffer.from(serialize(benchDocument(round))) : key]);
    }
    database.exec('COMMIT');
    return Promise.resolve();
  });
  database.close();
  return rates;
}
