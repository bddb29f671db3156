import { Types, type QueryFilter } from 'mongoose';
import type { RegimeId } from '../../../config/regimes.ts';
import type { DataClass, RightId } from '../../../config/rights.ts';
import { inTransaction } from '../../database/transaction.ts';
import { recordAudit } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { addDays, daysBetween, localDay } from '../../deadlines/days.ts';
import { keysOfRequests, openContents } from './contents.ts';
import { RequestModel, type RequestRow } from './model.ts';
import type { QueueFilters } from './schema.ts';
import type { RequestState } from './states.ts';

const PAGE = 50;
const SOON_DAYS = 7;

export interface QueueRow {
  id: string;
  reference: string;
  /** Null once the request was erased. */
  name: string | null;
  right: RightId;
  regimes: RegimeId[];
  dataClass: DataClass;
  state: RequestState;
  receivedAt: Date;
  /** The last day to answer. */
  dueOn: string;
  /** Days until then; negative when it has passed. */
  daysLeft: number;
  isOverdue: boolean;
  isExtended: boolean;
  closedAt: Date | null;
  assigneeId: string | null;
}

export interface QueuePage {
  rows: QueueRow[];
  /** Goes into `cursor` to get the page that follows; null on the last one. */
  next: string | null;
}

const dueBefore = (today: string) => ({ 'deadlines.effectiveDue': { $lt: today } });
// The alarm day is never after the due day, so this bound lets the index help.
const overdueSince = (today: string) => ({ urgentOn: { $lt: today }, ...dueBefore(today) });
const dueSoonAfter = (today: string) => ({
  urgentOn: { $gte: today, $lte: addDays(today, SOON_DAYS) },
});

function filterOf(staff: StaffMember, filters: QueueFilters): QueryFilter<RequestRow> {
  const { group, regime, right, assignee, due } = filters;
  const filter: QueryFilter<RequestRow> = { organizationId: staff.organizationId, group };
  if (regime) filter.regimes = regime === 'none' ? { $size: 0 } : regime;
  if (right) filter.right = right;
  if (assignee) {
    filter.assigneeId =
      assignee === 'none' ? null : new Types.ObjectId(assignee === 'me' ? staff.id : assignee);
  }
  const today = localDay(new Date(), staff.organization.timeZone);
  if (due === 'overdue') {
    // Closed ones come by age, not by urgency: there the bound would lead away from that order.
    Object.assign(filter, group === 'closed' ? dueBefore(today) : overdueSince(today));
  }
  if (due === 'soon') Object.assign(filter, dueSoonAfter(today));
  return filter;
}

/** Continues after the last row shown: by urgency, or by age where nothing is urgent any more. */
function after(cursor: string, isClosed: boolean): QueryFilter<RequestRow> {
  const [day = '', id = ''] = cursor.split('~');
  const _id = new Types.ObjectId(id);
  if (isClosed) return { _id: { $lt: _id } };
  // The first bound repeats the second so that the index can be entered at the right place.
  return {
    $and: [
      { urgentOn: { $gte: day } },
      { $or: [{ urgentOn: { $gt: day } }, { urgentOn: day, _id: { $gt: _id } }] },
    ],
  };
}

/**
 * A page of the queue: the most urgent first, closed ones the newest first. Names are shown, so the
 * look is recorded.
 */
export async function listRequests(
  staff: StaffMember,
  filters: QueueFilters,
  limit = PAGE,
): Promise<QueuePage> {
  const isClosed = filters.group === 'closed';
  const found = await RequestModel.find({
    ...filterOf(staff, filters),
    ...(filters.cursor !== undefined && after(filters.cursor, isClosed)),
  })
    .sort(isClosed ? { _id: -1 } : { urgentOn: 1, _id: 1 })
    .limit(limit + 1)
    .lean();
  const shown = found.slice(0, limit);
  const keys = await keysOfRequests(shown);
  const target = { kind: 'queue', id: filters.group };
  await inTransaction(() => recordAudit(staff, 'queue.read', target, { count: shown.length }));
  const today = localDay(new Date(), staff.organization.timeZone);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => {
      const key = keys.get(row._id.toHexString());
      return toQueueRow(row, key ? openContents(key, row).name : null, today);
    }),
    next:
      last && found.length > limit
        ? `${isClosed ? '' : last.urgentOn}~${last._id.toHexString()}`
        : null,
  };
}

function toQueueRow(row: RequestRow, name: string | null, today: string): QueueRow {
  const { effectiveDue, isExtended } = row.deadlines;
  return {
    id: row._id.toHexString(),
    reference: row.reference,
    name,
    right: row.right,
    regimes: row.regimes,
    dataClass: row.dataClass,
    state: row.state,
    receivedAt: row.receivedAt,
    dueOn: effectiveDue,
    daysLeft: daysBetween(today, effectiveDue),
    isOverdue: row.group !== 'closed' && today > effectiveDue,
    isExtended,
    closedAt: row.closedAt,
    assigneeId: row.assigneeId?.toHexString() ?? null,
  };
}

export interface RequestCounts {
  open: number;
  unverified: number;
  /** Of the open ones. */
  overdue: number;
  dueSoon: number;
  unassigned: number;
  closed: number;
}

/** Closed requests only grow in number, so no more of them are counted. */
export const MOST_COUNTED = 10_000;

/** How many requests wait, by what they wait for. No person's data is read. */
export async function requestCounts({ _id, timeZone }: Organization): Promise<RequestCounts> {
  const organizationId = _id;
  const today = localDay(new Date(), timeZone);
  const open = { organizationId, group: 'open' as const };
  const [all, late, dueSoon, unassigned, unverified, closed] = await Promise.all([
    RequestModel.countDocuments(open),
    RequestModel.countDocuments({ ...open, ...overdueSince(today) }),
    RequestModel.countDocuments({ ...open, ...dueSoonAfter(today) }),
    RequestModel.countDocuments({ ...open, assigneeId: null }),
    RequestModel.countDocuments({ organizationId, group: 'unverified' }),
    RequestModel.countDocuments({ organizationId, group: 'closed' }, { limit: MOST_COUNTED }),
  ]);
  return { open: all, overdue: late, dueSoon, unassigned, unverified, closed };
}
