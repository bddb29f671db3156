import { BSONError, deserialize, Long } from 'bson';
import {
  FORMAT,
  MAGIC,
  namespaceOf,
  TERMINATOR,
  type ArchivedCollection,
  type ArchiveHeader,
  type BlockHeader,
} from './archive.ts';
import { ByteSource } from './byte-source.ts';
import { Crc64 } from './crc64.ts';

/** The bytes are not those that mongodump, or we, wrote. */
export class ArchiveDamaged extends Error {}

const SMALLEST_DOCUMENT = 5;
/** 16 MB, and what servers add to documents of their own. */
const LARGEST_DOCUMENT = 16 * 1024 * 1024 + 16 * 1024;
const BATCH_DOCUMENTS = 1000;
const BATCH_BYTES = 16 * 1024 * 1024;

/** Documents of one collection, in the order of the archive. */
export interface ArchivedBatch {
  namespace: string;
  documents: Buffer[];
}

export interface OpenArchive {
  collections: ArchivedCollection[];
  /** Everything in it, to be read once. Throws ArchiveDamaged at the first fault, or at the missing end. */
  batches: AsyncGenerator<ArchivedBatch, void>;
}

/** Reads the beginning of an archive. @throws ArchiveDamaged */
export async function readArchive(chunks: AsyncIterable<Buffer>): Promise<OpenArchive> {
  const source = new ByteSource(chunks);
  const magic = await source.take(MAGIC.length);
  if (!magic?.equals(MAGIC)) throw new ArchiveDamaged('it does not begin as an archive does');
  const header = await documentOrTerminator(source);
  if (!header) throw new ArchiveDamaged('it has no header');
  const { version } = decode(header) as ArchiveHeader;
  if (version !== FORMAT) throw new ArchiveDamaged(`its format is ${version}, and not ${FORMAT}`);
  const collections: ArchivedCollection[] = [];
  for (;;) {
    const description = await documentOrTerminator(source);
    if (!description) break;
    collections.push(decode(description) as ArchivedCollection);
  }
  return { collections, batches: readBlocks(source, collections) };
}

/** What is known of a collection whose documents are being read. */
interface Progress {
  crc: Crc64;
  isClosed: boolean;
}

async function* readBlocks(
  source: ByteSource,
  collections: readonly ArchivedCollection[],
): AsyncGenerator<ArchivedBatch, void> {
  const progress = new Map<string, Progress>(
    collections.map((collection) => [
      namespaceOf(collection),
      { crc: new Crc64(), isClosed: false },
    ]),
  );
  while (await source.peek(1)) {
    const first = await documentOrTerminator(source);
    if (!first) throw new ArchiveDamaged('a block has no header');
    const header = decode(first) as BlockHeader;
    if (typeof header.EOF !== 'boolean') throw new ArchiveDamaged('the header of a block is wrong');
    const namespace = namespaceOf(header);
    const state = progress.get(namespace);
    if (!state || state.isClosed)
      throw new ArchiveDamaged(`a block of ${namespace} is where none can be`);
    checkSum(namespace, header, header.EOF ? state.crc.value : Long.ZERO);
    state.isClosed = header.EOF;
    for await (const documents of readBatches(source)) {
      if (header.EOF) throw new ArchiveDamaged(`${namespace} goes on after its end`);
      for (const document of documents) state.crc.add(document);
      yield { namespace, documents };
    }
  }
  for (const description of collections) {
    const namespace = namespaceOf(description);
    // A view has no documents of its own.
    if (progress.get(namespace)?.isClosed !== true && description.type !== 'view')
      throw new ArchiveDamaged(`it ends before ${namespace} does`);
  }
}

function checkSum(namespace: string, { CRC }: BlockHeader, wanted: Long): void {
  if (!Long.isLong(CRC) || !wanted.equals(CRC))
    throw new ArchiveDamaged(`the checksum of ${namespace} is wrong`);
}

/** The documents of a block, up to and without its terminator. */
async function* readBatches(source: ByteSource): AsyncGenerator<Buffer[], void> {
  let documents: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const document = await documentOrTerminator(source);
    const isFull =
      documents.length >= BATCH_DOCUMENTS || bytes + (document?.length ?? 0) > BATCH_BYTES;
    if (documents.length > 0 && (isFull || !document)) {
      yield documents;
      documents = [];
      bytes = 0;
    }
    if (!document) return;
    documents.push(document);
    bytes += document.length;
  }
}

/** Undefined for a terminator. */
async function documentOrTerminator(source: ByteSource): Promise<Buffer | undefined> {
  const start = await source.peek(TERMINATOR.length);
  if (!start) throw new ArchiveDamaged('it is cut off');
  if (start.equals(TERMINATOR)) {
    await source.take(TERMINATOR.length);
    return undefined;
  }
  const size = start.readInt32LE(0);
  if (size < SMALLEST_DOCUMENT || size > LARGEST_DOCUMENT)
    throw new ArchiveDamaged(`a document of ${size} bytes cannot be`);
  const document = await source.take(size);
  if (!document) throw new ArchiveDamaged('it is cut off');
  if (document.at(-1) !== 0) throw new ArchiveDamaged('a document does not end as one');
  return document;
}

function decode(bytes: Buffer): unknown {
  try {
    return deserialize(bytes, { promoteLongs: false });
  } catch (error) {
    if (error instanceof BSONError) throw new ArchiveDamaged(`it cannot be read: ${error.message}`);
    throw error;
  }
}
