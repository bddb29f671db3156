import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Types } from 'mongoose';
import { stageFiles, type NewFile, type OpenedFile } from '../../server/features/files/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';

/** The whole content of an opened file. */
export const contentOf = ({ content }: OpenedFile): Promise<Buffer> =>
  buffer(Readable.from(content));

/** A small file that came in and belongs to nothing yet, for `completeRequest`. */
export const aStagedFile = (
  { _id }: Organization,
  given: Partial<NewFile> = {},
): Promise<Types.ObjectId[]> =>
  stageFiles(_id, [{ name: 'a.txt', type: 'text/plain', content: Buffer.from('a'), ...given }]);
