import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { destroyDataKey } from '../../security/data-keys.ts';
import { recordAudit, system } from '../audit/service.ts';
import { eraseFilesAbout } from '../files/service.ts';
import { PackageModel, type PackageRow } from './model.ts';

const UNRELEASED_MS = defaults.packages.unreleasedDays * 86_400_000;

/**
 * Gives what was gathered an end when its request closes without handing it over, or none when the
 * request is opened again; in the caller's transaction.
 */
export async function limitUnreleased(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  { isClosed }: { isClosed: boolean },
): Promise<void> {
  await PackageModel.updateOne(
    { organizationId, requestId, state: 'open' },
    { nextActionAt: isClosed ? new Date(Date.now() + UNRELEASED_MS) : null },
  );
}

/** Destroys files and key of a request's package, in the caller's transaction. */
export async function erasePackage(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<void> {
  const row = await PackageModel.findOne({ organizationId, requestId }).lean();
  if (!row || row.state === 'deleted') return;
  await eraseFilesAbout(organizationId, row._id);
  await destroyDataKey(row.keyId);
  const own = { _id: row._id, organizationId };
  // What nobody was given leaves its place to a new one, for its request may be opened again.
  if (row.state === 'open') await PackageModel.deleteOne(own);
  else {
    await PackageModel.updateOne(own, {
      $set: { state: 'deleted', sealed: null, items: [], nextActionAt: null },
    });
  }
}

/**
 * Destroys packages whose life has ended. Those that nobody fetched are shown to `remind` some days
 * before, in the same transaction. Returns how many were attended to.
 */
export async function sweepPackages(
  remind: (row: PackageRow, endsAt: Date) => Promise<void>,
): Promise<number> {
  return sweepDue(PackageModel, async (row) => {
    const { _id, organizationId, requestId, endsAt, downloads } = row;
    if (endsAt && endsAt > new Date()) {
      if (downloads === 0) await remind(row, endsAt);
      await PackageModel.updateOne({ _id, organizationId }, { nextActionAt: endsAt });
      return;
    }
    await erasePackage(organizationId, requestId);
    const target = { kind: 'request', id: requestId };
    await recordAudit(system(organizationId), 'package.deleted', target);
  });
}
