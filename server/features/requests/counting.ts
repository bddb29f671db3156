import type { Types } from 'mongoose';
import type { Language } from '../../language.ts';
import { addDays, localDay } from '../../deadlines/days.ts';
import type { Organization } from '../organizations/service.ts';
import { facet } from './facets.ts';
import { RequestModel } from './model.ts';
import type { Scope } from './seeking.ts';
import type { RequestGroup } from './states.ts';

const SOON_DAYS = 7;

/** The alarm day is never after the due day, so its bound lets the index help. */
export const dueBefore = (day: string): Pick<Scope, 'urgentOn' | 'deadlines.effectiveDue'> => ({
  urgentOn: { $lte: addDays(day, -1) },
  'deadlines.effectiveDue': { $lt: day },
});

export const dueSoonAfter = (day: string): Pick<Scope, 'urgentOn'> => ({
  urgentOn: { $gte: day, $lte: addDays(day, SOON_DAYS) },
});

/** No more than these are counted, so that a count costs the same however many there are. */
export const MOST_COUNTED = 1000;

/** Counts requests, no further than `MOST_COUNTED`. */
export const countRequests = (filter: Scope & { facets?: string }): Promise<number> =>
  RequestModel.countDocuments(filter, { limit: MOST_COUNTED }).exec();

/** A count in words: one that was cut off says so. */
export const countText = ({ number }: Language, count: number): string =>
  count < MOST_COUNTED ? number(count) : `${number(MOST_COUNTED)}+`;

/** How many requests each drawer of the queue holds. */
export async function drawerCounts(
  organizationId: Types.ObjectId,
): Promise<Record<RequestGroup, number>> {
  const [open = 0, unverified = 0, closed = 0] = await Promise.all(
    (['open', 'unverified', 'closed'] as const).map((group) =>
      countRequests({ organizationId, group }),
    ),
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
    countRequests({ ...open, ...dueBefore(today) }),
    countRequests({ ...open, ...dueSoonAfter(today) }),
    countRequests({ ...open, facets: facet('assignee', 'none') }),
  ]);
  return { ...drawers, overdue, dueSoon, unassigned };
}
