/**
 * The archive format of mongodump and mongorestore: a magic number, a header, a description of every
 * collection, then blocks of documents. A block is a document that names its collection, the documents,
 * and a terminator; a last, empty block closes each collection and holds the checksum of its documents.
 */

export const MAGIC = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);
export const TERMINATOR = Buffer.from([0xff, 0xff, 0xff, 0xff]);
export const FORMAT = '0.1';

/** The first document of an archive. */
export interface ArchiveHeader {
  concurrent_collections: number;
  version: string;
  server_version: string;
  tool_version: string;
}

/** How an archive describes a collection that is in it. */
export interface ArchivedCollection {
  db: string;
  collection: string;
  /** `Metadata`, as canonical Extended JSON; empty in old archives. */
  metadata: string;
  size: number;
  type: string;
}

/** What makes a collection again, beside its documents. */
export interface Metadata {
  options: Record<string, unknown>;
  indexes: Record<string, unknown>[];
  uuid?: string;
  collectionName?: string;
  type?: string;
}

/** What a block begins with. */
export interface BlockHeader {
  db: string;
  collection: string;
  EOF: boolean;
  CRC: unknown;
}

export function namespaceOf({ db, collection }: { db: string; collection: string }): string {
  return `${db}.${collection}`;
}
