import { createHash } from 'node:crypto';
import { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { bytesOf, createDataKey, destroyDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { seal, sealJson, unseal, unsealJson, type DataKey } from '../../security/encryption.ts';
import { FileChunkModel, FileModel, type FileRow } from './model.ts';

/** A file as it comes in. */
export interface NewFile {
  name: string;
  type: string;
  content: Buffer;
}

export interface FileView {
  id: string;
  name: string;
  type: string;
  /** Bytes. */
  size: number;
}

/** A file on its way out. Reading `content` fails when a chunk is missing or was altered. */
export interface OpenedFile extends Omit<FileView, 'id'> {
  content: AsyncIterable<Buffer>;
}

interface Description extends Omit<FileView, 'id'> {
  sha256: string;
  chunks: number;
}

const { chunkBytes, maxBytes, maxCount } = defaults.files;
const STAGED_MS = 3_600_000;

const placeOf = (id: Types.ObjectId) => ({ collection: 'files', row: id, field: 'sealed' });
// A chunk opens only in its own place of its own file, so none can be swapped, moved or copied.
const placeOfChunk = (id: Types.ObjectId, index: number) => ({
  collection: 'fileChunks',
  row: id,
  field: `chunk-${index}`,
});

/** The last part of a path, as some browsers send one, without signs that mislead or break headers. */
function plainName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/u).at(-1) ?? '';
  const plain = last.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '').trim();
  return Array.from(plain).slice(-120).join('') || 'file';
}

const plainType = (type: string) =>
  /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/u.test(type)
    ? type
    : 'application/octet-stream';

/** @throws Problem too-large for more or larger files than this installation takes. */
function refuseTooMuch(files: readonly NewFile[]): void {
  if (files.length > maxCount || files.some(({ content }) => content.length > maxBytes)) {
    throw new Problem('too-large', 'A file is too large, or there are too many.', {
      code: 'files-too-large',
    });
  }
}

/** The same bytes in pieces of one chunk each; the last may be shorter. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of content) {
    let rest = part;
    while (length + rest.length >= chunkBytes) {
      const cut = chunkBytes - length;
      yield Buffer.concat([...parts, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      parts = [];
      length = 0;
    }
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(parts);
}

/** A file as it comes in, piece by piece. */
export interface IncomingFile {
  name: string;
  type: string;
  content: AsyncIterable<Uint8Array>;
}

/**
 * Stores a file, encrypted, while it comes in, so that memory never holds more than a chunk of it.
 * It belongs to nothing until `attachFiles`; what is never attached is swept away after an hour.
 */
export async function stageFile(
  organizationId: Types.ObjectId,
  { name, type, content }: IncomingFile,
): Promise<Types.ObjectId> {
  const id = new Types.ObjectId();
  const description = { name: plainName(name), type: plainType(type), size: 0, chunks: 0 };
  // The row comes first: whatever follows it and is left behind by a crash, the sweep finds.
  const key = await inTransaction(async () => {
    const made = await createDataKey(organizationId, 'file');
    await FileModel.create({
      _id: id,
      organizationId,
      keyId: made.id,
      sealed: sealJson(made, placeOf(id), { ...description, sha256: '' }),
      nextActionAt: new Date(Date.now() + STAGED_MS),
    });
    return made;
  });
  const digest = createHash('sha256');
  for await (const part of inChunks(content)) {
    const index = description.chunks;
    const sealed = seal(key, placeOfChunk(id, index), part);
    // As it is: a document made of it first would copy it twice more.
    await FileChunkModel.insertMany([{ organizationId, fileId: id, index, sealed }], {
      lean: true,
    });
    digest.update(part);
    description.size += part.length;
    description.chunks += 1;
  }
  const whole: Description = { ...description, sha256: digest.digest('hex') };
  await FileModel.updateOne(
    { _id: id, organizationId },
    {
      sealed: sealJson(key, placeOf(id), whole),
      nextActionAt: new Date(Date.now() + STAGED_MS),
    },
  );
  return id;
}

/** Bytes that are there already, as if they came in. */
async function* at(content: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield content;
}

/**
 * Stores files, encrypted, outside of any transaction, because they are large. They belong to
 * nothing until `attachFiles`; what is never attached is swept away after an hour.
 * @throws Problem too-large
 */
export async function stageFiles(
  organizationId: Types.ObjectId,
  files: readonly NewFile[],
): Promise<Types.ObjectId[]> {
  refuseTooMuch(files);
  const ids: Types.ObjectId[] = [];
  for (const file of files) {
    ids.push(await stageFile(organizationId, { ...file, content: at(file.content) }));
  }
  return ids;
}

/** Gives staged files to what they belong to, in the caller's transaction. @throws Error when one was swept. */
export async function attachFiles(
  organizationId: Types.ObjectId,
  ids: readonly Types.ObjectId[],
  about: { kind: string; id: Types.ObjectId },
): Promise<void> {
  if (ids.length === 0) return;
  const { matchedCount } = await FileModel.updateMany(
    { _id: { $in: ids }, organizationId, about: null },
    { about, nextActionAt: null },
  );
  if (matchedCount !== ids.length) throw new Error('A staged file is gone.');
}

const describe = (key: DataKey, { _id, sealed }: FileRow) =>
  unsealJson(key, placeOf(_id), bytesOf(sealed)) as Description;

/** Names and sizes of the files of something, in the order they came; erased ones are missing. */
export async function filesAbout(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
): Promise<FileView[]> {
  const rows = await FileModel.find({ organizationId, 'about.id': aboutId })
    .sort({ _id: 1 })
    .lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return rows.flatMap((row) => {
    const key = keys.get(row.keyId.toHexString());
    if (!key) return [];
    const { name, type, size } = describe(key, row);
    return [{ id: row._id.toHexString(), name, type, size }];
  });
}

async function* chunksOf(
  organizationId: Types.ObjectId,
  key: DataKey,
  fileId: Types.ObjectId,
  count: number,
): AsyncIterable<Buffer> {
  for (let index = 0; index < count; index++) {
    const chunk = await FileChunkModel.findOne({ organizationId, fileId, index }).lean();
    if (!chunk) throw new Error('A chunk of the file is missing.');
    yield unseal(key, placeOfChunk(fileId, index), bytesOf(chunk.sealed));
  }
}

async function opened(row: FileRow | null): Promise<OpenedFile> {
  const key = row && (await loadDataKeys([row.keyId])).get(row.keyId.toHexString());
  if (!row || !key) throw new Problem('not-found', 'There is no such file.');
  const { name, type, size, chunks } = describe(key, row);
  return { name, type, size, content: chunksOf(row.organizationId, key, row._id, chunks) };
}

/**
 * Opens a file of something, to be read chunk by chunk.
 * @throws Problem not-found for a file of anything else, and for an erased one.
 */
export async function openFile(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<OpenedFile> {
  return opened(
    await FileModel.findOne({ _id: fileId, organizationId, 'about.id': aboutId }).lean(),
  );
}

/** Opens a file that belongs to nothing yet. @throws Problem not-found */
export async function openStagedFile(
  organizationId: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<OpenedFile> {
  return opened(await FileModel.findOne({ _id: fileId, organizationId, about: null }).lean());
}

/** Removes the files of something and destroys their keys, in the caller's transaction. */
export async function eraseFilesAbout(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
): Promise<number> {
  const rows = await FileModel.find({ organizationId, 'about.id': aboutId }, { _id: 1 }).lean();
  for (const { _id } of rows) await eraseFile(organizationId, _id);
  return rows.length;
}

/** Removes one file and destroys its key, in the caller's transaction. */
export async function eraseFile(
  organizationId: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<void> {
  const row = await FileModel.findOneAndDelete({ _id: fileId, organizationId }).lean();
  if (!row) return;
  await destroyDataKey(row.keyId);
  await FileChunkModel.deleteMany({ organizationId, fileId });
}

/** Removes files that were staged but never given to anything. Returns how many. */
export async function sweepStagedFiles(): Promise<number> {
  return sweepDue(FileModel, ({ _id, organizationId }) => eraseFile(organizationId, _id));
}
