import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { memberNames, type StaffMember } from '../staff/service.ts';
import { PresenceModel } from './desk-model.ts';

const ENDS_AFTER_MS = 60_000;

/**
 * Notes that a member has a request open, and gives the names of the colleagues who have. It is
 * forgotten within a minute, so it is no part of the audit trail.
 */
export async function meetAt(staff: StaffMember, requestId: Types.ObjectId): Promise<string[]> {
  const { organizationId } = staff;
  const accountId = new Types.ObjectId(staff.id);
  const now = Date.now();
  await againstDuplicates(() =>
    PresenceModel.updateOne(
      { organizationId, requestId, accountId },
      { endsAt: new Date(now + ENDS_AFTER_MS) },
      { upsert: true },
    ),
  );
  const others = await PresenceModel.find({
    organizationId,
    requestId,
    accountId: { $ne: accountId },
    endsAt: { $gt: new Date(now) },
  }).lean();
  const names = await memberNames(
    organizationId,
    others.map((other) => other.accountId),
  );
  return [...names.values()].sort((a, b) => a.localeCompare(b));
}
