import { expect } from 'chai';
import type SqlDatabase from 'libsql';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../server/database/engine/database.ts';
import { insertDocument } from '../../server/database/engine/storage/documents.ts';
import { spanOf } from '../../server/database/engine/storage/view.ts';
import { encodeDocument } from '../../server/database/engine/values/encode.ts';
import { randomFrom } from './seed.ts';

const SECTOR = 512;
const COMMITS = 12;
const PER_COMMIT = 25;

describe('A power failure while the log is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function insertSome(database: Database, first: number): Promise<void> {
    const collection = await database.catalog.ensure('test.c');
    await database.write((target) => {
      for (let n = first; n < first + PER_COMMIT; n++) {
        const document = { _id: n, n, text: `${n} `.repeat(100) };
        insertDocument(target, collection, document, encodeDocument(document));
      }
    });
  }

  /** How many documents a store holds; all that it counts, indexes and keeps must agree. */
  async function documentsIn(place: string): Promise<number> {
    const database = await Database.open(place);
    expect(await database.store.fileErrors()).to.be.empty;
    const collection = database.catalog.find('test.c');
    const rowsOf = (prefix: Buffer) => database.store.view.count(spanOf(prefix), 1e9).count;
    const records = collection ? rowsOf(collection.prefix) : 0;
    for (const { prefix } of collection?.indexes ?? []) expect(rowsOf(prefix)).to.equal(records);
    expect(collection?.count ?? 0).to.equal(records);
    await database.close();
    return records;
  }

  it('takes back what was not acknowledged, whole, and nothing else', async () => {
    const seed = Date.now() % 2 ** 31;
    const random = randomFrom(seed);
    const live = join(folder, 'live');
    mkdirSync(live);
    const log = join(live, 'engine.db-wal');
    const database = await Database.open(live);
    const collection = await database.catalog.ensure('test.c');
    const spec = { v: 2, key: { n: 1 }, name: 'n_1', unique: true };
    await database.write(() => database.catalog.addIndex(collection, spec, false));
    const outcomes = { kept: 0, taken: 0 };
    for (let commit = 0; commit < COMMITS; commit++) {
      const acknowledged = readFileSync(log);
      await insertSome(database, commit * PER_COMMIT);
      const written = readFileSync(log);
      // Of what this commit added to the log, any sectors may have reached the disk.
      const torn = Buffer.alloc(written.length);
      acknowledged.copy(torn);
      const isWhole = commit % 4 === 0;
      for (let at = acknowledged.length; at < written.length; at += SECTOR)
        if (isWhole || random() < 0.9) written.copy(torn, at, at, at + SECTOR);
      const place = join(folder, `at-${commit}`);
      mkdirSync(place);
      writeFileSync(join(place, 'engine.db'), readFileSync(join(live, 'engine.db')));
      writeFileSync(join(place, 'engine.db-wal'), torn);
      const before = commit * PER_COMMIT;
      const found = await documentsIn(place);
      const isKept = torn.equals(written);
      expect(found, `seed ${seed}, commit ${commit}`).to.equal(
        isKept ? before + PER_COMMIT : before,
      );
      outcomes[isKept ? 'kept' : 'taken']++;
    }
    await database.close();
    expect(outcomes.kept).to.be.at.least(3);
    expect(outcomes.taken).to.be.at.least(3);
  });

  it('cannot meet an answer that left before the log was synced', async () => {
    const place = join(folder, 'settings');
    mkdirSync(place);
    const database = await Database.open(place);
    const sql = Reflect.get(database.store, 'database') as SqlDatabase.Database;
    const setting = (name: string) => sql.prepare(`PRAGMA ${name}`).raw().get();
    // 2 is FULL: each commit waits for an fsync. The long check counts these in the system's own log.
    expect(setting('synchronous')).to.deep.equal([2]);
    expect(setting('journal_mode')).to.deep.equal(['wal']);
    expect(setting('secure_delete')).to.deep.equal([1]);
    await database.close();
  });
});
