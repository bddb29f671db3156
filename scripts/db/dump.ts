import { EJSON } from 'bson';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { mongo } from 'mongoose';
import type { ArchivedCollection, Metadata } from './archive.ts';
import { writeArchive, type Archivable } from './archive-writer.ts';
import { collectionsOf } from './collections.ts';
import type { OpenDatabase } from './open.ts';
import { ToolFailed, type Outcome } from './outcome.ts';

const BATCH_DOCUMENTS = 1000;

/**
 * Writes the database into one file, readable only by this user, as of one moment: where others may write
 * meanwhile, everything is read in a transaction. The file appears under its name once it is whole.
 * @throws ToolFailed when the file exists or cannot be written, or when reading takes longer than a transaction may
 */
export async function dumpDatabase(
  { db, client, isOurs }: Pick<OpenDatabase, 'db' | 'client' | 'isOurs'>,
  file: string,
  { isZipped }: { isZipped: boolean },
): Promise<Outcome> {
  if (existsSync(file)) throw new ToolFailed(`${file} exists already: name another file.`);
  const session = isOurs ? undefined : client.startSession();
  session?.startTransaction({ readConcern: { level: 'snapshot' } });
  const counted = { documents: 0 };
  try {
    const collections = await archivablesOf(db, session, counted);
    const { version } = await db.command({ buildInfo: 1 });
    const versions = { server: String(version), tool: 'habeas' };
    await writeWhole(file, writeArchive(versions, collections), isZipped);
    return {
      report: `Dumped ${counted.documents} documents of ${collections.length} collections into ${file}. It holds personal data, though sealed; the installation key is not in it: keep that one elsewhere.`,
      isSound: true,
    };
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.hasErrorLabel('TransientTransactionError'))
      throw new ToolFailed(
        'Reading took longer than a transaction may be open: stop the service, and dump again.',
      );
    throw error;
  } finally {
    await session?.endSession();
  }
}

async function archivablesOf(
  db: mongo.Db,
  session: mongo.ClientSession | undefined,
  counted: { documents: number },
): Promise<Archivable[]> {
  const archivables: Archivable[] = [];
  for (const { name, options, uuid } of await collectionsOf(db)) {
    const collection = db.collection(name);
    // Numbers of an index keep their types.
    const listed = await collection.listIndexes({ promoteValues: false }).toArray();
    const indexes = listed as Metadata['indexes'];
    const metadata: Metadata = { options, indexes, uuid, collectionName: name, type: 'collection' };
    const description: ArchivedCollection = {
      db: db.databaseName,
      collection: name,
      metadata: EJSON.stringify(metadata, { relaxed: false }),
      size: 0,
      type: 'collection',
    };
    const find = () =>
      collection.find({}, { raw: true, batchSize: BATCH_DOCUMENTS, ...(session && { session }) });
    archivables.push({ description, batches: batchesOf(find, counted) });
  }
  return archivables;
}

async function* batchesOf(
  find: () => mongo.FindCursor,
  counted: { documents: number },
): AsyncGenerator<Buffer[], void> {
  const cursor = find();
  try {
    while (await cursor.hasNext()) {
      const documents = cursor.readBufferedDocuments() as unknown as Uint8Array[];
      counted.documents += documents.length;
      yield documents.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    }
  } finally {
    await cursor.close();
  }
}

async function writeWhole(
  file: string,
  archive: AsyncIterable<Buffer>,
  isZipped: boolean,
): Promise<void> {
  const partial = `${file}.part`;
  try {
    await rm(partial, { force: true });
    const target = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
    await (isZipped ? pipeline(archive, createGzip(), target) : pipeline(archive, target));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new ToolFailed(`${file} cannot be written: ${error.message}.`);
    throw error;
  }
}
