import { calendarIds } from '../../../config/law/calendars.ts';
import type { Language } from '../../language.ts';

/** The name of a calendar: a country, or a nation or State of one. */
export function calendarName({ t, has, country }: Language, id: string): string {
  const key = `deadlines.calendar.${id}`;
  return has(key) ? t(key) : country(id);
}

/** Every calendar by name in a language. */
export function calendarOptions(language: Language) {
  const { compare } = new Intl.Collator(language.code);
  return calendarIds
    .map((value) => ({ value, label: calendarName(language, value) }))
    .sort((a, b) => compare(a.label, b.label));
}
