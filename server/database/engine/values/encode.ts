import { serialize } from 'bson';
import { CommandError } from '../errors.ts';
import type { Document } from './kinds.ts';

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** The document's BSON. Throws 10334 beyond 16 MB. */
export function encodeDocument(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: false });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkSize(buffer);
  return buffer;
}

/** Throws 10334 when a document is larger than the server takes. */
export function checkSize(bytes: Buffer): void {
  if (bytes.length > MAX_DOCUMENT_BYTES)
    throw new CommandError(
      10334,
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and 16793600(16MB)`,
    );
}
