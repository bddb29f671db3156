import type { DeadlineRule } from '../../config/law/rule.ts';
import type { RightId } from '../../config/rights.ts';
import { addDays, daysBetween, latest, type CalendarDay } from './days.ts';

export const pauseKinds = ['identity', 'clarification', 'fee'] as const;
export type PauseKind = (typeof pauseKinds)[number];

/** The person was asked for something, and answered, or has not yet. */
export interface Pause {
  readonly kind: PauseKind;
  readonly askedOn: CalendarDay;
  readonly answeredOn: CalendarDay | null;
}

/** Days that do not count, the end not included; null is open. */
interface Interval {
  readonly from: CalendarDay;
  readonly until: CalendarDay | null;
}

/** How the pauses move the end of one period. */
export interface PausedEnd {
  readonly anchor: CalendarDay;
  /** Days added to the end that is counted from the anchor. */
  readonly days: number;
  readonly end: CalendarDay;
  readonly isOpen: boolean;
  /** Pauses asked for when the period was already over. */
  readonly late: readonly Pause[];
}

type EndOf = (anchor: CalendarDay) => CalendarDay;

/** What a kind of pause does under a rule, for a right. */
export function effectOf(
  kind: PauseKind,
  rule: DeadlineRule,
  right: RightId,
): 'none' | 'restart' | 'suspend' | 'excludeDaysInclusive' {
  switch (kind) {
    case 'identity':
      return rule.identityPause;
    case 'fee':
      return rule.clockStart === 'receipt' ? 'none' : 'restart';
    case 'clarification':
      return (rule.clarificationRights ?? [right]).includes(right)
        ? rule.clarificationPause
        : 'none';
  }
}

/**
 * Moves the end of a period by its pauses. Restarts move the anchor; days that do not count are
 * added once, however many pauses they belong to. A pause asked for after the end has no effect,
 * and none may ever make the end earlier than it would be without a restart.
 */
export function pausedEnd(
  rule: DeadlineRule,
  right: RightId,
  receivedOn: CalendarDay,
  pauses: readonly Pause[],
  endOf: EndOf,
): PausedEnd {
  const ordered = [...pauses].sort((a, b) => (a.askedOn < b.askedOn ? -1 : 1));
  const intervals: Interval[] = [];
  for (const pause of ordered) {
    const effect = effectOf(pause.kind, rule, right);
    if (effect === 'suspend') intervals.push({ from: pause.askedOn, until: pause.answeredOn });
    if (effect === 'excludeDaysInclusive') {
      const { answeredOn } = pause;
      intervals.push({
        from: pause.askedOn,
        until: answeredOn === null ? null : addDays(answeredOn, 1),
      });
    }
  }
  const merged = union(intervals);
  let anchor = receivedOn;
  let counted = countFrom(anchor, merged, endOf);
  let { end } = counted;
  let isOpen = counted.isOpen;
  const late: Pause[] = [];
  for (const pause of ordered) {
    const effect = effectOf(pause.kind, rule, right);
    if (effect === 'none') continue;
    if (pause.askedOn > end) {
      late.push(pause);
      continue;
    }
    if (effect !== 'restart') continue;
    if (pause.answeredOn === null) {
      isOpen = true;
      continue;
    }
    const moved = latest([anchor, pause.answeredOn]);
    const again = countFrom(moved, merged, endOf);
    if (again.end < end) continue;
    [anchor, counted, end] = [moved, again, again.end];
    isOpen ||= again.isOpen;
  }
  return { anchor, days: counted.days, end, isOpen, late };
}

/** Adds the days of the pauses that lie between an anchor and the end that they move. */
function countFrom(anchor: CalendarDay, merged: readonly Interval[], endOf: EndOf) {
  let end = endOf(anchor);
  let days = 0;
  for (const { from, until } of merged) {
    const start = latest([from, anchor]);
    if (start > end) break;
    if (until === null) return { end, days, isOpen: true };
    const length = Math.max(0, daysBetween(start, until));
    days += length;
    end = addDays(end, length);
  }
  return { end, days, isOpen: false };
}

/** Overlapping and adjoining intervals become one, so that no day counts twice. */
function union(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (!last || (last.until !== null && last.until < next.from)) {
      merged.push(next);
    } else if (last.until !== null && (next.until === null || next.until > last.until)) {
      merged[merged.length - 1] = { from: last.from, until: next.until };
    }
  }
  return merged;
}
