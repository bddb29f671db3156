import type { Types } from 'mongoose';
import type { DeadlineRule } from '../../../config/law/rule.ts';
import { inTransaction } from '../../database/transaction.ts';
import { localDay } from '../../deadlines/days.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
import { newerVersion, referenceOf } from '../../deadlines/rules.ts';
import { Problem } from '../../problem.ts';
import type { StaffMember } from '../staff/service.ts';
import { liveRequest } from './live-request.ts';
import type { RequestRow } from './model.ts';
import { moveRequest } from './moving.ts';
import { datesOf } from './pauses.ts';
import type { Versioned } from './schema.ts';
import { standingOf, type Standing } from './standing.ts';
import { groupOf } from './states.ts';

/** What no newer rule may put off. */
const kept = [
  'effectiveDue',
  'alarmOn',
  'due',
  'safeDue',
  'lawfulDue',
  'extendedDue',
  'acknowledgeBy',
  'stopBy',
  'confirmBy',
] as const satisfies readonly (keyof DeadlineResult)[];

/** No date at all is a later one, but an extension that is no longer possible is none. */
const isLater = (field: (typeof kept)[number], dates: DeadlineResult, before: DeadlineResult) => {
  const [day, than] = [dates[field], before[field]];
  if (than == null) return false;
  return day === null ? field !== 'extendedDue' : day > than;
};

const isShorter = (dates: DeadlineResult, before: DeadlineResult) =>
  dates.effectiveDue < before.effectiveDue && !kept.some((field) => isLater(field, dates, before));

interface ShorterDates {
  dates: DeadlineResult;
  /** The newer versions that make them so. */
  rules: DeadlineRule[];
}

/**
 * The dates of an open request under newer versions of its rules that are in force by now, where
 * they come earlier and nothing comes later; null where none do.
 */
export function shorterDates(row: RequestRow, now = new Date()): ShorterDates | null {
  if (groupOf(row.state) !== 'open') return null;
  const today = localDay(now, row.timeZone);
  let dates = row.deadlines;
  const rules: DeadlineRule[] = [];
  for (const reference of row.deadlines.rules) {
    const newer = newerVersion(reference, today);
    // An extension that was told stays as it was told.
    if (!newer || (row.extension && !newer.extension)) continue;
    const replaced = dates.rules.map((rule) => (rule === reference ? referenceOf(newer) : rule));
    const candidate = datesOf({ ...row, deadlines: { ...dates, rules: replaced } });
    if (!isShorter(candidate, dates)) continue;
    dates = candidate;
    rules.push(newer);
  }
  return rules.length > 0 ? { dates, rules } : null;
}

/**
 * Staff confirm that a newer rule shortens the dates of a request.
 * @throws Problem not-allowed-now (`no-newer-rule`) when nothing would come earlier
 */
export async function adoptNewerRules(
  staff: StaffMember,
  id: Types.ObjectId,
  { version }: Versioned,
): Promise<Standing> {
  return inTransaction(async () => {
    const row = await liveRequest(staff.organizationId, id);
    const shorter = shorterDates(row);
    if (!shorter) {
      throw new Problem('not-allowed-now', 'No newer rule gives an earlier day.', {
        code: 'no-newer-rule',
      });
    }
    const { dates, rules } = shorter;
    const moved = await moveRequest(staff, id, {
      name: 'adopt-rules',
      version,
      change: { deadlines: dates },
      facts: {
        rules: rules.map(referenceOf).join(' '),
        before: row.deadlines.effectiveDue,
        due: dates.effectiveDue,
      },
    });
    return standingOf(moved);
  });
}
