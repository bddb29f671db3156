import { createHash } from 'node:crypto';
import { Types } from 'mongoose';
import type { OutcomeKind } from '../../../config/right-catalogue.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import type { ChannelId, DataClass, RightId } from '../../../config/rights.ts';
import { inTransaction } from '../../database/transaction.ts';
import { addDays, daysBetween, localDay } from '../../deadlines/days.ts';
import { recordAudit } from '../audit/service.ts';
import { requestsWithDocument } from '../identity/service.ts';
import { awaitingReview } from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { subjectsWithoutAddress } from '../subjects/service.ts';
import { keysOfRequests, openContents } from './contents.ts';
import { dueBefore, dueSoonAfter } from './counting.ts';
import { facet } from './facets.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { nextStepOf, type NextStep } from './next-step.ts';
import type { QueueFilters } from './queue-schema.ts';
import { beginningOf, readSearch } from './search.ts';
import { findFaceted, type Position, type Scope } from './seeking.ts';
import { requestGroups, type RequestGroup, type RequestState } from './states.ts';

const PAGE = 50;

export interface QueueRow {
  id: string;
  reference: string;
  version: number;
  /** Null once the request was erased. */
  name: string | null;
  right: RightId;
  regimes: RegimeId[];
  dataClass: DataClass;
  channel: ChannelId;
  state: RequestState;
  /** How it was answered; null while it was not. */
  outcome: OutcomeKind | null;
  nextStep: NextStep;
  tags: string[];
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
  /** Goes into `before` to get the page that comes first; null on the first one. */
  previous: string | null;
  /** More than one filter at once: not all was looked through yet, `next` goes on. */
  isCutShort: boolean;
}

const today = ({ organization }: StaffMember) => localDay(new Date(), organization.timeZone);

/** The days that `due` asks for; nothing closed is due any more. */
function daysOf({ group, due }: QueueFilters, day: string): Pick<Scope, 'urgentOn'> {
  if (due === undefined || (group === 'closed' && due === 'overdue')) return {};
  if (group === 'closed') return { urgentOn: { $gte: addDays(day, 1) } };
  return due === 'overdue' ? dueBefore(day) : dueSoonAfter(day);
}

/** Those that fewer requests have come first: of equals the first is looked up. */
const named = ['tag', 'right', 'language', 'channel', 'state', 'regime', 'role'] as const;

/** What a request must have to pass the filters. */
function facetsOfFilters(staff: StaffMember, filters: QueueFilters): string[] {
  const { assignee, due, group, words } = filters;
  return [
    ...(words === undefined ? [] : words.split('.').map((word) => facet('word', word))),
    ...(due === 'overdue' && group === 'closed' ? [facet('due', 'late')] : []),
    ...(assignee === undefined || assignee === 'none'
      ? []
      : [facet('assignee', assignee === 'me' ? staff.id : assignee)]),
    ...named.flatMap((name) => {
      const value = filters[name];
      return value === undefined ? [] : [facet(name, value)];
    }),
    ...(assignee === 'none' ? [facet('assignee', assignee)] : []),
  ];
}

const scopeOf = (staff: StaffMember, filters: QueueFilters): Scope => ({
  organizationId: staff.organizationId,
  group: filters.group,
  ...daysOf(filters, today(staff)),
});

const positionOf = (cursor: string): Position => {
  const [day = '', id = ''] = cursor.split('~');
  return { day, id: new Types.ObjectId(id) };
};

const cursorOf = ({ day, id }: Position) => `${day}~${id.toHexString()}`;

/** Those whose reference begins as typed, in whatever drawer. */
async function findByReference(
  { organizationId }: StaffMember,
  beginning: string,
): Promise<RequestRow[]> {
  return (
    RequestModel.find({
      organizationId,
      reference: { $gte: beginning, $lt: `${beginning}~` },
    })
      // Unique in the installation: a beginning leads to few, whoever they belong to.
      .hint({ reference: 1 })
      .sort({ reference: 1 })
      .limit(PAGE)
      .lean()
  );
}

interface Found {
  rows: RequestRow[];
  next: Position | null;
  previous: Position | null;
  isCutShort: boolean;
}

async function find(staff: StaffMember, filters: QueueFilters, limit: number): Promise<Found> {
  const { cursor, before, group, reference } = filters;
  if (reference !== undefined) {
    const rows = await findByReference(staff, reference);
    return { rows, next: null, previous: null, isCutShort: false };
  }
  const isBack = before !== undefined;
  const from = cursor ?? before;
  const order = (group === 'closed') === isBack ? 1 : -1;
  const { rows, end, isCutShort } = await findFaceted({
    facets: facetsOfFilters(staff, filters),
    scope: scopeOf(staff, filters),
    order,
    limit,
    ...(from !== undefined && { after: positionOf(from) }),
  });
  const shown = isBack ? rows.toReversed() : rows;
  const [first] = shown;
  const last = shown.at(-1);
  const keyOf = (row: RequestRow): Position => ({ day: row.urgentOn, id: row._id });
  const goesOn = end ?? null;
  return {
    rows: shown,
    next: isBack ? (last ? keyOf(last) : positionOf(before)) : goesOn,
    previous: isBack ? goesOn : cursor === undefined ? null : first ? keyOf(first) : null,
    isCutShort,
  };
}

/**
 * A page of the queue: the most urgent first, closed ones the latest first. Names are shown, so the
 * look is recorded.
 */
export async function listRequests(
  staff: StaffMember,
  filters: QueueFilters,
  limit = PAGE,
): Promise<QueuePage> {
  const { rows, next, previous, isCutShort } = await find(staff, filters, limit);
  const keys = await keysOfRequests(rows);
  const ids = rows.map(({ _id }) => _id);
  const unreviewed = await awaitingReview(staff.organizationId, ids);
  const documents = await requestsWithDocument(staff.organizationId, ids);
  // Only staff and machines take somebody in who has no address.
  const entered = rows.filter(({ group, enteredBy }) => group === 'unverified' && enteredBy);
  const silent = await subjectsWithoutAddress(
    staff.organizationId,
    entered.map(({ subjectId }) => subjectId),
  );
  const target = { kind: 'queue', id: filters.group };
  await inTransaction(() => recordAudit(staff, 'queue.read', target, { count: rows.length }));
  const day = today(staff);
  return {
    rows: rows.map((row) => {
      const key = keys.get(row._id.toHexString());
      const name = key ? openContents(key, row).name : null;
      const nextStep = nextStepOf({
        ...row,
        hasUnreviewed: unreviewed.has(row._id.toHexString()),
        hasDocument: documents.has(row._id.toHexString()),
        hasNoAddress: silent.has(row.subjectId.toHexString()),
      });
      return toQueueRow(row, { name, day, nextStep });
    }),
    next: next && cursorOf(next),
    previous: previous && cursorOf(previous),
    isCutShort,
  };
}

/** What changes whenever a page of the queue would show something else. */
export const stampOf = (rows: readonly Pick<QueueRow, 'id' | 'tags' | 'version'>[]): string =>
  createHash('sha256')
    .update(rows.map(({ id, version, tags }) => `${id} ${version} ${tags.join()}`).join('\n'))
    .digest('base64url')
    .slice(0, 22);

/** The stamp of a page as it would be now. No person's data is read. */
export async function queueStamp(staff: StaffMember, filters: QueueFilters): Promise<string> {
  const { rows } = await find(staff, filters, PAGE);
  return stampOf(rows.map((row) => ({ ...row, id: row._id.toHexString() })));
}

/** A drawer beside that of the filters in which something passes them; null when none has. */
export async function drawerElsewhere(
  staff: StaffMember,
  filters: QueueFilters,
): Promise<RequestGroup | null> {
  for (const group of requestGroups) {
    if (group === filters.group) continue;
    const { rows } = await find(staff, { ...filters, group }, 1);
    if (rows.length > 0) return group;
  }
  return null;
}

/**
 * Filters of the queue that find what was typed: a reference or its beginning, an address, words of
 * a name, a #tag. Addresses of pages end up in histories and logs, so nothing of it is in them.
 */
export async function searchQueue(
  staff: StaffMember,
  typed: string,
): Promise<Pick<QueueFilters, 'reference' | 'tag' | 'words'>> {
  const beginning = beginningOf(typed);
  if (beginning !== null && (await findByReference(staff, beginning)).length > 0) {
    return { reference: beginning };
  }
  const { words, tag } = await readSearch(staff.organization, typed);
  return { ...(words.length > 0 && { words: words.join('.') }), ...(tag !== null && { tag }) };
}

function toQueueRow(
  row: RequestRow,
  { name, day, nextStep }: Pick<QueueRow, 'name' | 'nextStep'> & { day: string },
): QueueRow {
  const { effectiveDue, isExtended } = row.deadlines;
  return {
    id: row._id.toHexString(),
    reference: row.reference,
    version: row.version,
    name,
    right: row.right,
    regimes: row.regimes,
    dataClass: row.dataClass,
    channel: row.channel,
    state: row.state,
    outcome: row.outcome?.kind ?? null,
    nextStep,
    tags: row.tags,
    receivedAt: row.receivedAt,
    dueOn: effectiveDue,
    daysLeft: daysBetween(day, effectiveDue),
    isOverdue: row.group !== 'closed' && day > effectiveDue,
    isExtended,
    closedAt: row.closedAt,
    assigneeId: row.assigneeId?.toHexString() ?? null,
  };
}
