import { mayDo } from '../../../config/permissions.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { ScanReport, Trace, Violation } from '../../scanner/report.ts';
import { siteById } from '../organizations/service.ts';
import type { ScanRow } from './model.ts';
import { scanIntervals } from './model.ts';
import { scanOrder, scanParams, siteParams, type SiteParams } from './schema.ts';
import { orderScan, scanById, scanPlanOf, scansOf } from './service.ts';

const SCANS = '/o/:organization/consent/sites/:site/scans';

type SiteCall = StaffCall<SiteParams, unknown, unknown>;
interface Given {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

function verdictOf({ report, failure }: ScanRow, { t }: SiteCall['language']) {
  if (!report) return { text: t(`scans.failure.${failure ?? 'unreachable'}`), tone: 'warning' };
  const count = report.violations.length;
  return count === 0
    ? { text: t('scans.clean'), tone: 'success' }
    : { text: t('scans.found', { count }), tone: 'danger' };
}

async function listPage(call: SiteCall, given: Given | null): Promise<Answer> {
  const { staff, language, params } = call;
  const { t, moment } = language;
  const { timeZone } = staff.organization;
  const site = await siteById(staff.organizationId, params.site);
  const [plan, scans] = await Promise.all([scanPlanOf(site), scansOf(site)]);
  const frame = siteFrame(staff, site, 'scans', language);
  const isWaiting = plan?.nextActionAt != null && plan.nextActionAt <= new Date();
  const typed = given?.values ?? {
    url: plan?.url ?? site.origins[0] ?? '',
    everyDays: plan?.everyDays ?? 7,
  };
  return {
    page: 'scans/list',
    model: {
      ...frame,
      action: `${frame.siteUrl}/scans`,
      mayOrder: mayDo(staff.role, 'consent:publish'),
      waiting: isWaiting ? t('scans.waiting') : null,
      next:
        !isWaiting && plan?.nextActionAt
          ? t('scans.next', { at: moment(plan.nextActionAt, timeZone) })
          : null,
      errors: Object.entries(given?.errors ?? {}).map(([id, text]) => ({ href: `#${id}`, text })),
      url: {
        id: 'url',
        type: 'url',
        label: t('scans.url'),
        hint: t('scans.urlHint'),
        value: typed.url,
        error: given?.errors.url,
        maxlength: 500,
      },
      everyDays: {
        id: 'everyDays',
        kind: 'select',
        label: t('scans.everyDays'),
        value: typed.everyDays,
        error: given?.errors.everyDays,
        options: scanIntervals.map((days) => ({ value: days, label: t(`scans.every.${days}`) })),
      },
      table:
        scans.length === 0
          ? null
          : {
              caption: t('scans.title'),
              columns: ['when', 'page', 'result'].map((name) => ({
                label: t(`scans.column.${name}`),
              })),
              rows: scans.map((scan) => ({
                cells: [
                  {
                    text: moment(scan.endedAt, timeZone),
                    href: `${frame.siteUrl}/scans/${scan._id.toHexString()}`,
                  },
                  { text: scan.url },
                  { badge: verdictOf(scan, language) },
                ],
              })),
            },
    },
  };
}

function violationView({ code, trace }: Violation, { t }: SiteCall['language']) {
  return {
    title: t(`scans.violation.${code}`),
    name: trace?.name ?? null,
    facts: trace
      ? [
          t(`scans.kind.${trace.kind}`),
          t(`scans.category.${trace.category}`),
          ...(trace.company === null ? [] : [trace.company]),
          trace.page,
        ]
      : [],
  };
}

function traceTable(traces: readonly Trace[], { t }: SiteCall['language']) {
  return {
    caption: t('scans.seen'),
    columns: ['name', 'kind', 'category', 'company', 'host'].map((name) => ({
      label: t(`scans.column.${name}`),
    })),
    rows: traces.map(({ name, kind, category, company, host }) => ({
      cells: [
        { text: name },
        { text: t(`scans.kind.${kind}`) },
        { text: t(`scans.category.${category}`) },
        { text: company ?? '' },
        { text: kind === 'request' ? '' : host },
      ],
    })),
  };
}

function reportView(report: ScanReport, language: SiteCall['language']) {
  const { t } = language;
  const { manager, canAccept, canRefuse, pages, traces, violations } = report;
  const banner =
    canAccept || canRefuse ? (manager ?? t('scans.unknownBanner')) : t('scans.noBanner');
  return {
    facts: [
      { term: t('scans.banner'), text: banner },
      { term: t('scans.pages'), text: pages.join(', ') },
    ],
    violations: violations.map((violation) => violationView(violation, language)),
    phases: (['before', 'refused', 'accepted'] as const).map((phase) => {
      const seen = traces.filter((trace) => trace.phase === phase);
      return {
        phase,
        title: t(`scans.phase.${phase}`),
        table: seen.length > 0 ? traceTable(seen, language) : null,
      };
    }),
  };
}

/** What a real browser finds on a website, whatever its configuration says. */
export const scanPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: SCANS,
    params: siteParams,
    act: (call) => listPage(call, null),
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: SCANS,
    params: siteParams,
    body: scanOrder,
    limit: 'form',
    onInvalid: (call, given) => listPage(call, given),
    act: async ({ staff, params, body }) => {
      const site = await siteById(staff.organizationId, params.site);
      await orderScan(staff, site, body);
      const home = `/o/${staff.organization.slug}/consent/sites/${site._id.toHexString()}`;
      return { redirect: `${home}/scans`, flash: 'scans.ordered' };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${SCANS}/:scan`,
    params: scanParams,
    act: async ({ staff, params, language }) => {
      const site = await siteById(staff.organizationId, params.site);
      const scan = await scanById(site, params.scan);
      const { siteUrl } = siteFrame(staff, site, 'scans', language);
      return {
        page: 'scans/scan',
        model: {
          title: language.t('scans.of', {
            at: language.moment(scan.endedAt, staff.organization.timeZone),
          }),
          siteName: site.name,
          back: { href: `${siteUrl}/scans`, label: language.t('scans.title') },
          badge: verdictOf(scan, language),
          failure: scan.report ? null : verdictOf(scan, language).text,
          ...(scan.report && reportView(scan.report, language)),
        },
      };
    },
  }),
];
