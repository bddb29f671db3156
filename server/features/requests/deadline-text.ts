import type { Language } from '../../language.ts';
import { daysBetween, type CalendarDay } from '../../deadlines/days.ts';

/** What the deadline meter shows. */
export interface Meter {
  /** Share of the time that is gone, 0 to 100. */
  percent: number;
  text: string;
  sub: string;
  tone: 'neutral' | 'warning' | 'danger';
}

/**
 * How much time is left to answer, in words and as a bar; `next` says what is to be done until
 * then. All days are the organisation's.
 */
export function deadlineMeter(
  language: Language,
  clock: { receivedOn: CalendarDay; dueOn: CalendarDay; isExtended: boolean },
  today: CalendarDay,
  next?: string,
): Meter {
  const left = daysBetween(today, clock.dueOn);
  const whole = Math.max(1, daysBetween(clock.receivedOn, clock.dueOn));
  return {
    percent: Math.min(100, Math.max(0, Math.round(((whole - left) / whole) * 100))),
    text: daysLeftText(language, left),
    sub: language.t(
      `requests.left.due${next === undefined ? '' : 'Next'}${clock.isExtended ? 'Extended' : ''}`,
      { day: language.day(clock.dueOn), next },
    ),
    tone: left < 0 ? 'danger' : left <= 7 ? 'warning' : 'neutral',
  };
}

function daysLeftText(language: Language, left: number): string {
  if (left === 0) return language.t('requests.left.today');
  return left < 0
    ? language.t('requests.left.overdue', { count: -left })
    : language.t('requests.left.days', { count: left });
}
