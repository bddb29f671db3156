import type { Types } from 'mongoose';
import { RequestModel, type RequestRow } from './model.ts';

/** One request of a person, as their list shows it. */
export type OwnRequest = Pick<
  RequestRow,
  'reference' | 'right' | 'state' | 'channel' | 'receivedAt'
> & {
  dueOn: string;
};

const MOST_SHOWN = 200;

/** The requests of a proven person, the newest first. */
export async function requestsOfSubject(
  organizationId: Types.ObjectId,
  subjectId: Types.ObjectId,
): Promise<OwnRequest[]> {
  const rows = await RequestModel.find({ organizationId, subjectId, erasedAt: null })
    .sort({ _id: -1 })
    .limit(MOST_SHOWN)
    .lean();
  return rows
    .map(({ reference, right, state, channel, receivedAt, deadlines }) => ({
      reference,
      right,
      state,
      channel,
      receivedAt,
      dueOn: deadlines.effectiveDue,
    }))
    .sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
}
