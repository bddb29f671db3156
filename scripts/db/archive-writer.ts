import { Long, serialize } from 'bson';
import {
  FORMAT,
  MAGIC,
  TERMINATOR,
  type ArchivedCollection,
  type ArchiveHeader,
  type BlockHeader,
} from './archive.ts';
import { Crc64 } from './crc64.ts';

/** A collection to be archived, and its documents as BSON, some at a time. */
export interface Archivable {
  description: ArchivedCollection;
  batches: AsyncIterable<Buffer[]>;
}

/** The bytes of an archive. Nothing is read before it is asked for. */
export async function* writeArchive(
  versions: { server: string; tool: string },
  collections: readonly Archivable[],
): AsyncGenerator<Buffer, void> {
  const header: ArchiveHeader = {
    concurrent_collections: 1,
    version: FORMAT,
    server_version: versions.server,
    tool_version: versions.tool,
  };
  const descriptions = collections.map(({ description }) => serialize(description));
  yield Buffer.concat([MAGIC, serialize(header), ...descriptions, TERMINATOR]);
  for (const { description, batches } of collections) {
    const { db, collection } = description;
    const crc = new Crc64();
    yield blockHeader({ db, collection, EOF: false, CRC: Long.ZERO });
    for await (const documents of batches) {
      const bytes = Buffer.concat(documents);
      crc.add(bytes);
      yield bytes;
    }
    const end = blockHeader({ db, collection, EOF: true, CRC: crc.value });
    yield Buffer.concat([TERMINATOR, end, TERMINATOR]);
  }
}

function blockHeader(header: BlockHeader): Buffer {
  return Buffer.from(serialize(header));
}
