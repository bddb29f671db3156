import { DateTime, IANAZone } from 'luxon';

/** A day without a time, `YYYY-MM-DD`. Such days sort and compare as plain strings. */
export type CalendarDay = string;

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

/** The last second of a day in an IANA time zone. */
export function endOfDay(day: CalendarDay, timeZone: string): Date {
  return new Date(instantAt(addDays(day, 1), 0, timeZone).getTime() - 1000);
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

/**
 * The same date `n` months later, or the day after that month where it lacks this date: what must
 * not happen before a time, or be kept for one, lasts through the anniversary.
 */
export function addMonthsUp(day: CalendarDay, n: number): CalendarDay {
  const end = addMonths(day, n);
  return end.slice(8) === day.slice(8) ? end : addDays(end, 1);
}

/** How many days `to` lies after `from`; negative if before. */
export function daysBetween(from: CalendarDay, to: CalendarDay): number {
  return (toUtc(to) - toUtc(from)) / DAY;
}

/** 0 is Sunday. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(toUtc(day)).getUTCDay();
}

/** Whether a text is a day of the calendar. */
export function isCalendarDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && toDay(at) === text;
}

/** The earliest of some days; throws a RangeError on none. */
export function earliest(days: readonly CalendarDay[]): CalendarDay {
  const [first, ...rest] = days;
  if (first === undefined) throw new RangeError('No day to choose from');
  return rest.reduce((least, day) => (day < least ? day : least), first);
}

/** The earliest of the days that there are. */
export function earliestOf(days: readonly (CalendarDay | null | undefined)[]): CalendarDay | null {
  const known = days.filter((day): day is CalendarDay => typeof day === 'string');
  return known.length > 0 ? earliest(known) : null;
}

/** The latest of some days; throws a RangeError on none. */
export function latest(days: readonly CalendarDay[]): CalendarDay {
  const [first, ...rest] = days;
  if (first === undefined) throw new RangeError('No day to choose from');
  return rest.reduce((most, day) => (day > most ? day : most), first);
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
