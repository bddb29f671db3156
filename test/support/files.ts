import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { OpenedFile } from '../../server/features/files/service.ts';

/** The whole content of an opened file. */
export const contentOf = ({ content }: OpenedFile): Promise<Buffer> =>
  buffer(Readable.from(content));
