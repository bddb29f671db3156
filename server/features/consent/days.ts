import { DateTime } from 'luxon';
import type { RecordFilter } from './schema.ts';

/** Instants that bound the filter's days in the organisation's time zone, the second one exclusive. */
export interface DayBounds {
  from: Date | null;
  until: Date | null;
}

/** The instants between which the days of a filter lie, in the organisation's time zone. */
export function dayBounds(
  { from, to }: Pick<RecordFilter, 'from' | 'to'>,
  zone: string,
): DayBounds {
  const startOf = (day: string) => DateTime.fromISO(day, { zone }).startOf('day');
  return {
    from: from === undefined ? null : startOf(from).toJSDate(),
    until: to === undefined ? null : startOf(to).plus({ days: 1 }).toJSDate(),
  };
}
