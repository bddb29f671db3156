import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { centrePath } from '../../centre.ts';
import {
  countText,
  listRequests,
  MOST_COUNTED,
  openRequestsBreakdown,
  queueColumns,
  queueRows,
  requestCounts,
  type RequestCounts,
} from '../requests/service.ts';
import { memberNames } from '../staff/service.ts';

/** How many of the most urgent requests the first page shows. */
const NEXT = 8;

function tilesOf(language: Language, queue: string, counts: RequestCounts) {
  const { t } = language;
  const number = (count: number) => countText(language, count);
  const { open, overdue, dueSoon, unassigned, unverified } = counts;
  return [
    {
      label: t('overview.home.overdue'),
      value: number(overdue),
      sub: t(`overview.home.${overdue > 0 ? 'overdueSub' : 'overdueNone'}`),
      href: `${queue}?due=overdue`,
      ...(overdue > 0 && { tone: 'danger', icon: 'danger' }),
    },
    {
      label: t('overview.home.dueSoon'),
      value: number(dueSoon),
      sub:
        open < MOST_COUNTED
          ? t('overview.home.dueSoonSub', { count: open })
          : t('overview.home.dueSoonMany', { count: number(open) }),
      href: `${queue}?due=soon`,
      ...(dueSoon > 0 && { tone: 'warning', icon: 'clock' }),
    },
    {
      label: t('overview.home.unassigned'),
      value: number(unassigned),
      sub: t(`overview.home.${unassigned > 0 ? 'unassignedSub' : 'unassignedNone'}`),
      href: `${queue}?assignee=none`,
    },
    {
      label: t('overview.home.unverified'),
      value: number(unverified),
      sub: t('overview.home.unverifiedSub'),
      href: `${queue}?group=unverified`,
    },
  ];
}

/** Bars relative to the longest, the longest first; empty kinds are left out. */
function barsOf<T extends { count: number }>(
  language: Language,
  parts: readonly T[],
  wordsOf: (part: T) => { label: string; href?: string },
) {
  const most = Math.max(1, ...parts.map(({ count }) => count));
  return parts
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map((part) => ({
      ...wordsOf(part),
      value: countText(language, part.count),
      percent: Math.round((part.count / most) * 100),
    }));
}

async function showOverview({
  staff,
  language,
}: StaffCall<unknown, unknown, unknown>): Promise<Answer> {
  const { t } = language;
  const { organization, organizationId } = staff;
  const home = `/o/${organization.slug}`;
  const queue = `${home}/requests`;
  const [counts, breakdown, { rows }] = await Promise.all([
    requestCounts(organization),
    openRequestsBreakdown(organizationId),
    listRequests(staff, { group: 'open' }, NEXT),
  ]);
  const names = await memberNames(
    organizationId,
    rows.flatMap(({ assigneeId }) => assigneeId ?? []),
  );
  const isNew = counts.open + counts.unverified + counts.closed === 0;
  return {
    page: 'overview/home',
    model: {
      subtitle: t('overview.home.greeting', { organization: organization.name }),
      empty: isNew && {
        title: t('overview.home.empty.title'),
        text: t('overview.home.empty.text'),
        action: {
          href: centrePath(organization),
          label: t('overview.home.empty.action'),
        },
      },
      tiles: tilesOf(language, queue, counts),
      allUrl: queue,
      mineUrl: `${queue}?assignee=me`,
      columns: queueColumns(language),
      rows: queueRows(language, rows, { home, timeZone: organization.timeZone, names }),
      byRight: barsOf(language, breakdown.byRight, ({ right }) => ({
        label: t(`requests.right.${right}`),
        href: `${queue}?right=${right}`,
      })),
      byRegime: barsOf(language, breakdown.byRegime, ({ regime }) => ({
        label: t(`deadlines.regime.${regime}.short`),
        href: `${queue}?regime=${regime}`,
      })),
    },
  };
}

/** The first page of the dashboard: what needs attention now. */
export const overviewPages: Door[] = [
  staffPage('overview:read', { method: 'get', path: '/o/:organization', act: showOverview }),
];
