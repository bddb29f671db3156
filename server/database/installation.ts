import { model, Schema, Types } from 'mongoose';
import { log } from '../log.ts';
import { createDataKey, loadDataKeys } from '../security/data-keys.ts';
import { SealBroken } from '../security/encryption.ts';
import { InstallationUnusable } from './installation-unusable.ts';
import { onOneNode } from './one-node.ts';
import { FORMAT, steps } from './migrations.ts';
import { compareStructure, completeStructure } from './structure.ts';

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

/** The format of the data, if there is any. @throws InstallationUnusable like `prepareInstallation` */
async function formatFound(): Promise<number | null> {
  const found = await InstallationModel.findById('installation').lean();
  if (!found) return null;
  if (found.format > FORMAT) {
    throw new InstallationUnusable(
      `This data was written by a newer Habeas (format ${found.format}, this one knows ${FORMAT}): start the newer version.`,
    );
  }
  await checkKey(found.keyCheckId);
  return found.format;
}

/** Notes the format and the key of an empty database. */
async function foundInstallation(): Promise<void> {
  const check = await createDataKey(null, 'check');
  // Two nodes may get here at once: the first one's row stays, and its key is the right one.
  const { keyCheckId } = await InstallationModel.findOneAndUpdate(
    { _id: 'installation' },
    { $setOnInsert: { format: FORMAT, keyCheckId: check.id } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  await checkKey(keyCheckId);
}

async function migrate(): Promise<void> {
  const format = await formatFound();
  for (const [index, step] of steps.entries()) {
    const from = index + 1;
    if (format === null || format > from) continue;
    await step();
    await InstallationModel.updateOne({ _id: 'installation', format: from }, { format: from + 1 });
    log.info({ format: from + 1 }, 'data brought to a newer format');
  }
  await completeStructure();
  if (format === null) await foundInstallation();
}

/**
 * Brings the database to what this version needs: format, collections, indexes, key. When nothing
 * is to be done it only reads; else one node does it, and others that start meanwhile wait. It can
 * be killed anywhere and begun again.
 * @throws InstallationUnusable for data of a newer version, or for a wrong installation key.
 */
export async function prepareInstallation(): Promise<void> {
  if ((await formatFound()) === FORMAT && (await compareStructure()).missing.length === 0) return;
  await onOneNode(migrate);
}

/** For processes that leave the preparing to others. @throws InstallationUnusable when it is not done. */
export async function requireInstallation(): Promise<void> {
  if ((await formatFound()) === FORMAT) return;
  throw new InstallationUnusable(
    'The database is not ready for this version: start the web process first, or run npm run migrate.',
  );
}
