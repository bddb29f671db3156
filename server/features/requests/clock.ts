import { rightCatalogue } from '../../../config/right-catalogue.ts';
import type { RightId } from '../../../config/rights.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
import { addDays, localDay, type CalendarDay } from '../../deadlines/days.ts';
import type { PauseRow, RequestRow } from './model.ts';
import type { RequestClock } from './reminders.ts';

/** The question of a kind, or of any, that the person has not answered. */
export const openPause = (
  { pauses }: Pick<RequestRow, 'pauses'>,
  kind?: PauseRow['kind'],
): PauseRow | undefined =>
  pauses.find((pause) => !pause.answeredAt && (kind === undefined || pause.kind === kind));

type Clocked = Pick<RequestRow, 'deadlines' | 'timeZone' | 'state'> &
  Partial<Pick<RequestRow, 'pauses'>>;

/** What the reminders of a request go by. */
export const clockOf = ({ deadlines, timeZone, state, pauses = [] }: Clocked): RequestClock => {
  const open = openPause({ pauses }, 'clarification');
  return {
    ...deadlines,
    timeZone,
    isVerified: state !== 'unverified',
    chaseSince: open ? localDay(open.askedAt, timeZone) : null,
  };
};

/** The day by which we want it answered, whatever the law allows; null where its date is soon enough. */
export function wantedDay(right: RightId, receivedOn: CalendarDay): CalendarDay | null {
  const { targetDays } = rightCatalogue[right];
  return targetDays === undefined ? null : addDays(receivedOn, targetDays);
}

/** The day by which a request is sorted: the alarm's, or an earlier one on which it is wanted. */
export function urgentDay(
  right: RightId,
  { alarmOn, receivedOn }: Pick<DeadlineResult, 'alarmOn' | 'receivedOn'>,
): string {
  const wantedOn = wantedDay(right, receivedOn);
  return wantedOn !== null && wantedOn < alarmOn ? wantedOn : alarmOn;
}
