import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField } from '../../problem.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { sealText } from './contents.ts';
import { tellPerson } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { liveRequest, movedOn } from './live-request.ts';
import { changedMeanwhile } from './moving.ts';
import { standingOf, type Standing } from './standing.ts';
import type { Lifting } from './schema.ts';

/** Whether data are restricted on this request's account, and no end has been announced yet. */
export const isRestricted = ({ right, outcome, lifting }: RequestRow): boolean =>
  right === 'restriction' &&
  (outcome?.kind === 'completed' || outcome?.kind === 'partial') &&
  lifting === null;

/**
 * Announces that restricted data will be used again. The person is told before, so the first such
 * day is never today (GDPR Art. 18(3)). @throws Problem invalid, not-allowed-now, conflict
 */
export async function liftRestriction(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, liftsOn, text }: Lifting,
): Promise<Standing> {
  const { organizationId, organization } = staff;
  return inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    if (!isRestricted(row)) {
      throw movedOn('Nothing is restricted on this account.');
    }
    const at = new Date();
    if (liftsOn <= localDay(at, organization.timeZone)) {
      throw invalidField('liftsOn', 'date.min', 'liftsOn must be later');
    }
    const sealed = await sealText(row, 'lifting', text);
    const moved = await RequestModel.findOneAndUpdate(
      { _id: id, organizationId, version, lifting: null },
      { $set: { lifting: { at, liftsOn, sealed } }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!moved) throw changedMeanwhile();
    const target = { kind: 'request', id };
    await recordAudit(staff, 'request.lifting-announced', target, { on: liftsOn });
    await tellPerson(organization, moved, 'restriction-lifted', { liftedOn: liftsOn });
    return standingOf(moved);
  });
}
