import type { Types } from 'mongoose';
import { ScanPlanModel, type ScanPlanRow } from './model.ts';

/** Longer than a scan may take: then the node that claimed it is gone. */
const CLAIM_MS = 15 * 60_000;

async function claimFirst(
  now: Date,
  among: { organizationId?: { $nin: Types.ObjectId[] } },
): Promise<ScanPlanRow | null> {
  return ScanPlanModel.findOneAndUpdate(
    { ...among, nextActionAt: { $lte: now }, claimedUntil: { $not: { $gt: now } } },
    { claimedUntil: new Date(now.getTime() + CLAIM_MS) },
    { sort: { nextActionAt: 1 }, acrossOrganizations: true, returnDocument: 'after' },
  ).lean<ScanPlanRow | null>();
}

/**
 * Takes the plan that has been due longest, so that of several nodes one scans it; first of an organisation of which
 * nothing is being scanned, so that nobody's hundred sites keep everybody else's one waiting. Null when nothing is due.
 */
export async function claimPlan(): Promise<ScanPlanRow | null> {
  const now = new Date();
  const busy = await ScanPlanModel.find(
    { claimedUntil: { $gt: now } },
    { organizationId: 1 },
    {
      acrossOrganizations: true,
    },
  ).lean();
  const $nin = busy.map(({ organizationId }) => organizationId);
  return (
    ($nin.length > 0 ? await claimFirst(now, { organizationId: { $nin } }) : null) ??
    claimFirst(now, {})
  );
}

/** Gives a plan back, for whoever comes next. */
export async function releasePlan({ _id, organizationId }: ScanPlanRow): Promise<void> {
  await ScanPlanModel.updateOne({ _id, organizationId }, { claimedUntil: null });
}
