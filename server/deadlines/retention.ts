import {
  policyNoticeDays,
  requestRecords,
  type RetentionPeriod,
} from '../../config/law/records.ts';
import type { RegimeId } from '../../config/regimes.ts';
import { addDays, addMonths, addMonthsUp, latest, type CalendarDay } from './days.ts';
import type { Alternate, Step } from './trace.ts';

export interface RetentionRule {
  /** To be kept for at least so long, whatever anybody asks. */
  readonly atLeast?: readonly RetentionPeriod[];
  /** To be deleted after so long at the latest. */
  readonly atMost?: RetentionPeriod;
}

export interface RetentionDates {
  /** The last day on which it has to be kept. */
  readonly keepUntil: CalendarDay | null;
  readonly deleteBy: CalendarDay | null;
  readonly alternates: readonly Pick<Alternate, 'reading' | 'field' | 'on'>[];
  readonly trace: readonly Step[];
}

/**
 * For how long something is kept from the day of its anchor, which a new event may move. A minimum
 * lasts through its anniversary, also where that year lacks the date, and the longest of several
 * counts; a maximum ends with the last day that there is. A minimum beyond the maximum wins: the
 * law that makes one keep goes before the wish to delete.
 */
export function retentionDates(anchorOn: CalendarDay, rule: RetentionRule): RetentionDates {
  const trace: Step[] = [];
  const alternates: RetentionDates['alternates'][number][] = [];
  let keepUntil: CalendarDay | null = null;
  if (rule.atLeast && rule.atLeast.length > 0) {
    keepUntil = latest(rule.atLeast.map((period) => endOf(anchorOn, period, addMonthsUp)));
    const clamped = latest(rule.atLeast.map((period) => endOf(anchorOn, period, addMonths)));
    if (clamped !== keepUntil) {
      alternates.push({ reading: 'clamped', field: 'keepUntil', on: clamped });
    }
    trace.push({ code: 'keep-until', params: { from: anchorOn }, on: keepUntil });
  }
  let deleteBy: CalendarDay | null = null;
  if (rule.atMost) {
    const end = endOf(anchorOn, rule.atMost, addMonths);
    deleteBy = keepUntil === null ? end : latest([end, keepUntil]);
    trace.push({ code: 'delete-by', params: { from: anchorOn }, on: deleteBy });
  }
  return { keepUntil, deleteBy, alternates, trace };
}

/** Until when the record of a closed request is kept: the longest that the person's laws ask. */
export function requestRecordKeptUntil(
  regimes: readonly RegimeId[],
  closedOn: CalendarDay,
): CalendarDay | null {
  const atLeast = requestRecords
    .filter(({ regime }) => regimes.includes(regime))
    .map(({ keep }) => keep);
  return retentionDates(closedOn, { atLeast }).keepUntil;
}

function endOf(
  anchorOn: CalendarDay,
  { n, unit }: RetentionPeriod,
  add: (day: CalendarDay, months: number) => CalendarDay,
): CalendarDay {
  if (unit === 'day') return addDays(anchorOn, n);
  return add(anchorOn, unit === 'year' ? n * 12 : n);
}

export interface PolicyNotice {
  /** The last day to tell people of a change that takes effect later. */
  readonly noticeBy: CalendarDay;
  /** The same if the days have to be clear of both ends. */
  readonly safeNoticeBy: CalendarDay;
  readonly alternates: readonly Pick<Alternate, 'reading' | 'field' | 'on'>[];
  readonly trace: readonly Step[];
}

/** When a changed policy must be announced. Counted backwards, and never rolled. */
export function policyNotice(
  effectiveOn: CalendarDay,
  noticeDays = policyNoticeDays,
): PolicyNotice {
  const noticeBy = addDays(effectiveOn, -noticeDays);
  const clear = addDays(noticeBy, -1);
  return {
    noticeBy,
    safeNoticeBy: clear,
    alternates: [{ reading: 'clear-days', field: 'noticeBy', on: clear }],
    trace: [
      {
        code: 'notice-before',
        params: { n: `${noticeDays}`, unit: 'day', from: effectiveOn },
        on: noticeBy,
      },
    ],
  };
}
