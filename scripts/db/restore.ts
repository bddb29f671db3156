import { EJSON } from 'bson';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { mongo } from 'mongoose';
import { namespaceOf, type ArchivedCollection, type Metadata } from './archive.ts';
import { ArchiveDamaged, readArchive, type OpenArchive } from './archive-reader.ts';
import { collectionsOf } from './collections.ts';
import type { OpenDatabase } from './open.ts';
import { ToolFailed, type Outcome } from './outcome.ts';

/** Old versions of mongodump leave out what is empty. */
type Nullable<T> = { [K in keyof T]?: T[K] | null };

/** What a server keeps about itself, and no installation of ours needs. */
const SERVERS_OWN = new Set(['admin', 'config', 'local']);

const CHUNK_BYTES = 1024 * 1024;

// The driver's public calls take documents apart and put them together again, which loses deprecated types
// and the order of fields that look like numbers. This is how it sends bytes as they are.
const { makeDocumentSequence } = createRequire(import.meta.url)('mongodb/lib/cmap/commands.js') as {
  makeDocumentSequence: (field: string, documents: Buffer[], serialized: Buffer[]) => unknown;
};

/**
 * Makes the collections of an archive again: documents as they were, byte for byte, then indexes. The archive
 * is read once beforehand, so that a damaged one changes nothing.
 * @throws ToolFailed when the archive is damaged or not of one database, or would overwrite data
 */
export async function restoreDatabase(
  { db }: Pick<OpenDatabase, 'db'>,
  file: string,
  { mayDrop }: { mayDrop: boolean },
): Promise<Outcome> {
  const chosen = await verify(file);
  await makeRoom(db, chosen, mayDrop);
  const documents = await refill(db, file, chosen);
  const from = chosen[0]?.db ?? '';
  const renamed = from === db.databaseName ? '' : ` (${from} in the archive)`;
  return {
    report: `Restored ${documents} documents of ${chosen.length} collections into ${db.databaseName}${renamed}. They need the installation key that they were written with.`,
    isSound: true,
  };
}

/** Reads all of it, and gives the collections to restore. */
async function verify(file: string): Promise<ArchivedCollection[]> {
  try {
    const archive = await openArchive(file);
    const chosen = chooseCollections(archive.collections);
    while ((await archive.batches.next()).done !== true);
    return chosen;
  } catch (error) {
    if (!(error instanceof ArchiveDamaged)) throw error;
    throw new ToolFailed(`${file} is no whole archive: ${error.message}. Nothing was restored.`);
  }
}

function chooseCollections(collections: readonly ArchivedCollection[]): ArchivedCollection[] {
  if (collections.some(({ db }) => db === ''))
    throw new ToolFailed(
      'The archive was made with --oplog, which is not replayed: dump without it.',
    );
  const chosen = collections.filter(({ db }) => !SERVERS_OWN.has(db));
  const databases = new Set(chosen.map(({ db }) => db));
  if (databases.size !== 1)
    throw new ToolFailed(
      databases.size === 0
        ? 'There is no collection in the archive.'
        : `The archive holds several databases (${[...databases].join(', ')}): dump the one of this installation, with --db.`,
    );
  for (const archived of chosen) {
    const { type } = metadataOf(archived);
    if (type !== 'collection')
      throw new ToolFailed(`${archived.collection} is a ${type}, and no collection.`);
  }
  return chosen;
}

async function makeRoom(
  db: mongo.Db,
  chosen: readonly ArchivedCollection[],
  mayDrop: boolean,
): Promise<void> {
  const wanted = new Set(chosen.map(({ collection }) => collection));
  const existing = (await collectionsOf(db))
    .map(({ name }) => name)
    .filter((name) => wanted.has(name));
  const filled: string[] = [];
  for (const name of existing)
    if (await db.collection(name).findOne({}, { projection: { _id: 1 } })) filled.push(name);
  if (filled.length > 0 && !mayDrop)
    throw new ToolFailed(
      `There is data in ${filled.join(', ')} already, and nothing was restored. With --drop, what the archive holds replaces it.`,
    );
  for (const name of existing) await db.dropCollection(name);
}

async function refill(
  db: mongo.Db,
  file: string,
  chosen: readonly ArchivedCollection[],
): Promise<number> {
  const names = new Map(chosen.map((archived) => [namespaceOf(archived), archived.collection]));
  for (const archived of chosen)
    await db.command({ create: archived.collection, ...metadataOf(archived).options });
  const archive = await openArchive(file);
  let restored = 0;
  for await (const { namespace, documents } of archive.batches) {
    const name = names.get(namespace);
    if (name === undefined) continue;
    await insert(db, name, documents);
    restored += documents.length;
  }
  for (const archived of chosen) await createIndexes(db, archived);
  return restored;
}

async function insert(db: mongo.Db, name: string, documents: Buffer[]): Promise<void> {
  const reply = await db.command({
    insert: name,
    documents: makeDocumentSequence('documents', documents, documents),
    writeConcern: { w: 'majority' },
  });
  const [refused] = (reply.writeErrors ?? []) as { errmsg: string }[];
  if (refused)
    throw new ToolFailed(
      `A document of ${name} was refused, and the rest is missing: ${refused.errmsg}`,
    );
}

async function createIndexes(db: mongo.Db, archived: ArchivedCollection): Promise<void> {
  const indexes = metadataOf(archived)
    .indexes.filter(({ name }) => name !== '_id_')
    // Old servers name the collection in its indexes, where it may have another name now.
    .map(({ ns: _, ...index }) => index);
  if (indexes.length > 0) await db.command({ createIndexes: archived.collection, indexes });
}

function metadataOf({
  metadata,
}: ArchivedCollection): Required<Pick<Metadata, 'options' | 'indexes' | 'type'>> {
  const found =
    metadata === '' ? {} : (EJSON.parse(metadata, { relaxed: false }) as Nullable<Metadata>);
  return {
    options: found.options ?? {},
    indexes: found.indexes ?? [],
    type: found.type ?? 'collection',
  };
}

async function openArchive(file: string): Promise<OpenArchive> {
  return readArchive(chunksOf(file, await isZipped(file)));
}

/** gzip's own magic number. */
async function isZipped(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    await handle.close();
    return buffer.equals(Buffer.from([0x1f, 0x8b]));
  } catch (error) {
    throw new ToolFailed(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

async function* chunksOf(file: string, zipped: boolean): AsyncGenerator<Buffer, void> {
  const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const chunks: AsyncIterable<Buffer> = zipped
    ? pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined)
    : bytes;
  try {
    yield* chunks;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new ArchiveDamaged(`gzip says: ${(error as Error).message}`);
    throw error;
  }
}
