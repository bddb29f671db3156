import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** A file, encrypted in chunks under a data key of its own. */
export interface FileRow extends OfOrganization {
  _id: Types.ObjectId;
  keyId: Types.ObjectId;
  /** Name, type, size and digest, sealed. */
  sealed: Buffer;
  /** What the file belongs to, such as a request; null while it is only staged. */
  about: { kind: string; id: Types.ObjectId } | null;
  /** When a file that stayed staged is swept away; null once it belongs to something. */
  nextActionAt: Date | null;
}

const fileSchema = new Schema<FileRow>(
  {
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, required: true },
    about: {
      type: new Schema(
        {
          kind: { type: String, required: true },
          id: { type: Schema.Types.ObjectId, required: true },
        },
        { _id: false },
      ),
      default: null,
    },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'files', timestamps: true, strict: 'throw' },
);
belongsToOrganization(fileSchema);
fileSchema.index({ nextActionAt: 1 });
fileSchema.index({ organizationId: 1, 'about.id': 1, _id: 1 });
export const FileModel = model('File', fileSchema);

export interface FileChunkRow extends OfOrganization {
  _id: Types.ObjectId;
  fileId: Types.ObjectId;
  index: number;
  sealed: Buffer;
}

const fileChunkSchema = new Schema<FileChunkRow>(
  {
    fileId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    index: { type: Number, required: true, immutable: true },
    sealed: { type: Buffer, required: true, immutable: true },
  },
  { collection: 'fileChunks', strict: 'throw', versionKey: false },
);
belongsToOrganization(fileChunkSchema);
fileChunkSchema.index({ fileId: 1, index: 1 }, { unique: true });
export const FileChunkModel = model('FileChunk', fileChunkSchema);
