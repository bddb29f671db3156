import type { Types } from 'mongoose';
import { mayDo } from '../../../config/permissions.ts';
import type { RightId } from '../../../config/rights.ts';
import { languageOf, type Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { servesAnother } from '../agreements/service.ts';
import type { OrganizationActor } from '../audit/service.ts';
import {
  browsersOf,
  recordsOfBrowsers,
  toRecordView,
  unlinkPerson,
  type ConsentRecordRow,
} from '../consent/service.ts';
import { stageFiles } from '../files/service.ts';
import { sitesOf } from '../organizations/service.ts';
import { addItem, packageOf, type Package, type PackageSection } from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { requestPath } from './links.ts';
import { liveRequest, movedOn } from './live-request.ts';
import type { RequestRow } from './model.ts';
import { groupOf } from './states.ts';

/** Names the records of the consent banner among the categories of an answer. */
const CATEGORY = 'consent-records';
/** So many of the newest choices are shown beside a request. */
const SHOWN = 5;

/** What somebody asks for who may get the records, and what else says something about them. */
const GETS_RECORDS: ReadonlySet<RightId> = new Set(['access', 'portability']);
const CONCERNS_RECORDS: ReadonlySet<RightId> = new Set(['deletion', 'consent-withdrawal']);

const holdsRecords = (gathered: Package | null) =>
  gathered?.items.some(({ category }) => category === CATEGORY) === true;

const mayReceive = ({ right, role, state, verifiedAt }: RequestRow): boolean =>
  GETS_RECORDS.has(right) &&
  !servesAnother(role) &&
  groupOf(state) === 'open' &&
  verifiedAt !== null;

/** The records of the browsers in which a proven person was signed in, newest first. */
async function recordsOfPerson(row: RequestRow): Promise<ConsentRecordRow[]> {
  if (row.verifiedAt === null) return [];
  return recordsOfBrowsers(await browsersOf(row.organizationId, row.subjectId));
}

/** The panel of a request about somebody whose consent is on record; null where there is nothing to say. */
export async function consentPanel(staff: StaffMember, id: Types.ObjectId, language: Language) {
  const { organization, organizationId, role } = staff;
  const row = await liveRequest(organizationId, id);
  const { right, state } = row;
  if (!GETS_RECORDS.has(right) && !CONCERNS_RECORDS.has(right)) return null;
  const records = await recordsOfPerson(row);
  if (records.length === 0) return null;
  const names = new Map(
    (await sitesOf(organizationId)).map((site) => [String(site._id), site.name]),
  );
  const base = `/o/${organization.slug}/consent/sites`;
  const mayRead = mayDo(role, 'consent:read');
  const isAdded = holdsRecords(await packageOf(organizationId, id));
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`linked-consent.${key}`, params);
  return {
    text: t('count', { count: records.length }),
    facts: records.slice(0, SHOWN).map((record) => {
      const site = record.siteId.toHexString();
      return {
        term: language.moment(record.inForceAt, organization.timeZone),
        text: language.t(`consent.action.${record.action}`),
        sub: names.get(site),
        ...(mayRead && { href: `${base}/${site}/records/${record._id.toHexString()}` }),
      };
    }),
    ...(mayRead &&
      records[0] && {
        lookUp: {
          href: `${base}/${records[0].siteId.toHexString()}/standing?of=${row.subjectId.toHexString()}`,
          label: language.t('standing.title'),
        },
      }),
    notice: CONCERNS_RECORDS.has(right) && groupOf(state) === 'open' ? t(`about.${right}`) : null,
    added: isAdded ? t('added') : null,
    addAction:
      !isAdded && mayReceive(row) && mayDo(role, 'requests:work')
        ? `${requestPath(organization, id)}/consent-records`
        : null,
  };
}

/**
 * Puts the person's consent records into the answer package; a second time changes nothing.
 * @throws Problem not-found, not-allowed-now where this request may not get them
 */
export async function addConsentRecords(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  const row = await liveRequest(organizationId, id);
  if (!mayReceive(row)) throw movedOn('The request is not one that gets records now.');
  if (holdsRecords(await packageOf(organizationId, id))) return;
  const records = await recordsOfPerson(row);
  if (records.length === 0) throw new Problem('not-found', 'There are no records.');
  const names = new Map(
    (await sitesOf(organizationId)).map((site) => [String(site._id), site.name]),
  );
  const listed = records.map((record) => ({
    website: names.get(record.siteId.toHexString()) ?? '',
    ...toRecordView(record),
  }));
  const [staged] = await stageFiles(organizationId, [
    {
      name: `${languageOf(row.language).t('linked-consent.file')}.json`,
      type: 'application/json',
      content: Buffer.from(JSON.stringify(listed)),
    },
  ]);
  if (!staged) throw new Error('A file was not staged.');
  const isCcpa = row.regimes.includes('ccpa');
  await addItem(staff, id, { category: CATEGORY, kind: 'records' }, staged, { isCcpa });
}

/** What the category is about, where a package holds these records. */
export function consentSections({ t }: Language, gathered: Package | null): PackageSection[] {
  if (!holdsRecords(gathered)) return [];
  return [
    {
      id: CATEGORY,
      name: t('linked-consent.section.name'),
      sources: [t('linked-consent.section.source')],
      purposes: [t('linked-consent.section.purpose')],
      recipients: [],
      retention: t('linked-consent.section.retention'),
      transfers: [],
    },
  ];
}

/**
 * Ends what ties the person of an erasure to their consent records, in the caller's transaction, and returns what the
 * answer says about the records that stay; empty where there were none.
 */
export async function forgetBrowsers(actor: OrganizationActor, row: RequestRow): Promise<string> {
  const browsers = row.verifiedAt === null ? 0 : await unlinkPerson(actor, row.subjectId);
  return browsers === 0 ? '' : `\n\n${languageOf(row.language).t('linked-consent.erased')}`;
}
