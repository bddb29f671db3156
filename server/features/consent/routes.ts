import { gpcSupport } from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import { publicJson, staffJson, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { AssertionRefused } from '../assertions/service.ts';
import { siteById, sitesOf } from '../organizations/service.ts';
import { dayBounds } from './days.ts';
import { declarationRoutes } from './declaration-routes.ts';
import { deliveryRoutes, renewalOf } from './delivery-routes.ts';
import {
  choiceReply,
  cursorOf,
  gpcView,
  identificationReply,
  promptReply,
  recordListView,
  recordParams,
  recordQuery,
  recordView,
  sentChoice,
  sentIdentification,
  sentPrompt,
  siteKeyParams,
  siteListView,
  siteParams,
  standingQuery,
  standingView,
  toRecordView,
} from './schema.ts';
import {
  auditReading,
  countPrompt,
  currentConfiguration,
  identifyVisitor,
  recordById,
  recordChoice,
  recordsOf,
  standingAt,
} from './service.ts';

const PAGE_SIZE = 100;

export const consentRoutes: Door[] = [
  ...declarationRoutes,
  ...deliveryRoutes,
  publicJson({
    method: 'get',
    path: '/.well-known/gpc.json',
    name: 'readGpcSupport',
    summary: 'That this origin honours Global Privacy Control',
    crossOrigin: true,
    replies: { 200: { description: 'As the specification wants it', schema: gpcView } },
    act: () => Promise.resolve({ json: gpcSupport }),
  }),
  publicJson({
    method: 'post',
    path: '/c/:siteKey/choices',
    name: 'recordChoice',
    summary: 'Records a visitor’s choice; the same post twice is one record',
    crossOrigin: true,
    limit: 'choices',
    params: siteKeyParams,
    body: sentChoice,
    replies: {
      200: { description: 'It was recorded before', schema: choiceReply },
      201: { description: 'It is recorded', schema: choiceReply },
    },
    act: async (call) => {
      const { params, body, origin, region, userAgent } = call;
      const delivery = { origin, region, userAgent };
      const { record, isNew } = await recordChoice(params.siteKey, body, delivery);
      const { clientKey, recordedAt } = record;
      return {
        json: { clientKey, recordedAt: recordedAt.toISOString() },
        status: isNew ? 201 : 200,
        headers: await renewalOf(call, record),
      };
    },
  }),
  publicJson({
    method: 'post',
    path: '/c/:siteKey/prompts',
    name: 'countPrompt',
    summary: 'Counts that a banner was shown, where the site asks for it; it names nobody',
    crossOrigin: true,
    limit: 'prompts',
    params: siteKeyParams,
    body: sentPrompt,
    replies: { 200: { description: 'It was understood', schema: promptReply } },
    act: async ({ params, body, origin, region, userAgent }) => {
      await countPrompt(params.siteKey, body, { origin, region, userAgent });
      return { json: { status: 'ok' } };
    },
  }),
  publicJson({
    method: 'post',
    path: '/c/:siteKey/identify',
    name: 'identifyVisitor',
    summary:
      'Binds a browser to the person whom the site’s signed token names, and tells what they chose last elsewhere',
    crossOrigin: true,
    limit: 'choices',
    params: siteKeyParams,
    body: sentIdentification,
    replies: {
      200: { description: 'The token was accepted', schema: identificationReply },
    },
    act: async ({ params, body, origin, region }) => {
      try {
        return {
          json: { choice: await identifyVisitor(params.siteKey, body, { origin, region }) },
        };
      } catch (error) {
        if (!(error instanceof AssertionRefused)) throw error;
        throw new Problem('wrong-credentials', error.message, { code: `assertion-${error.fault}` });
      }
    },
  }),
  staffJson('consent:read', {
    method: 'get',
    path: '/api/v1/organizations/:organization/consent/sites',
    name: 'listConsentSites',
    summary: 'The sites of the organisation with the version of their banner in force',
    replies: { 200: { description: 'All sites by name', schema: siteListView } },
    act: async ({ staff }) => {
      const sites = await sitesOf(staff.organizationId);
      const views = sites.map(async (site) => {
        const { version, hash } = await currentConfiguration(site);
        return {
          id: site._id.toHexString(),
          siteKey: site.siteKey,
          name: site.name,
          origins: site.origins,
          configurationVersion: version,
          configurationHash: hash,
          script: `${config.publicUrl}/c/${site.siteKey}.js`,
        };
      });
      return { json: { sites: await Promise.all(views) } };
    },
  }),
  staffJson('consent:read', {
    method: 'get',
    path: '/api/v1/organizations/:organization/consent/sites/:site/records',
    name: 'listConsentRecords',
    summary: 'Consent records of a site, newest first',
    params: siteParams,
    query: recordQuery,
    replies: { 200: { description: 'Up to 100 records', schema: recordListView } },
    act: async ({ staff, params, query: { before, after, ...filter } }) => {
      const site = await siteById(staff.organizationId, params.site);
      const bounds = dayBounds(filter, staff.organization.timeZone);
      const { records, hasOlder } = await recordsOf(site, filter, bounds, {
        before,
        after,
        limit: PAGE_SIZE,
      });
      const target = { kind: 'site', id: site._id };
      if (filter.visitor !== undefined)
        await auditReading(staff, 'consent.visitor-searched', target);
      const last = records.at(-1);
      return {
        json: {
          records: records.map(toRecordView),
          next: hasOlder && last ? cursorOf(last) : null,
        },
      };
    },
  }),
  staffJson('consent:read', {
    method: 'get',
    path: '/api/v1/organizations/:organization/consent/sites/:site/records/:record',
    name: 'readConsentRecord',
    summary: 'One consent record',
    params: recordParams,
    replies: { 200: { description: 'The record', schema: recordView } },
    act: async ({ staff, params }) => {
      const site = await siteById(staff.organizationId, params.site);
      const record = await recordById(site, params.record);
      await auditReading(staff, 'consent.record-read', { kind: 'consent-record', id: record._id });
      return { json: toRecordView(record) };
    },
  }),
  staffJson('consent:read', {
    method: 'get',
    path: '/api/v1/organizations/:organization/consent/sites/:site/standing',
    name: 'readConsentStanding',
    summary:
      'What a visitor, whoever made the choice with a key, or a linked person had agreed to at an instant; now, where none is given',
    params: siteParams,
    query: standingQuery,
    replies: { 200: { description: 'The choice in force then, if any', schema: standingView } },
    act: async ({ staff, params, query: { visitor, receipt = '', subject, at = new Date() } }) => {
      const site = await siteById(staff.organizationId, params.site);
      await auditReading(staff, 'consent.visitor-searched', { kind: 'site', id: site._id });
      const whose = subject ? { subject } : visitor === undefined ? { receipt } : { visitor };
      const { record, isOutdated } = await standingAt(site, whose, at);
      const view = record && toRecordView(record);
      return { json: { at: at.toISOString(), record: view, isOutdated } };
    },
  }),
];
