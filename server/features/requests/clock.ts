import { localDay } from '../../deadlines/days.ts';
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
