import mongoose, { model, Schema, Types } from 'mongoose';
import { createDataKey, loadDataKeys } from '../security/data-keys.ts';
import { SealBroken } from '../security/encryption.ts';
import { InstallationUnusable } from './installation-unusable.ts';

/** The format in which this version stores. Raise it together with a step in `migrations`. */
export const FORMAT = 1;

interface Installation {
  _id: 'installation';
  format: number;
  /** A data key that only the right installation key can unwrap. */
  keyCheckId: Types.ObjectId;
}

const InstallationModel = model(
  'Installation',
  new Schema<Installation>(
    {
      _id: { type: String, required: true },
      format: { type: Number, required: true },
      keyCheckId: { type: Schema.Types.ObjectId, required: true },
    },
    { collection: 'installation', strict: 'throw' },
  ),
);

/** What brings data of format n to format n + 1, at index n - 1. Each step may run twice. */
const migrations: (() => Promise<void>)[] = [];

async function checkKey(keyCheckId: Types.ObjectId): Promise<void> {
  const keys = await loadDataKeys([keyCheckId]).catch((error: unknown) => {
    if (error instanceof SealBroken) return new Map();
    throw error;
  });
  if (keys.size === 0) {
    throw new InstallationUnusable(
      'The installation key is not the one that protects this data: give the right HABEAS_KEY, or put the right key file back.',
    );
  }
}

/**
 * Prepares the database: collections and indexes, format and key. Safe to run from several nodes.
 * @throws InstallationUnusable for data of a newer version, or for a wrong installation key.
 */
export async function prepareInstallation(): Promise<void> {
  const found = await InstallationModel.findById('installation').lean();
  if (found) {
    if (found.format > FORMAT) {
      throw new InstallationUnusable(
        `This data was written by a newer Habeas (format ${found.format}, this one knows ${FORMAT}): start the newer version.`,
      );
    }
    await checkKey(found.keyCheckId);
    for (const step of migrations.slice(found.format - 1)) await step();
  }
  for (const name of mongoose.modelNames()) {
    await mongoose.model(name).createCollection();
    await mongoose.model(name).createIndexes();
  }
  if (found) {
    if (found.format < FORMAT)
      await InstallationModel.updateOne({ _id: 'installation' }, { format: FORMAT });
    return;
  }
  const check = await createDataKey(null, 'check');
  // Two nodes may get here at once: the first one's row stays, and its key is the right one.
  const { keyCheckId } = await InstallationModel.findOneAndUpdate(
    { _id: 'installation' },
    { $setOnInsert: { format: FORMAT, keyCheckId: check.id } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  await checkKey(keyCheckId);
}
