import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEngine } from '../../server/database/engine/start.ts';
import { deleteMarked, marked, writeMarked } from '../engine/erasure.ts';

const DOCUMENTS = 2000;

describe('Deleted documents', function () {
  this.timeout(10 * 60_000);

  it(`leave no trace in the folder: ${DOCUMENTS} of them, after compaction`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const engine = await startEngine({ folder });
    const client = new MongoClient(engine.uri);
    const db = client.db('test');
    await writeMarked(db, DOCUMENTS);
    const before = marked(folder);
    await deleteMarked(db, DOCUMENTS);
    await db.command({ compact: 'rows', force: true });
    const after = marked(folder);
    const kept = await db.collection('rows').countDocuments();
    process.stdout.write(
      `\ntraces: ${JSON.stringify({ documents: DOCUMENTS, before, after })}\n\n`,
    );
    expect(before).to.include('engine.db');
    expect(after).to.deep.equal([]);
    expect(kept).to.equal(DOCUMENTS / 4);
    await client.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });
});
