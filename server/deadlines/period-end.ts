import type { CalendarPeriod, DeadlineRule } from '../../config/law/rule.ts';
import type { RightId } from '../../config/rights.ts';
import { addPeriod, calendarOf, rollForward, withoutHolidays, type Calendar } from './calendars.ts';
import { addDays, type CalendarDay } from './days.ts';
import { effectOf, pausedEnd, type Pause } from './pauses.ts';
import { referenceOf } from './rules.ts';
import type { Alternate } from './trace.ts';

/** What one rule is applied to. */
export interface RuleCase {
  readonly right: RightId;
  readonly receivedOn: CalendarDay;
  readonly pauses: readonly Pause[];
  /** The holidays of the establishment that answers. */
  readonly establishment: Calendar;
  readonly isSmallAgent: boolean;
}

/** One period under one rule: its last day unmoved, as accepted, and as read most strictly. */
export interface PeriodEnd {
  readonly rule: DeadlineRule;
  /** The day from which the period counts. */
  readonly anchor: CalendarDay;
  /** Its last day without the days of a pause. */
  readonly base: CalendarDay;
  readonly pausedDays: number;
  /** Its last day before weekends and holidays move it. */
  readonly end: CalendarDay;
  /** Null while a pause is open. */
  readonly due: CalendarDay | null;
  readonly safe: CalendarDay;
  readonly isOpen: boolean;
  readonly late: readonly Pause[];
  readonly areSafePausesFewer: boolean;
}

type PeriodCase = Pick<RuleCase, 'right' | 'receivedOn' | 'pauses'>;

/**
 * Counts one period. The safe day knows no holiday and no roll, counts the day of receipt where
 * the text can be read so, and no pause beyond what the text of a law gives.
 */
export function periodEnd(
  rule: DeadlineRule,
  period: CalendarPeriod,
  { right, receivedOn, pauses }: PeriodCase,
  calendar: Calendar,
): PeriodEnd {
  const paused = pausedEnd(rule, right, receivedOn, pauses, (anchor) =>
    addPeriod(anchor, period, calendar),
  );
  const due = rule.roll === 'none' ? paused.end : rollForward(paused.end, calendar);
  const strict = pausedEnd(
    withCertainPauses(rule),
    right,
    receivedOn,
    pauses.filter(({ kind, answeredOn }) => kind === 'clarification' && answeredOn !== null),
    (anchor) => addPeriod(anchor, period, withoutHolidays(calendar)),
  );
  const dayOne = rule.firstDay === 'receiptIsDayOne' && period.n > 0 ? -1 : 0;
  return {
    rule,
    anchor: paused.anchor,
    base: addPeriod(paused.anchor, period, calendar),
    pausedDays: paused.days,
    end: paused.end,
    due: paused.isOpen ? null : due,
    safe: rule.isSafeAtOnceOnly ? receivedOn : addDays(strict.end, dayOne),
    isOpen: paused.isOpen,
    late: paused.late,
    areSafePausesFewer: strict.days !== paused.days || strict.anchor !== paused.anchor,
  };
}

/** Pauses that rest on guidance may not hold; those in the text hold, without their last day. */
const withCertainPauses = (rule: DeadlineRule): DeadlineRule => ({
  ...rule,
  identityPause: 'none',
  clarificationPause: rule.clarificationPause === 'excludeDaysInclusive' ? 'suspend' : 'none',
});

/** What other readings make of a period. */
export function alternatesOf(
  rule: DeadlineRule,
  period: CalendarPeriod,
  about: PeriodCase,
  calendar: Calendar,
  main: PeriodEnd,
  field: 'due' | 'extendedDue',
): Alternate[] {
  const found: Alternate[] = [];
  const add = (
    reading: Alternate['reading'],
    on: CalendarDay | null,
    more: Partial<Alternate> = {},
  ) => {
    if (on === null || on === main.due) return;
    found.push({ reading, field, on, rule: referenceOf(rule), ...more });
  };
  const countedAs = (change: Partial<DeadlineRule>, pauses = about.pauses) =>
    periodEnd({ ...rule, ...change }, period, { ...about, pauses }, calendar).due;
  if (rule.roll !== 'none' && !main.isOpen) add('no-roll', main.end);
  if (rule.firstDay === 'receiptIsDayOne') add('day-one', addDays(main.end, -1));
  if (rule.mayRoll && main.due !== null) {
    const { over, source } = rule.mayRoll;
    const weekend = over === 'sundayAndHoliday' ? [0] : calendar.weekend;
    add('roll', rollForward(main.end, { ...calendar, weekend }), { source });
  }
  if (period.unit === 'businessDay') {
    add('weekends-only', addPeriod(about.receivedOn, period, withoutHolidays(calendar)));
  }
  if (rule.outerText === 'as-soon-as-feasible') add('at-once', about.receivedOn);
  if (period.unit === 'businessDay' || rule.roll !== 'none') {
    for (const id of rule.calendars ?? []) {
      if (id === calendar.name) continue;
      const other = periodEnd(rule, period, about, calendarOf(id)).due;
      add('other-calendar', other, { calendar: id });
    }
  }
  const { right, pauses } = about;
  const effects = new Set(pauses.map(({ kind }) => effectOf(kind, rule, right)));
  if (effects.has('excludeDaysInclusive')) {
    add('exclusive', countedAs({ clarificationPause: 'suspend' }));
  }
  if (effects.has('restart') || effects.has('suspend')) add('pause-ignored', countedAs({}, []));
  if (rule.identityPause === 'suspend' && pauses.some(({ kind }) => kind === 'identity')) {
    add('restart', countedAs({ identityPause: 'restart' }));
  }
  return found;
}
