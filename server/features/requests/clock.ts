import { rightCatalogue } from '../../../config/right-catalogue.ts';
import type { RightId } from '../../../config/rights.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
import { addDays, localDay } from '../../deadlines/days.ts';
import type { RequestRow } from './model.ts';
import type { RequestClock } from './reminders.ts';

type Clocked = Pick<RequestRow, 'deadlines' | 'timeZone' | 'state'> &
  Partial<Pick<RequestRow, 'pauses'>>;

/** What the reminders of a request go by. */
export const clockOf = ({ deadlines, timeZone, state, pauses = [] }: Clocked): RequestClock => {
  const open = pauses.find(({ kind, answeredAt }) => kind === 'clarification' && !answeredAt);
  return {
    ...deadlines,
    timeZone,
    isVerified: state !== 'unverified',
    chaseSince: open ? localDay(open.askedAt, timeZone) : null,
  };
};

/** The day by which it is wanted: some reports earlier than the law asks. */
export function urgentDay(
  right: RightId,
  { alarmOn, receivedOn }: Pick<DeadlineResult, 'alarmOn' | 'receivedOn'>,
): string {
  const { targetDays } = rightCatalogue[right];
  const target = targetDays === undefined ? alarmOn : addDays(receivedOn, targetDays);
  return target < alarmOn ? target : alarmOn;
}
