import type { Types } from 'mongoose';
import { addDays, localDay } from '../../deadlines/days.ts';
import type { Organization } from '../organizations/service.ts';
import { facet } from './facets.ts';
import { RequestModel } from './model.ts';
import type { Scope } from './seeking.ts';
import type { RequestGroup } from './states.ts';

const SOON_DAYS = 7;

/** The alarm day is never after the due day, so its bound lets the index help. */
export const dueBefore = (day: string): Pick<Scope, 'urgentOn' | 'deadlines.effectiveDue'> => ({
  urgentOn: { $lt: day },
  'deadlines.effectiveDue': { $lt: day },
});

export const dueSoonAfter = (day: string): Pick<Scope, 'urgentOn'> => ({
  urgentOn: { $gte: day, $lte: addDays(day, SOON_DAYS) },
});

/** No more than these are counted, so that a count costs the same however many there are. */
export const MOST_COUNTED = 10_000;

const count = (filter: Scope & { facets?: string }) =>
  RequestModel.countDocuments(filter, { limit: MOST_COUNTED });

/** How many requests each drawer of the queue holds. */
export async function drawerCounts(
  organizationId: Types.ObjectId,
): Promise<Record<RequestGroup, number>> {
  const [open = 0, unverified = 0, closed = 0] = await Promise.all(
    (['open', 'unverified', 'closed'] as const).map((group) => count({ organizationId, group })),
  );
  return { open, unverified, closed };
}

export interface RequestCounts extends Record<RequestGroup, number> {
  /** Of the open ones. */
  overdue: number;
  dueSoon: number;
  unassigned: number;
}

/** How many requests wait, by what they wait for. No person's data is read. */
export async function requestCounts({ _id, timeZone }: Organization): Promise<RequestCounts> {
  const organizationId = _id;
  const today = localDay(new Date(), timeZone);
  const open = { organizationId, group: 'open' as const };
  const [drawers, overdue, dueSoon, unassigned] = await Promise.all([
    drawerCounts(organizationId),
    count({ ...open, ...dueBefore(today) }),
    count({ ...open, ...dueSoonAfter(today) }),
    count({ ...open, facets: facet('assignee', 'none') }),
  ]);
  return { ...drawers, overdue, dueSoon, unassigned };
}
