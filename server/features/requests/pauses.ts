import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { addBusinessDays, asCalendar } from '../../deadlines/calendars.ts';
import { daysBetween, localDay } from '../../deadlines/days.ts';
import { computeDeadlines, type DeadlineResult } from '../../deadlines/deadlines.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { clockOf, openPause, urgentDay } from './clock.ts';
import { liveRequest } from './live-request.ts';
import { RequestModel, type PauseRow, type RequestRow } from './model.ts';
import { standingOf, type Standing } from './standing.ts';
import { nextTimerAt } from './reminders.ts';
import { groupOf } from './states.ts';

/** After so many working days a question about identity may no longer stop the clock. */
const PROMPT_WORKING_DAYS = 5;

type Dated = Pick<
  RequestRow,
  | 'right'
  | 'regimes'
  | 'receivedAt'
  | 'timeZone'
  | 'promiseDays'
  | 'promiseYields'
  | 'channel'
  | 'role'
  | 'calendar'
  | 'closingDays'
  | 'pauses'
  | 'extension'
  | 'deadlines'
>;

/**
 * All dates of a request as it now stands, by the rules of its receipt: a law that came later may
 * shorten them only when somebody says so.
 */
export function datesOf(
  row: Dated,
  { extended = row.extension !== null }: { extended?: boolean } = {},
): DeadlineResult {
  const { right, regimes, receivedAt, timeZone, promiseDays, channel, role, deadlines } = row;
  const { receivedOn, forwardBy } = deadlines;
  return computeDeadlines({
    right,
    regimes,
    receivedAt,
    timeZone,
    promiseDays,
    promiseYields: row.promiseYields,
    channel,
    role,
    extended,
    // What the agreement asked for at receipt; old dates do not know of passing on.
    contractDays: typeof forwardBy === 'string' ? daysBetween(receivedOn, forwardBy) : null,
    rules: deadlines.rules,
    closingDays: row.closingDays,
    ...(row.calendar && { calendar: row.calendar }),
    pauses: row.pauses.map(({ kind, askedAt, answeredAt }) => ({
      kind,
      askedOn: localDay(askedAt, timeZone),
      answeredOn: answeredAt && localDay(answeredAt, timeZone),
    })),
  });
}

/** Whether it is so late that asking about identity may not stop the clock (it warns, no more). */
export function isLateToAsk(
  { deadlines, timeZone, calendar }: Pick<RequestRow, 'deadlines' | 'timeZone' | 'calendar'>,
  now = new Date(),
): boolean {
  const holidays = asCalendar(calendar ?? undefined);
  const lastDay = addBusinessDays(deadlines.receivedOn, PROMPT_WORKING_DAYS, holidays);
  return localDay(now, timeZone) > lastDay;
}

/**
 * The person was asked for something, in the caller's transaction: where the law lets the clock
 * stop for that, it does. A second question to one that is open changes nothing.
 */
export async function beginPause(
  actor: OrganizationActor,
  row: RequestRow,
  kind: PauseRow['kind'],
): Promise<RequestRow> {
  if (openPause(row, kind)) return row;
  const pause = { kind, askedAt: new Date(), answeredAt: null };
  return redate(actor, row, [...row.pauses, pause], 'request.paused', kind);
}

/** What was asked for has arrived, in the caller's transaction: the clock runs on. */
export async function endPause(
  actor: OrganizationActor,
  row: RequestRow,
  kind: PauseRow['kind'],
): Promise<RequestRow> {
  if (!openPause(row, kind)) return row;
  const answeredAt = new Date();
  const pauses = row.pauses.map((pause) =>
    pause.kind === kind && !pause.answeredAt ? { ...pause, answeredAt } : pause,
  );
  return redate(actor, row, pauses, 'request.resumed', kind);
}

async function redate(
  actor: OrganizationActor,
  row: RequestRow,
  pauses: PauseRow[],
  action: 'request.paused' | 'request.resumed',
  kind: PauseRow['kind'],
): Promise<RequestRow> {
  const { _id: id, organizationId } = row;
  const deadlines = datesOf({ ...row, pauses });
  const now = new Date();
  const next = { ...row, pauses, deadlines };
  const after = await RequestModel.findOneAndUpdate(
    { _id: id, organizationId },
    {
      $set: {
        pauses,
        deadlines,
        ...(groupOf(row.state) !== 'closed' && {
          urgentOn: urgentDay(row.right, deadlines),
          attendedAt: now,
          nextActionAt: nextTimerAt(clockOf(next), now),
        }),
      },
      $inc: { version: 1 },
    },
    { returnDocument: 'after' },
  )
    .orFail()
    .lean();
  await recordAudit(
    actor,
    action,
    { kind: 'request', id },
    { pause: kind, due: deadlines.effectiveDue, isPaused: deadlines.isPaused },
  );
  return after;
}

/** Staff say that the answer to a question came another way: by telephone, or by post. */
export async function noteClarified(staff: StaffMember, id: Types.ObjectId): Promise<Standing> {
  return inTransaction(async () => {
    const row = await liveRequest(staff.organizationId, id);
    return standingOf(await endPause(staff, row, 'clarification'));
  });
}
