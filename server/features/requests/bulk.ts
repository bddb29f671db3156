import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import type { StaffMember } from '../staff/service.ts';
import { liveRequest } from './live-request.ts';
import { tellOfMany } from './mails.ts';
import { assignRequest } from './moves.ts';
import type { BulkChange } from './queue-schema.ts';
import { changeTags } from './tags.ts';

export interface BulkOutcome {
  /** Null when there is no such request any more. */
  reference: string | null;
  result: 'changed' | 'moved-meanwhile' | 'not-allowed-now' | 'too-many-tags' | 'not-found';
}

const resultOf = ({ problem, code }: Problem): BulkOutcome['result'] => {
  if (problem === 'not-found') return 'not-found';
  if (problem === 'invalid') return 'too-many-tags';
  return code === 'moved-meanwhile' ? 'moved-meanwhile' : 'not-allowed-now';
};

async function referenceOf({ organizationId }: StaffMember, id: Types.ObjectId) {
  try {
    return (await liveRequest(organizationId, id)).reference;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/**
 * Does the same to many requests, each in a transaction of its own: what a colleague has changed
 * meanwhile, or what is closed, is left as it is and named. A colleague to whom several are given
 * gets one mail. @throws Problem invalid for somebody who may not work on them
 */
export async function changeMany(staff: StaffMember, change: BulkChange): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (const { id, version } of change.rows) {
    try {
      if (change.act === 'assign') {
        const { assigneeId } = change;
        await assignRequest(
          staff,
          id,
          { version, assigneeId },
          { isTold: change.rows.length === 1 },
        );
      } else {
        const tags = change.tag === undefined ? [] : [change.tag];
        const isAdded = change.act === 'tag';
        await changeTags(staff, id, { add: isAdded ? tags : [], remove: isAdded ? [] : tags });
      }
      outcomes.push({ reference: await referenceOf(staff, id), result: 'changed' });
    } catch (error) {
      const isOfAssignee = change.act === 'assign' && (error as Problem).problem === 'invalid';
      if (!(error instanceof Problem) || isOfAssignee) throw error;
      outcomes.push({ reference: await referenceOf(staff, id), result: resultOf(error) });
    }
  }
  const { assigneeId } = change;
  const count = outcomes.filter(({ result }) => result === 'changed').length;
  const isForOther = assigneeId !== null && assigneeId.toHexString() !== staff.id;
  if (change.act === 'assign' && change.rows.length > 1 && count > 0 && isForOther) {
    await inTransaction(() => tellOfMany(staff.organization, assigneeId, count));
  }
  return outcomes;
}
