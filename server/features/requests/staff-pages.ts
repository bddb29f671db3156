import { mayDo } from '../../../config/permissions.ts';
import { rightIds } from '../../../config/rights.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { membersOf } from '../staff/service.ts';
import { decisionPages } from './decision-pages.ts';
import { draftPages } from './draft-pages.ts';
import { outcomePages } from './outcome-pages.ts';
import { entryPages } from './entry-pages.ts';
import { listRequests, MOST_COUNTED, requestCounts, type RequestCounts } from './listing.ts';
import { packagePages } from './package-pages.ts';
import { queueColumns, queueRows } from './queue-view.ts';
import { fileForStaff } from './reading.ts';
import { showRequest } from './request-pages.ts';
import {
  queueFilters,
  requestFileId,
  requestId,
  type QueueFilters,
  type RequestFileId,
  type RequestId,
} from './schema.ts';
import { requestGroups } from './states.ts';
import { regimeName } from '../explain/service.ts';

/** A link to the queue that keeps the given filters. */
const queueUrl = (home: string, filters: Partial<Record<keyof QueueFilters, unknown>>) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (typeof value === 'string' && value !== '') query.append(name, value);
  }
  return `${home}/requests${query.size === 0 ? '' : `?${query.toString()}`}`;
};

const isNarrowed = ({ right, regime, assignee, due }: QueueFilters) =>
  [right, regime, assignee, due].some((value) => value !== undefined);

function emptyState(
  language: Language,
  filters: QueueFilters,
  slug: string,
  counts: RequestCounts,
) {
  const { t } = language;
  const say = (name: string) => ({
    title: t(`requests.queue.${name}.title`),
    text: t(`requests.queue.${name}.text`),
  });
  if (isNarrowed(filters)) {
    const href = queueUrl(`/o/${slug}`, { group: filters.group });
    return {
      ...say('nothing'),
      icon: 'search',
      action: { href, label: t('requests.queue.clear') },
    };
  }
  if (counts.open + counts.unverified + counts.closed === 0) {
    const action = { href: `/privacy/${slug}`, label: t('requests.queue.privacyCentre') };
    return { ...say('empty'), icon: 'inbox', action };
  }
  if (filters.group === 'unverified') return { ...say('noUnverified'), icon: 'clock' };
  return filters.group === 'closed'
    ? { ...say('noClosed'), icon: 'check' }
    : { ...say('done'), icon: 'check' };
}

function countText({ number }: Language, count: number): string {
  if (count === 0) return '';
  return count < MOST_COUNTED ? number(count) : `${number(MOST_COUNTED)}+`;
}

async function showQueue({
  staff,
  language,
  query,
}: StaffCall<unknown, QueueFilters, unknown>): Promise<Answer> {
  const { t } = language;
  const { slug, timeZone } = staff.organization;
  const home = `/o/${slug}`;
  const { cursor, ...filters } = query;
  const [{ rows, next }, counts, members] = await Promise.all([
    listRequests(staff, query),
    requestCounts(staff.organization),
    membersOf(staff.organizationId),
  ]);
  const any = { value: '', label: t('requests.queue.any') };
  const names = new Map(members.map(({ accountId, name }) => [accountId.toHexString(), name]));
  return {
    page: 'requests/queue',
    model: {
      here: `${home}/requests`,
      subtitle:
        counts.open === 0
          ? t('requests.queue.none')
          : t('requests.queue.subtitle', { count: counts.open }),
      actions: [
        ...(mayDo(staff.role, 'requests:work')
          ? [{ href: `${home}/requests/new`, label: t('entry.enter'), icon: 'plus' }]
          : []),
        {
          href: `/privacy/${slug}`,
          label: t('requests.queue.privacyCentre'),
          icon: 'external',
        },
      ],
      views: requestGroups.map((group) => ({
        href: queueUrl(home, { ...filters, group }),
        label: t(`requests.queue.${group}`),
        count: countText(language, counts[group]),
        current: filters.group === group,
      })),
      hidden: [{ name: 'group', value: filters.group }],
      filters: [
        {
          id: 'right',
          label: t('requests.queue.right'),
          value: filters.right ?? '',
          options: [
            any,
            ...rightIds.map((value) => ({ value, label: t(`requests.right.${value}`) })),
          ],
        },
        {
          id: 'regime',
          label: t('requests.queue.regime'),
          value: filters.regime ?? '',
          options: [
            any,
            ...([...staff.organization.regimes, 'none'] as const).map((value) => ({
              value,
              label: regimeName(language, value),
            })),
          ],
        },
        {
          id: 'assignee',
          label: t('requests.queue.assignee'),
          value: filters.assignee ?? '',
          options: [
            { value: '', label: t('requests.queue.anyone') },
            { value: 'me', label: t('requests.queue.me') },
            { value: 'none', label: t('requests.nobody') },
            ...members
              .filter(({ accountId, role }) => role !== 'auditor' && !accountId.equals(staff.id))
              .map(({ accountId, name }) => ({ value: accountId.toHexString(), label: name })),
          ],
        },
        {
          id: 'due',
          label: t('requests.queue.due'),
          value: filters.due ?? '',
          options: [
            any,
            { value: 'overdue', label: t('requests.queue.overdue') },
            { value: 'soon', label: t('requests.queue.soon') },
          ],
        },
      ],
      clearUrl: isNarrowed(filters) ? queueUrl(home, { group: filters.group }) : null,
      columns: queueColumns(language),
      rows: queueRows(language, rows, { home, timeZone, names }),
      empty: emptyState(language, filters, slug, counts),
      newestUrl: cursor === undefined ? null : queueUrl(home, filters),
      moreUrl: next === null ? null : queueUrl(home, { ...filters, cursor: next }),
    },
  };
}

/** The desk of the privacy team: the queue, and each request with what may be done about it. */
export const requestPages: Door[] = [
  // Before the page of one request, whose address would take the word for an id.
  ...entryPages,
  staffPage<Record<string, never>, QueueFilters>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests',
    query: queueFilters,
    act: showQueue,
  }),
  staffPage<RequestId>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests/:id',
    params: requestId,
    act: (call) => showRequest(call),
  }),
  staffPage<RequestFileId>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests/:id/files/:file',
    params: requestFileId,
    act: async ({ staff, params }) => ({
      file: await fileForStaff(staff, params.id, params.file),
    }),
  }),
  ...packagePages,
  ...decisionPages,
  ...draftPages,
  ...outcomePages,
];
