import type { PipelineStage, QueryFilter, Types } from 'mongoose';
import { RequestModel, type RequestRow } from './model.ts';
import type { RequestGroup } from './states.ts';

/** Where a page begins or ends. */
export interface Position {
  day: string;
  id: Types.ObjectId;
}

/** Organisation, drawer and days. */
export interface Scope {
  organizationId: Types.ObjectId;
  group: RequestGroup;
  /** The first and the last day. */
  urgentOn?: { $gte?: string; $lte?: string };
  'deadlines.effectiveDue'?: { $lt: string };
}

/** How far a page looks for what has several facets, before it asks whether to go on. */
const MOST_PASSED = 500;
/** Up to here facets are counted, to find the rarest of them. */
const MOST_WEIGHED = 2000;

/** Of several facets the one by which the index is entered: that of the fewest requests. */
async function rarestOf(facets: readonly string[], { organizationId, group }: Scope) {
  const counts = await Promise.all(
    facets.map((one) =>
      RequestModel.countDocuments({ organizationId, group, facets: one }, { limit: MOST_WEIGHED }),
    ),
  );
  return facets[counts.indexOf(Math.min(...counts))] ?? '';
}

export interface Seeking {
  facets: readonly string[];
  scope: Scope;
  order: 1 | -1;
  limit: number;
  after?: Position;
}

interface Sought {
  rows: RequestRow[];
  /** Where the next page goes on; null when there is nothing more. */
  end: Position | null;
  isCutShort: boolean;
}

/**
 * What a page reads, in order: behind a position first the rest of its day, then the other days.
 * Each is one range of the index, so that nothing is read that comes before the page.
 */
function stretchesOf({ scope, order, after }: Seeking): QueryFilter<RequestRow>[] {
  if (!after) return [scope];
  const { day, id } = after;
  const { $gte = '', $lte = '~' } = scope.urgentOn ?? {};
  if (day < $gte) return order === 1 ? [scope] : [];
  if (day > $lte) return order === 1 ? [] : [scope];
  return order === 1
    ? [
        { ...scope, urgentOn: day, _id: { $gt: id } },
        { ...scope, urgentOn: { $gt: day, $lte } },
      ]
    : [
        { ...scope, urgentOn: day, _id: { $lt: id } },
        { ...scope, urgentOn: { $lt: day, $gte } },
      ];
}

/**
 * Requests that have all the facets, in the order of the queue. An index leads to one facet; the
 * others are looked for among what has it, a bounded number at a time, so that no combination of
 * filters costs more than another.
 */
export async function findFaceted(seeking: Seeking): Promise<Sought> {
  const { facets, scope, order, limit } = seeking;
  const sort = { urgentOn: order, _id: order };
  const entered = facets.length > 1 ? await rarestOf(facets, scope) : facets[0];
  const others = facets.filter((one) => one !== entered);
  const rows: RequestRow[] = [];
  for (const stretch of stretchesOf(seeking)) {
    const match = { ...stretch, ...(entered !== undefined && { facets: entered }) };
    const missing = limit + 1 - rows.length;
    if (others.length === 0) {
      rows.push(...(await RequestModel.find(match).sort(sort).limit(missing).lean()));
    } else {
      const stages: PipelineStage[] = [
        { $match: match },
        { $sort: sort },
        { $limit: MOST_PASSED },
        { $match: { facets: { $all: others } } },
        { $limit: missing },
      ];
      rows.push(...(await RequestModel.aggregate<RequestRow>(stages)));
    }
    if (rows.length > limit) return cut(rows, limit);
    const end = others.length === 0 ? null : await endOfLook(match, sort);
    if (end) return { rows, end, isCutShort: true };
  }
  return { rows, end: null, isCutShort: false };
}

/** The last request that was looked at; null when all were. */
async function endOfLook(
  match: QueryFilter<RequestRow>,
  sort: { urgentOn: 1 | -1; _id: 1 | -1 },
): Promise<Position | null> {
  const [last] = await RequestModel.find(match, { urgentOn: 1 })
    .sort(sort)
    .skip(MOST_PASSED - 1)
    .limit(1)
    .lean();
  return last ? { day: last.urgentOn, id: last._id } : null;
}

function cut(found: RequestRow[], limit: number): Sought {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const end = last ? { day: last.urgentOn, id: last._id } : null;
  return { rows, end, isCutShort: false };
}
