import type { RegimeId } from '../../../config/regimes.ts';
import { localDay } from '../../deadlines/days.ts';
import type { RequestRow } from './model.ts';

type Faceted = Pick<
  RequestRow,
  | 'assigneeId'
  | 'channel'
  | 'closedAt'
  | 'deadlines'
  | 'language'
  | 'regimes'
  | 'right'
  | 'role'
  | 'state'
  | 'tags'
  | 'timeZone'
>;

export type FacetName =
  | 'assignee'
  | 'channel'
  | 'due'
  | 'language'
  | 'regime'
  | 'right'
  | 'role'
  | 'state'
  | 'tag'
  | 'word';

/** One thing that a request can be found by, as the row and its index hold it. */
export const facet = (name: FacetName, value: string): string => `${name}:${value}`;

/** Requests under no law can be asked for too. */
const regimesOf = (regimes: readonly RegimeId[]): readonly string[] =>
  regimes.length === 0 ? ['none'] : regimes;

/** Closed after the last day to answer. */
const isLate = ({ closedAt, timeZone, deadlines }: Faceted) =>
  closedAt !== null && localDay(closedAt, timeZone) > deadlines.effectiveDue;

/** All that the queue can be narrowed by, but the words of a search. */
export function facetsOf(row: Faceted): string[] {
  return [
    facet('right', row.right),
    ...regimesOf(row.regimes).map((regime) => facet('regime', regime)),
    facet('state', row.state),
    facet('assignee', row.assigneeId?.toHexString() ?? 'none'),
    facet('language', row.language),
    facet('channel', row.channel),
    facet('role', row.role),
    ...row.tags.map((tag) => facet('tag', tag)),
    ...(isLate(row) ? [facet('due', 'late')] : []),
  ];
}

/** The words were read from what is sealed: they stay as they are when the rest changes. */
const wordsIn = (facets: readonly string[]) => facets.filter((one) => one.startsWith('word:'));

/** The facets of a changed request. */
export const facetsAfter = (row: Faceted & { facets?: readonly string[] }): string[] => [
  ...facetsOf(row),
  ...wordsIn(row.facets ?? []),
];
