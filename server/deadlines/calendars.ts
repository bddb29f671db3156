import { createRequire } from 'node:module';
import {
  calendarSources,
  type CalendarId,
  type CalendarSource,
} from '../../config/law/calendars.ts';
import type { CalendarPeriod } from '../../config/law/rule.ts';
import { addDays, addMonths, weekdayOf, type CalendarDay } from './days.ts';

/** Which days are not working days. */
export interface Calendar {
  /** Named in the explanation of a date, so that the reader sees whose holidays were counted. */
  readonly name: string;
  /** Days of the week, 0 is Sunday. */
  readonly weekend: readonly number[];
  readonly isHoliday: (day: CalendarDay) => boolean;
}

const SATURDAY_AND_SUNDAY = [0, 6];

export const weekendsOnly: Calendar = {
  name: 'weekends',
  weekend: SATURDAY_AND_SUNDAY,
  isHoliday: () => false,
};

const calendars = new Map<CalendarId, Calendar>();

/** The public holidays of a country or nation, for any year. */
export function calendarOf(id: CalendarId): Calendar {
  let calendar = calendars.get(id);
  if (!calendar) {
    const source: CalendarSource = calendarSources[id];
    const years = new Map<number, ReadonlySet<CalendarDay>>();
    calendar = {
      name: id,
      weekend: source.weekend ?? SATURDAY_AND_SUNDAY,
      isHoliday(day) {
        const year = Number(day.slice(0, 4));
        let holidays = years.get(year);
        if (!holidays) years.set(year, (holidays = holidaysOf(source, year)));
        return holidays.has(day);
      },
    };
    calendars.set(id, calendar);
  }
  return calendar;
}

/** A calendar, or the one of a name; weekends only where there is none. */
export function asCalendar(given: CalendarId | Calendar | undefined): Calendar {
  if (given === undefined) return weekendsOnly;
  return typeof given === 'string' ? calendarOf(given) : given;
}

/** The same week without holidays: never later than the law, whoever is right about a holiday. */
export const withoutHolidays = ({ weekend }: Calendar): Calendar => ({ ...weekendsOnly, weekend });

export function isWeekend(day: CalendarDay, { weekend }: Calendar): boolean {
  return weekend.includes(weekdayOf(day));
}

export function isWorkingDay(day: CalendarDay, calendar: Calendar): boolean {
  return !isWeekend(day, calendar) && !calendar.isHoliday(day);
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
  while (!isWorkingDay(end, calendar)) end = addDays(end, 1);
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

type HolidayLibrary = typeof import('date-holidays').default;
let library: HolidayLibrary | undefined;

/** Loaded at the first question about a holiday: its data would slow every start down. */
function holidayLibrary(): HolidayLibrary {
  library ??= createRequire(import.meta.url)('date-holidays') as HolidayLibrary;
  return library;
}

function holidaysOf(source: CalendarSource, year: number): ReadonlySet<CalendarDay> {
  const Library = holidayLibrary();
  const { country, state, add = [], drop = [] } = source;
  const known = state === undefined ? new Library(country) : new Library(country, state);
  const holidays = new Set<CalendarDay>();
  for (const { type, date, start, end } of known.getHolidays(year)) {
    if (type !== 'public') continue;
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
    for (let n = 0; n < length; n++) holidays.add(addDays(date.slice(0, 10), n));
  }
  for (const day of add) if (day.startsWith(`${year}-`)) holidays.add(day);
  for (const day of drop) holidays.delete(day);
  return holidays;
}
