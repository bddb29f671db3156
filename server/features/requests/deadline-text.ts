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
 * then. Where an answer is wanted earlier than the law asks, that day counts. All days are the
 * organisation's.
 */
export function deadlineMeter(
  language: Language,
  clock: {
    receivedOn: CalendarDay;
    dueOn: CalendarDay;
    isExtended: boolean;
    wantedOn?: CalendarDay | null;
  },
  today: CalendarDay,
  next?: string,
): Meter {
  const { dueOn, wantedOn = null } = clock;
  // Once the law's own date has passed, no wish of ours counts.
  const isWanted = wantedOn !== null && wantedOn < dueOn && today <= dueOn;
  const aim = isWanted ? wantedOn : dueOn;
  const left = daysBetween(today, aim);
  const whole = Math.max(1, daysBetween(clock.receivedOn, aim));
  return {
    percent: Math.min(100, Math.max(0, Math.round(((whole - left) / whole) * 100))),
    text: isWanted ? wantedText(language, left) : daysLeftText(language, left),
    sub: language.t(
      `requests.left.due${next === undefined ? '' : 'Next'}${clock.isExtended ? 'Extended' : ''}`,
      { day: language.day(dueOn), next },
    ),
    tone: isWanted || (left >= 0 && left <= 7) ? 'warning' : left < 0 ? 'danger' : 'neutral',
  };
}

function daysLeftText(language: Language, left: number): string {
  if (left === 0) return language.t('requests.left.today');
  return left < 0
    ? language.t('requests.left.overdue', { count: -left })
    : language.t('requests.left.days', { count: left });
}

function wantedText({ t }: Language, left: number): string {
  if (left === 0) return t('requests.left.wantedToday');
  return left < 0
    ? t('requests.left.wantedLate', { count: -left })
    : t('requests.left.wanted', { count: left });
}
