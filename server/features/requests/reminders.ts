import { productDefaults } from '../../../config/regimes.ts';
import {
  addDays,
  daysBetween,
  instantAt,
  localDay,
  type CalendarDay,
} from '../../deadlines/days.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';

/** From calm to urgent: of two on one day, the later in this list is kept. */
const timerKinds = [
  'unverified',
  'expiry',
  'chase',
  'half',
  'three-quarters',
  'seven-days',
  'three-days',
  'one-day',
  'due',
  'overdue',
] as const;
export type TimerKind = (typeof timerKinds)[number];

export interface Timer {
  readonly kind: TimerKind;
  /** The organisation's local day; with `kind` it names the timer for good within a request. */
  readonly on: CalendarDay;
  readonly at: Date;
}

/** What is stored on a request and decides about its reminders. */
export interface RequestClock extends Pick<
  DeadlineResult,
  'receivedOn' | 'alarmOn' | 'effectiveDue' | 'expiresOn'
> {
  readonly timeZone: string;
  readonly isVerified: boolean;
  /** The day of a question that the person has not answered: they are asked again each week. */
  readonly chaseSince?: CalendarDay | null;
}

/**
 * Everything that will happen to an open request by the passing of time, sorted, one timer a day,
 * each at 09:00 local of a day after receipt. Unverified, only its sender is reminded, until the
 * request expires; once verified, the staff are. `overdue` is the first of the daily ones.
 */
export function timersFor(clock: RequestClock): Timer[] {
  const byDay = new Map<CalendarDay, TimerKind>();
  for (const [on, kind] of clock.isVerified ? staffDays(clock) : senderDays(clock)) {
    if (on <= clock.receivedOn) continue;
    const other = byDay.get(on);
    if (!other || urgency(kind) > urgency(other)) byDay.set(on, kind);
  }
  return [...byDay]
    .map(([on, kind]) => timer(kind, on, clock))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/**
 * The one timer to act upon now, or null: the last that came due after `after` (when the request
 * was last looked at) and until `now`. Those missed before it, in a downtime, say less than it.
 */
export function dueTimer(clock: RequestClock, after: Date, now: Date): Timer | null {
  const due = [...timersFor(clock), latestOverdue(clock, now)];
  return due.reduce<Timer | null>(
    (last, each) =>
      each && each.at > after && each.at <= now && each.at >= (last?.at ?? after) ? each : last,
    null,
  );
}

/** When the request next needs attention after an instant; null once it has expired. */
export function nextTimerAt(clock: RequestClock, after: Date): Date | null {
  const next = timersFor(clock).find(({ at }) => at > after);
  if (next) return next.at;
  return clock.isVerified ? nextOverdueAt(clock, after) : null;
}

/** The next daily reminder of an overdue request, after an instant. */
export function nextOverdueAt(
  clock: Pick<RequestClock, 'effectiveDue' | 'timeZone'>,
  after: Date,
): Date {
  const firstDay = addDays(clock.effectiveDue, 1);
  const today = localDay(after, clock.timeZone);
  const day = today < firstDay ? firstDay : today;
  const at = timeOn(day, clock);
  return at > after ? at : timeOn(addDays(day, 1), clock);
}

function latestOverdue(clock: RequestClock, now: Date): Timer | null {
  const today = localDay(now, clock.timeZone);
  const on = timeOn(today, clock) <= now ? today : addDays(today, -1);
  return clock.isVerified && on > clock.effectiveDue ? timer('overdue', on, clock) : null;
}

/** Weeks for which a question is repeated. */
const CHASES = 26;

function staffDays({
  receivedOn,
  alarmOn,
  effectiveDue,
  chaseSince = null,
}: RequestClock): [CalendarDay, TimerKind][] {
  const days = daysBetween(receivedOn, alarmOn);
  const chases = chaseSince === null ? 0 : CHASES;
  return [
    ...Array.from({ length: chases }, (_, week): [CalendarDay, TimerKind] => [
      addDays(chaseSince ?? receivedOn, 7 * (week + 1)),
      'chase',
    ]),
    [addDays(receivedOn, Math.floor(days / 2)), 'half'],
    [addDays(receivedOn, Math.floor((days * 3) / 4)), 'three-quarters'],
    [addDays(alarmOn, -7), 'seven-days'],
    [addDays(alarmOn, -3), 'three-days'],
    [addDays(alarmOn, -1), 'one-day'],
    [alarmOn, 'due'],
    [addDays(effectiveDue, 1), 'overdue'],
  ];
}

function senderDays({ receivedOn, expiresOn }: RequestClock): [CalendarDay, TimerKind][] {
  const reminders = productDefaults.unverified.remindAfterDays
    .map((days) => addDays(receivedOn, days))
    .filter((on) => on < expiresOn)
    .map((on): [CalendarDay, TimerKind] => [on, 'unverified']);
  return [...reminders, [expiresOn, 'expiry']];
}

function timer(kind: TimerKind, on: CalendarDay, clock: RequestClock): Timer {
  return { kind, on, at: timeOn(on, clock) };
}

const MOST_TIMES = 10_000;
const times = new Map<string, number>();

/** A sweep asks for the same few days of the same few zones again and again. */
function timeOn(day: CalendarDay, { timeZone }: Pick<RequestClock, 'timeZone'>): Date {
  const key = `${day} ${timeZone}`;
  let time = times.get(key);
  if (time === undefined) {
    if (times.size >= MOST_TIMES) times.clear();
    time = instantAt(day, productDefaults.reminderHour, timeZone).getTime();
    times.set(key, time);
  }
  return new Date(time);
}

function urgency(kind: TimerKind): number {
  return timerKinds.indexOf(kind);
}
