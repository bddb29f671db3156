import { DateTime } from 'luxon';
import { addDays, localDay, type CalendarDay } from '../../deadlines/days.ts';
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

/** The day that was asked for last in each time zone, for mostly it is today again. */
const latest = new Map<string, { day: CalendarDay; from: number; until: number }>();

/** The day of an instant in a time zone. */
export function dayOf(instant: Date, zone: string): CalendarDay {
  const known = latest.get(zone);
  const at = instant.getTime();
  if (known && at >= known.from && at < known.until) return known.day;
  const day = localDay(instant, zone);
  const startOf = (one: CalendarDay) => DateTime.fromISO(one, { zone }).startOf('day').toMillis();
  latest.set(zone, { day, from: startOf(day), until: startOf(addDays(day, 1)) });
  return day;
}
