import { DateTime, IANAZone } from 'luxon';
import type { CalendarPeriod } from '../../../config/regimes.ts';

/** A day without a time, `YYYY-MM-DD`. Such days sort and compare as plain strings. */
export type CalendarDay = string;

/**
 * Which days are not working days beside Saturday and Sunday.
 *
 * Holidays only ever move a date later, so a calendar that lacks some (or all) of them gives a
 * date that is never later than the law's.
 */
export interface Calendar {
  /** Named in the explanation of a date, so that the reader sees whose holidays were counted. */
  readonly name: string;
  readonly holidays: ReadonlySet<CalendarDay>;
}

export const weekendsOnly: Calendar = { name: 'weekends', holidays: new Set() };

const DAY = 86_400_000;

/** The day that an instant falls on in an IANA time zone; throws a RangeError on a wrong one. */
export function localDay(instant: Date, timeZone: string): CalendarDay {
  const local = DateTime.fromJSDate(instant, { zone: IANAZone.create(timeZone) });
  if (!local.isValid) throw new RangeError(`Not a moment in a known time zone: ${timeZone}`);
  return local.toISODate();
}

/** The instant at which a day reaches a full local hour in an IANA time zone. */
export function instantAt(day: CalendarDay, hour: number, timeZone: string): Date {
  const local = DateTime.fromMillis(toUtc(day), { zone: 'utc' })
    .set({ hour })
    .setZone(IANAZone.create(timeZone), { keepLocalTime: true });
  if (!local.isValid) throw new RangeError(`Not a known time zone: ${timeZone}`);
  return local.toJSDate();
}

/** `day` plus `n` days: the first day counted is the one after `day`. */
export function addDays(day: CalendarDay, n: number): CalendarDay {
  return toDay(toUtc(day) + n * DAY);
}

/** The same date `n` months later, or the last day of that month where it lacks this date. */
export function addMonths(day: CalendarDay, n: number): CalendarDay {
  const from = new Date(toUtc(day));
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + n;
  const lastDate = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return toDay(Date.UTC(year, month, Math.min(from.getUTCDate(), lastDate)));
}

/** The `n`th working day after `day`. */
export function addBusinessDays(day: CalendarDay, n: number, calendar: Calendar): CalendarDay {
  let end = day;
  for (let left = n; left > 0; left--) end = rollForward(addDays(end, 1), calendar);
  return end;
}

/** `day` itself if it is a working day, otherwise the next one. */
export function rollForward(day: CalendarDay, calendar: Calendar): CalendarDay {
  let end = day;
  while (isWeekend(end) || calendar.holidays.has(end)) end = addDays(end, 1);
  return end;
}

/** The last day of a period that starts on `day`, before any roll. */
export function addPeriod(
  day: CalendarDay,
  period: CalendarPeriod,
  calendar: Calendar,
): CalendarDay {
  switch (period.unit) {
    case 'day':
      return addDays(day, period.n);
    case 'month':
      return addMonths(day, period.n);
    case 'businessDay':
      return addBusinessDays(day, period.n, calendar);
  }
}

/** How many days `to` lies after `from`; negative if before. */
export function daysBetween(from: CalendarDay, to: CalendarDay): number {
  return (toUtc(to) - toUtc(from)) / DAY;
}

export function isWeekend(day: CalendarDay): boolean {
  return [0, 6].includes(new Date(toUtc(day)).getUTCDay());
}

/** The earliest of some days; throws a RangeError on none. */
export function earliest(days: readonly CalendarDay[]): CalendarDay {
  const [first, ...rest] = days;
  if (first === undefined) throw new RangeError('No day to choose from');
  return rest.reduce((least, day) => (day < least ? day : least), first);
}

/** UTC is used as a calendar without clock changes: no machine time zone can move a day. */
function toUtc(day: CalendarDay): number {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at) || toDay(at) !== day) throw new RangeError(`Not a calendar day: ${day}`);
  return at;
}

function toDay(utc: number): CalendarDay {
  return new Date(utc).toISOString().slice(0, 10);
}
