import type { DeadlineRule } from '../../config/law/rule.ts';
import { earliest, earliestOf, type CalendarDay } from './days.ts';
import type { PeriodEnd } from './period-end.ts';
import type { RuleDates } from './rule-dates.ts';

/** The earliest of each date over several rules, named after the rule whose due day comes first. */
export interface Strictest {
  readonly rule: DeadlineRule;
  readonly anchor: CalendarDay;
  readonly base: CalendarDay;
  readonly pausedDays: number;
  readonly end: CalendarDay;
  /** Null while a pause is open under every rule. */
  readonly due: CalendarDay | null;
  readonly safe: CalendarDay;
}

export function strictest(ends: readonly PeriodEnd[]): Strictest | null {
  const [first, ...rest] = ends;
  if (!first) return null;
  const decides = rest.reduce(
    (least, each) => (isBefore(each.due, least.due) ? each : least),
    first,
  );
  const dated = ends.filter(({ due }) => due !== null);
  return {
    rule: decides.rule,
    anchor: decides.anchor,
    pausedDays: decides.pausedDays,
    base: earliest(ends.map(({ base }) => base)),
    end: earliest((dated.length > 0 ? dated : ends).map(({ end }) => end)),
    due: earliestOf(ends.map(({ due }) => due)),
    safe: earliest(ends.map(({ safe }) => safe)),
  };
}

/** The extension all rules together allow; a rule without one keeps its date, and may undo it. */
export function strictestExtension(dates: readonly RuleDates[]) {
  const first = strictest(dates.flatMap(({ first }) => first ?? []));
  const longest = strictest(dates.flatMap(({ first, extended }) => extended ?? first ?? []));
  if (!first || !longest || !dates.some(({ extended }) => extended)) return null;
  if (longest.due !== null && (first.due === null || longest.due <= first.due)) return null;
  const noticeBy = earliestOf(
    dates.map(({ answer, extended }) => extended && (answer?.due ?? answer?.safe)),
  );
  return { ...longest, noticeBy };
}

const isBefore = (day: CalendarDay | null, other: CalendarDay | null) =>
  day !== null && (other === null || day < other);
