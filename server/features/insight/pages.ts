import { Readable } from 'node:stream';
import type { CategoryId } from '../../../config/consent.ts';
import { addDays, daysBetween, localDay } from '../../deadlines/days.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Door } from '../../http/doors.ts';
import { auditReading, categoriesOffered, consentFigures } from '../consent/service.ts';
import { siteById } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import {
  comparisonQuery,
  insightQuery,
  siteParams,
  splits,
  type ComparisonQuery,
  type InsightQuery,
} from './schema.ts';
import {
  chartedCounts,
  chartOf,
  comparisonRows,
  csvOfFigures,
  figuresTable,
  splitName,
  tilesOf,
  type Figures,
} from './views.ts';

const INSIGHT = '/o/:organization/consent/sites/:site/insight';
const USUAL_DAYS = 30;
/** More would make columns that nobody can tell apart. */
const MOST_DAYS = 366;

/** The days asked for, in their order and within bounds; the last month when nothing is asked. */
function periodOf({ organization }: StaffMember, { from, to }: Pick<InsightQuery, 'from' | 'to'>) {
  const last = to ?? localDay(new Date(), organization.timeZone);
  const first = from ?? addDays(last, 1 - USUAL_DAYS);
  const [start, end] = first <= last ? [first, last] : [last, first];
  return {
    from: daysBetween(start, end) >= MOST_DAYS ? addDays(end, 1 - MOST_DAYS) : start,
    to: end,
  };
}

const nothingOf = (version: number): Figures => ({
  key: version,
  prompts: 0,
  choices: 0,
  actions: {
    'accept-all': 0,
    'refuse-all': 0,
    choose: 0,
    withdraw: 0,
    gpc: 0,
    dnt: 0,
    carried: 0,
    linked: 0,
  },
  granted: { preferences: 0, analytics: 0, marketing: 0 },
});

/** How visitors of a site chose: over time, by parts, and between two versions. */
export const insightPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: INSIGHT,
    params: siteParams,
    query: insightQuery,
    act: async ({ staff, language, params, query }) => {
      const { t } = language;
      const { organizationId } = staff;
      const site = await siteById(organizationId, params.site);
      const period = periodOf(staff, query);
      const { by = 'day' } = query;
      const [days, figures] = await Promise.all([
        consentFigures(organizationId, site._id, { ...period, by: 'day' }),
        consentFigures(organizationId, site._id, { ...period, by }),
      ]);
      const frame = siteFrame(staff, site, 'insight', language);
      const here = `${frame.siteUrl}/insight`;
      const asked = new URLSearchParams({ ...period, by }).toString();
      return {
        page: 'insight/figures',
        model: {
          ...frame,
          actions: [
            {
              href: `${here}/comparison?${new URLSearchParams(period).toString()}`,
              label: t('insight.compare.title'),
              icon: 'chart',
            },
            {
              href: `${frame.siteUrl}/insight.csv?${asked}`,
              label: t('consent.records.export'),
              icon: 'download',
            },
          ],
          action: here,
          filters: [
            {
              id: 'by',
              label: t('insight.split'),
              value: by,
              options: splits.map((value) => ({ value, label: splitName(value, language) })),
            },
          ],
          dates: (['from', 'to'] as const).map((id) => ({
            id,
            label: t(`consent.records.${id}`),
            value: period[id],
          })),
          isEmpty: days.length === 0,
          tiles: tilesOf(days, language),
          charts: (['choices', 'withdrawals'] as const).map((name) =>
            chartOf(days, period, chartedCounts[name], name, language),
          ),
          tableTitle: t('insight.table', { by: t(`insight.by.${by}`) }),
          table: figuresTable(by === 'day' ? figures.toReversed() : figures, by, language),
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${INSIGHT}.csv`,
    params: siteParams,
    query: insightQuery,
    act: async ({ staff, params, query }) => {
      const site = await siteById(staff.organizationId, params.site);
      const { by = 'day' } = query;
      const period = periodOf(staff, query);
      const figures = await consentFigures(staff.organizationId, site._id, { ...period, by });
      await auditReading(staff, 'consent.figures-exported', { kind: 'site', id: site._id });
      return {
        file: {
          name: `consent-figures-${period.from}-${period.to}.csv`,
          type: 'text/csv; charset=utf-8; header=present',
          size: null,
          content: Readable.from(csvOfFigures(figures, by)),
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${INSIGHT}/comparison`,
    params: siteParams,
    query: comparisonQuery,
    act: async ({ staff, language, params, query }) => {
      const { t } = language;
      const site = await siteById(staff.organizationId, params.site);
      const period = periodOf(staff, query);
      const figures = await consentFigures(staff.organizationId, site._id, {
        ...period,
        by: 'version',
      });
      const { one, other } = versionsToCompare(figures, query);
      const offered = await categoriesOffered(site, [one, other]);
      const find = (version: number) => ({
        figures: figures.find(({ key }) => key === version) ?? nothingOf(version),
        offered: offered.get(version) ?? new Set<CategoryId>(),
      });
      const { siteUrl, title } = siteFrame(staff, site, 'insight', language);
      const nameOf = (version: number) => t('consent.site.version', { version });
      const options = [...new Set([...figures.map(({ key }) => key), one, other])]
        .sort((a, b) => b - a)
        .map((version) => ({ value: String(version), label: nameOf(version) }));
      return {
        page: 'insight/comparison',
        model: {
          title: t('insight.compare.title'),
          siteName: title,
          back: { href: `${siteUrl}/insight`, label: t('insight.tab') },
          action: `${siteUrl}/insight/comparison`,
          filters: [
            { id: 'one', label: t('designer.compare.from'), options, value: String(one) },
            { id: 'other', label: t('designer.compare.to'), options, value: String(other) },
          ],
          dates: (['from', 'to'] as const).map((id) => ({
            id,
            label: t(`insight.compare.${id}`),
            value: period[id],
          })),
          table: {
            caption: t('insight.compare.title'),
            columns: [
              { label: t('insight.compare.measure') },
              { label: nameOf(one), numeric: true },
              { label: nameOf(other), numeric: true },
              { label: t('insight.compare.difference'), numeric: true },
              { label: t('insight.compare.conclusion') },
            ],
            rows: comparisonRows(find(one), find(other), language),
          },
        },
      };
    },
  }),
];

/** The two newest versions that were seen in the period, unless others are asked for. */
function versionsToCompare(
  figures: readonly { key: number }[],
  { one, other }: Pick<ComparisonQuery, 'one' | 'other'>,
) {
  const known = figures.map(({ key }) => key).sort((a, b) => b - a);
  const newest = known[0] ?? 1;
  return { one: one ?? known[1] ?? newest, other: other ?? newest };
}
