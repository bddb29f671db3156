import type { RequestRow } from './model.ts';
import type { RequestClock } from './reminders.ts';

/** What the reminders of a request go by. */
export const clockOf = ({
  deadlines,
  timeZone,
  state,
}: Pick<RequestRow, 'deadlines' | 'timeZone' | 'state'>): RequestClock => ({
  ...deadlines,
  timeZone,
  isVerified: state !== 'unverified',
});
