import { mayDo } from '../../../config/permissions.ts';
import { addDays, localDay } from '../../deadlines/days.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Door } from '../../http/doors.ts';
import type { StaffMember } from '../staff/service.ts';
import { siteById, sitesOf, type SiteRow } from '../organizations/service.ts';
import { embedTag } from './banner.ts';
import { configurationByHash, currentConfiguration } from './configurations.ts';
import { csvOf } from './csv.ts';
import { dayBounds } from './days.ts';
import {
  filterModel,
  filterQuery,
  pagesAround,
  recordPageModel,
  readingOf,
  recordTable,
} from './record-views.ts';
import { recordFilter, recordParams, recordQuery, siteParams } from './schema.ts';
import {
  actionCounts,
  auditReading,
  choicesOfVisitor,
  eachRecord,
  newestRecords,
  recordById,
  recordsOf,
} from './service.ts';
import { siteCard } from './site-card.ts';

const PAGE_SIZE = 25;
const DAYS_OF_FIGURES = 30;

const siteOf = (staff: StaffMember, { site }: { site: SiteRow['_id'] }) =>
  siteById(staff.organizationId, site);

export const consentPages: Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: '/o/:organization/consent',
    act: async (call) => {
      const { organizationId, organization } = call.staff;
      const reading = readingOf(call);
      const since = addDays(localDay(new Date(), organization.timeZone), -DAYS_OF_FIGURES);
      const [sites, counts, newest] = await Promise.all([
        sitesOf(organizationId),
        actionCounts(organizationId, since),
        newestRecords(organizationId, 10),
      ]);
      const cards = sites.map(async (site) => {
        const configuration = await currentConfiguration(site);
        return siteCard(site, configuration, counts.get(site._id.toHexString()) ?? {}, reading);
      });
      return {
        page: 'consent/overview',
        model: {
          sites: await Promise.all(cards),
          newest: newest.length > 0 ? recordTable(newest, reading, sites) : null,
          addSite: mayDo(call.staff.role, 'organization:write')
            ? {
                href: `/o/${organization.slug}/settings`,
                label: call.language.t('consent.overview.addSite'),
              }
            : null,
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: '/o/:organization/consent/sites/:site',
    params: siteParams,
    query: recordQuery,
    act: async (call) => {
      const { before, after, ...filter } = call.query;
      const { staff, language } = call;
      const reading = readingOf(call);
      const site = await siteOf(staff, call.params);
      const bounds = dayBounds(filter, reading.timeZone);
      const page = await recordsOf(site, filter, bounds, { before, after, limit: PAGE_SIZE });
      if (filter.visitor !== undefined) {
        await auditReading(staff, 'consent.visitor-searched', { kind: 'site', id: site._id });
      }
      const { languages } = (await currentConfiguration(site)).content;
      const frame = siteFrame(staff, site, 'records', language);
      const isFiltered = Object.keys(filter).length > 0;
      return {
        page: 'consent/records',
        model: {
          ...frame,
          actions: [
            {
              href: `${frame.siteUrl}/standing`,
              label: language.t('standing.title'),
              icon: 'search',
            },
            {
              href: `${frame.siteUrl}/records.csv${filterQuery(filter)}`,
              label: language.t('consent.records.export'),
              icon: 'download',
            },
          ],
          filter: filterModel(filter, languages, language),
          clearUrl: isFiltered ? frame.siteUrl : null,
          isFiltered,
          table: page.records.length > 0 ? recordTable(page.records, reading) : null,
          pages: pagesAround(page, filter, frame.siteUrl, language),
          tag: embedTag(site),
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: '/o/:organization/consent/sites/:site/records.csv',
    params: siteParams,
    query: recordFilter,
    act: async ({ staff, params, query }) => {
      const site = await siteOf(staff, params);
      await auditReading(staff, 'consent.records-exported', { kind: 'site', id: site._id });
      const bounds = dayBounds(query, staff.organization.timeZone);
      const day = new Date().toISOString().slice(0, 10);
      return {
        file: {
          name: `consent-${day}.csv`,
          type: 'text/csv; charset=utf-8; header=present',
          size: null,
          content: csvOf(eachRecord(site, query, bounds)),
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: '/o/:organization/consent/sites/:site/records/:record',
    params: recordParams,
    act: async (call) => {
      const { staff, params } = call;
      const site = await siteOf(staff, params);
      const record = await recordById(site, params.record);
      const configuration = await configurationByHash(site, record.configurationHash);
      if (!configuration) throw new Error('A record names a configuration that is not stored.');
      const history = await choicesOfVisitor(site, record.visitorId);
      await auditReading(staff, 'consent.record-read', { kind: 'consent-record', id: record._id });
      const model = recordPageModel(record, configuration, history, readingOf(call));
      return { page: 'consent/record', model: { ...model, siteName: site.name } };
    },
  }),
];
