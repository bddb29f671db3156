import { mayDo } from '../../../config/permissions.ts';
import { channelIds, controllerRoles, rightIds } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import { centrePath } from '../../centre.ts';
import { regimeName } from '../explain/service.ts';
import { membersOf, type Member, type StaffMember } from '../staff/service.ts';
import { countText, drawerCounts, MOST_COUNTED } from './counting.ts';
import { drawerElsewhere, stampOf, type QueuePage } from './listing.ts';
import { queueColumns, queueRows } from './queue-view.ts';
import { savedViewsOf, type SavedView } from './saved-views.ts';
import type { QueueFilters } from './queue-schema.ts';
import { groupOf, requestGroups, requestStates } from './states.ts';
import { tagsOf } from './tags.ts';
import { workerOptions } from './workers.ts';

/** What became of something that was done to the queue. */
export interface QueueNotice {
  tone: 'success' | 'warning' | 'danger';
  title: string;
  items: string[];
}

/** A link to the queue that keeps the given filters. */
export function queueUrl(
  { organization }: StaffMember,
  filters: Partial<Record<keyof QueueFilters, unknown>>,
  path = '',
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (typeof value === 'string' && value !== '') query.append(name, value);
  }
  const home = `/o/${organization.slug}/requests${path}`;
  return query.size === 0 ? home : `${home}?${query.toString()}`;
}

type Filters = Omit<QueueFilters, 'cursor' | 'before'>;

const isNarrowed = (filters: Partial<Record<keyof Filters, unknown>>): boolean =>
  Object.entries(filters).some(([name, value]) => name !== 'group' && value !== undefined);

/** Filters but those of certain names. */
const without = (filters: QueueFilters, ...names: (keyof QueueFilters)[]) =>
  Object.fromEntries(
    Object.entries(filters).filter(([name]) => !names.includes(name as keyof QueueFilters)),
  ) as Partial<QueueFilters>;

const sayingOf = ({ t }: Language, name: string) => ({
  title: t(`requests.queue.${name}.title`),
  text: t(`requests.queue.${name}.text`),
});

async function emptyState(
  staff: StaffMember,
  language: Language,
  filters: Filters,
  counts: Record<string, number>,
) {
  const { t } = language;
  const say = (name: string) => sayingOf(language, name);
  if (isNarrowed(filters)) {
    const elsewhere = await drawerElsewhere(staff, filters);
    const label = elsewhere && t(`desk.elsewhere.${elsewhere}`);
    const group = elsewhere ?? filters.group;
    const action = elsewhere
      ? { href: queueUrl(staff, { ...filters, group }), label }
      : { href: queueUrl(staff, { group }), label: t('requests.queue.clear') };
    return { ...say('nothing'), icon: 'search', action };
  }
  if (Object.values(counts).every((count) => count === 0)) {
    const href = centrePath(staff.organization);
    const action = { href, label: t('requests.queue.privacyCentre') };
    return { ...say('empty'), icon: 'inbox', action };
  }
  if (filters.group === 'unverified') return { ...say('noUnverified'), icon: 'clock' };
  return filters.group === 'closed'
    ? { ...say('noClosed'), icon: 'check' }
    : { ...say('done'), icon: 'check' };
}

interface Choice {
  value: string;
  label: string;
}

/** The filters that are at hand, and those that unfold. */
function filterFields(
  { id, organization }: StaffMember,
  language: Language,
  filters: Filters,
  { members, tags }: { members: readonly Member[]; tags: readonly string[] },
) {
  const { t } = language;
  const any = { value: '', label: t('requests.queue.any') };
  const field = (name: keyof Filters, label: string, options: readonly Choice[], none = any) => ({
    id: name,
    label,
    value: filters[name] ?? '',
    options: [none, ...options],
  });
  const inWords = (values: readonly string[], key: string) =>
    values.map((value) => ({ value, label: t(`${key}.${value}`) }));
  const states = requestStates.filter((state) => groupOf(state) === filters.group);
  return {
    first: [
      field('right', t('requests.queue.right'), inWords(rightIds, 'requests.right')),
      field(
        'assignee',
        t('requests.queue.assignee'),
        [
          { value: 'me', label: t('requests.queue.me') },
          { value: 'none', label: t('requests.nobody') },
          ...workerOptions(members).filter(({ value }) => value !== id),
        ],
        { value: '', label: t('requests.queue.anyone') },
      ),
      field(
        'due',
        t('requests.queue.due'),
        filters.group === 'closed'
          ? [{ value: 'overdue', label: t('desk.filter.late') }]
          : inWords(['overdue', 'soon'], 'requests.queue'),
      ),
    ],
    more: [
      field(
        'regime',
        t('requests.queue.regime'),
        [...organization.regimes, 'none' as const].map((value) => ({
          value,
          label: regimeName(language, value),
        })),
      ),
      ...(states.length > 1
        ? [field('state', t('requests.queue.column.state'), inWords(states, 'requests.state'))]
        : []),
      ...(tags.length > 0
        ? [
            field(
              'tag',
              t('desk.filter.tag'),
              tags.map((value) => ({ value, label: value })),
            ),
          ]
        : []),
      field(
        'language',
        t('requests.request.language'),
        organization.languages.map((value) => ({ value, label: language.languageName(value) })),
      ),
      field('channel', t('requests.request.channel'), inWords(channelIds, 'requests.channel')),
      field('role', t('desk.filter.role'), inWords(controllerRoles, 'desk.role')),
    ],
  };
}

const viewItem = (staff: StaffMember, { t }: Language, view: SavedView, current: string) => {
  const href = queueUrl(staff, view.filters);
  return {
    name: view.name,
    href,
    current: href === current,
    mayRemove: view.mayRemove,
    note: view.isMine ? (view.isShared ? t('desk.views.shared') : '') : t('desk.views.ofOther'),
    removeUrl: `/o/${staff.organization.slug}/requests/views/${view.id}/removal`,
  };
};

/** Everything that the page of the queue shows. */
export async function queueModel(
  staff: StaffMember,
  language: Language,
  query: QueueFilters,
  page: QueuePage,
  notice?: QueueNotice,
) {
  const { t } = language;
  const { slug, timeZone } = staff.organization;
  const home = `/o/${slug}`;
  const { group, words, reference } = query;
  const filters: Filters = { ...without(query, 'cursor', 'before'), group };
  const kept = without(filters, 'words', 'reference');
  const [counts, members, tags, views] = await Promise.all([
    drawerCounts(staff.organizationId),
    membersOf(staff.organizationId),
    tagsOf(staff.organizationId),
    savedViewsOf(staff),
  ]);
  const names = new Map(members.map(({ accountId, name }) => [accountId.toHexString(), name]));
  const isFiltered = isNarrowed(filters);
  const mayWork = mayDo(staff.role, 'requests:work');
  const { first, more } = filterFields(staff, language, filters, { members, tags });
  const here = queueUrl(staff, kept);
  const rows = queueRows(language, page.rows, { home, timeZone, names });
  return {
    here: `${home}/requests`,
    subtitle:
      counts[group] < MOST_COUNTED
        ? t(`desk.subtitle.${group}${counts[group] === 0 ? 'None' : ''}`, { count: counts[group] })
        : t(`desk.subtitle.${group}Many`, { count: countText(language, counts[group]) }),
    actions: [
      ...(mayWork ? [{ href: `${home}/requests/new`, label: t('entry.enter'), icon: 'plus' }] : []),
      {
        href: centrePath(staff.organization),
        label: t('requests.queue.privacyCentre'),
        icon: 'external',
      },
    ],
    notice,
    views: requestGroups.map((drawer) => ({
      // The states of one drawer mean nothing in another.
      href: queueUrl(staff, { ...filters, state: undefined, group: drawer }),
      label: t(`requests.queue.${drawer}`),
      count: isFiltered || counts[drawer] === 0 ? '' : countText(language, counts[drawer]),
      current: group === drawer,
    })),
    saved: views.map((view) => viewItem(staff, language, view, here)),
    save: isNarrowed(kept) && {
      action: `${home}/requests/views`,
      hidden: Object.entries(kept).map(([name, value]) => ({ name, value })),
      mayShare: mayWork,
    },
    hidden: [
      { name: 'group', value: filters.group },
      ...(words === undefined ? [] : [{ name: 'words', value: words }]),
    ],
    search: {
      action: `${home}/requests/search`,
      group: filters.group,
      isOn: words !== undefined || reference !== undefined,
      clearUrl: here,
    },
    filters: first,
    more,
    isMoreOpen: more.some(({ value }) => value !== ''),
    clearUrl: isFiltered ? queueUrl(staff, { group: filters.group }) : null,
    columns: queueColumns(language),
    rows: rows.map((row, at) => {
      const { id = '', version = 0, reference = '' } = page.rows[at] ?? {};
      const label = t('desk.bulk.choose', { reference });
      return { ...row, id, ...(mayWork && { select: { value: `${id}~${version}`, label } }) };
    }),
    bulk: mayWork && {
      action: queueUrl(staff, query, '/bulk'),
      assignees: workerOptions(members),
      isOpen: filters.group === 'open',
    },
    tags,
    pulse: { url: queueUrl(staff, query, '/pulse'), stamp: stampOf(page.rows) },
    empty:
      page.rows.length === 0 &&
      (page.isCutShort
        ? { ...sayingOf(language, 'soFar'), icon: 'search' }
        : await emptyState(staff, language, filters, counts)),
    isCutShort: page.isCutShort,
    previousUrl:
      page.previous === null ? null : queueUrl(staff, { ...filters, before: page.previous }),
    moreUrl: page.next === null ? null : queueUrl(staff, { ...filters, cursor: page.next }),
  };
}
