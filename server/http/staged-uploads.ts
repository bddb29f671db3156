import type { Request, RequestHandler } from 'express';
import type { StorageEngine } from 'multer';
import type { Types } from 'mongoose';
import { defaults } from '../../config/defaults.ts';
import type { IncomingFile } from '../features/files/service.ts';
import type { StagedFile } from './doors.ts';
import { filesReader } from './forms.ts';

/** How the http room stores a file while it comes in; `app.ts` gives it the files room's answer. */
export type Stage = (organizationId: Types.ObjectId, file: IncomingFile) => Promise<Types.ObjectId>;

const stagedOf = new WeakMap<Request, StagedFile[]>();

/** The files of a form that were stored as they came in. */
export const stagedFiles = (req: Request): StagedFile[] => stagedOf.get(req) ?? [];

async function* counted(content: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const part of content) {
    count(part.length);
    yield part;
  }
}

/** Reads a form and stores its files, encrypted, chunk by chunk; a broken upload is swept away later. */
export function readStagedUploads(
  stage: Stage,
  organizationOf: (req: Request) => Types.ObjectId,
): RequestHandler {
  const storage: StorageEngine = {
    _handleFile(req, { fieldname: field, originalname: name, mimetype: type, stream }, done) {
      if (name === '') {
        stream.resume().on('end', () => {
          done(null, { size: 0 });
        });
        return;
      }
      let size = 0;
      const content = counted(stream, (bytes) => {
        size += bytes;
      });
      stage(organizationOf(req), { name, type, content }).then((id) => {
        const staged = stagedFiles(req);
        if (size > 0) stagedOf.set(req, [...staged, { id, field, name, type, size }]);
        done(null, { size });
      }, done);
    },
    _removeFile(_req, _file, done) {
      done(null);
    },
  };
  const { maxStagedBytes } = defaults.files;
  return filesReader(storage, { fileBytes: maxStagedBytes, totalBytes: maxStagedBytes });
}
