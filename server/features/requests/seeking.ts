import type { QueryFilter, Types } from 'mongoose';
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
  urgentOn?: { $lt?: string; $gt?: string; $gte?: string; $lte?: string };
  'deadlines.effectiveDue'?: { $lt: string };
}

/** How far a page looks for what has several facets, before it asks whether to go on. */
const MOST_PASSED = 2000;
/** Up to here a facet is rare: all that has it is looked through at once. */
const RARE = 500;

/** Goes on behind a position. */
function behind({ day, id }: Position, order: 1 | -1): QueryFilter<RequestRow> {
  const [onward, onwardOrAt] =
    order === 1 ? (['$gt', '$gte'] as const) : (['$lt', '$lte'] as const);
  // The first bound repeats the second so that the index can be entered at the right place.
  return {
    $and: [
      { urgentOn: { [onwardOrAt]: day } },
      { $or: [{ urgentOn: { [onward]: day } }, { urgentOn: day, _id: { [onward]: id } }] },
    ],
  };
}

/** Of several facets the one by which the index is entered: that of the fewest requests. */
async function rarestOf(facets: readonly string[], { organizationId, group }: Scope) {
  const counts = await Promise.all(
    facets.map((one) =>
      RequestModel.countDocuments({ organizationId, group, facets: one }, { limit: RARE }),
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
 * Requests that have all the facets, in the order of the queue. An index leads to one facet; the
 * others are looked for among what has it, a bounded number at a time, so that no combination of
 * filters costs more than another.
 */
export async function findFaceted(seeking: Seeking): Promise<Sought> {
  const { facets, scope, order, limit, after } = seeking;
  const sort = { urgentOn: order, _id: order };
  const onward = after ? behind(after, order) : {};
  if (facets.length < 2) {
    const found = await RequestModel.find({
      ...scope,
      ...onward,
      ...(facets[0] !== undefined && { facets: facets[0] }),
    })
      .sort(sort)
      .limit(limit + 1)
      .lean();
    return cut(found, limit);
  }
  const entered = await rarestOf(facets, scope);
  const others = facets.filter((one) => one !== entered);
  const match = { ...scope, ...onward, facets: entered };
  const found = await RequestModel.aggregate<RequestRow>([
    { $match: match },
    { $sort: sort },
    { $limit: MOST_PASSED },
    { $match: { facets: { $all: others } } },
    { $limit: limit + 1 },
  ]);
  if (found.length > limit) return cut(found, limit);
  const [last] = await RequestModel.find(match, { urgentOn: 1 })
    .sort(sort)
    .skip(MOST_PASSED - 1)
    .limit(1)
    .lean();
  return {
    rows: found,
    end: last ? { day: last.urgentOn, id: last._id } : null,
    isCutShort: last !== undefined,
  };
}

function cut(found: RequestRow[], limit: number): Sought {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const end = last && found.length > limit ? { day: last.urgentOn, id: last._id } : null;
  return { rows, end, isCutShort: false };
}
