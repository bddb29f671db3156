import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Binary, type Db, type Document } from 'mongodb';

/** So short and so often repeated that any remnant of some bytes holds it. */
const MARK = 'tr4ce!';
const MARKS = MARK.repeat(8);

/** The files of a folder in which a mark is found. */
export function marked(folder: string): string[] {
  return readdirSync(folder).filter(
    (file) => !file.endsWith('.sock') && readFileSync(join(folder, file)).includes(MARK),
  );
}

/** Puts marked documents in: as ids, values, index keys, old versions, in transactions and among others. */
export async function writeMarked(db: Db, count: number): Promise<void> {
  const rows = db.collection<Document & { _id: string }>('rows');
  await rows.createIndex({ key: 1, n: 1 }, { unique: true }, undefined);
  await rows.createIndex({ 'tags.name': 1 }, undefined, undefined);
  const document = (n: number) => ({
    _id: `${MARKS}-${n}`,
    n,
    key: `${MARKS}-${n}`,
    tags: [{ name: `${MARKS}-${n}` }, { name: MARKS }],
    bytes: new Binary(Buffer.from(MARKS.repeat(1 + (n % 200)))),
  });
  for (let n = 0; n < count; n += 4) {
    await rows.insertOne(document(n));
    await rows.insertOne({ _id: `kept-${n}`, n, key: `kept-${n}`, bytes: 'x'.repeat(n % 3000) });
    await rows.updateOne({ _id: `${MARKS}-${n + 1}` }, { $set: document(n + 1) }, { upsert: true });
    await db.client.withSession((session) =>
      session.withTransaction(() =>
        rows.insertMany([document(n + 2), document(n + 3)], { session }),
      ),
    );
    // Kept, but once with a mark.
    await rows.updateOne({ n, key: `kept-${n}` }, { $set: { note: MARKS } });
    await rows.updateOne({ n, key: `kept-${n}` }, { $set: { note: 'nothing' } });
    await rows.insertOne(document(n)).catch(() => 'refused, with the key in the answer');
  }
}

/** Deletes them again, in all the ways there are. */
export async function deleteMarked(db: Db, count: number): Promise<void> {
  const rows = db.collection<Document & { _id: string }>('rows');
  for (let n = 0; n < count; n += 8) {
    await rows.deleteOne({ key: `${MARKS}-${n}` });
    await rows.findOneAndUpdate({ key: `${MARKS}-${n + 2}` }, { $set: { bytes: 0 } });
    await db.client.withSession((session) =>
      session.withTransaction(() => rows.deleteOne({ key: `${MARKS}-${n + 3}` }, { session })),
    );
  }
  // Each in a session of its own, for which the engine keeps the reply, and in it the document.
  const rest = Array.from({ length: 8 }, (_, i) => ({ key: `${MARKS}-${i * 8 + 1}` }));
  await Promise.all(rest.map((filter) => rows.findOneAndDelete(filter)));
  await rows.deleteMany({ key: new RegExp(`^${MARK}`) });
}
