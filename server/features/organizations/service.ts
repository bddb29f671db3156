import { randomBytes } from 'node:crypto';
import { Types } from 'mongoose';
import { contactRoles, noCommitments } from '../../../config/commitments.ts';
import { afterCommit, inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { bytesOf, createDataKey, loadDataKey } from '../../security/data-keys.ts';
import { blindIndex, sealJson, unsealJson } from '../../security/encryption.ts';
import { ShortMemory } from '../../short-memory.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import { OrganizationModel, SiteModel, type OrganizationRow, type SiteRow } from './model.ts';
import type {
  Contacts,
  NewOrganization,
  NewSite,
  Organization,
  OrganizationSettings,
} from './schema.ts';

export { calendarName, calendarOptions } from './calendar-names.ts';
export type { SiteRow } from './model.ts';
export type { Contacts, NewOrganization, Organization } from './schema.ts';
export { newOrganization } from './schema.ts';

// What every visitor of a site makes us ask for.
const REMEMBERED = { seconds: 5, most: 5_000 };
const sitesByKey = new ShortMemory<SiteRow>(REMEMBERED);
const briefs = new ShortMemory<Brief>(REMEMBERED);

const placeOfContacts = (id: Types.ObjectId) => ({
  collection: 'organizations',
  row: id,
  field: 'contacts',
});

const nobody = { email: '', phone: '', post: '' };

const allContacts = (given: Partial<Contacts>) =>
  Object.fromEntries(contactRoles.map((role) => [role, given[role] ?? nobody])) as Contacts;

async function opened({ sealedContacts, ...row }: OrganizationRow): Promise<Organization> {
  const key = await loadDataKey(row.keyId);
  const place = placeOfContacts(row._id);
  const contacts = unsealJson(key, place, bytesOf(sealedContacts)) as Partial<Contacts>;
  // Rows that are older than a field do not have it.
  return { ...noCommitments, ...row, contacts: allContacts(contacts) };
}

/** @throws Problem conflict when the slug is taken. */
export async function createOrganization(
  actor: Actor,
  { contacts, ...settings }: NewOrganization,
): Promise<Organization> {
  return inTransaction(async () => {
    const id = new Types.ObjectId();
    if (await OrganizationModel.exists({ slug: settings.slug })) {
      throw new Problem('conflict', 'Another organisation has this short name.', {
        code: 'slug-taken',
      });
    }
    const [key, indexKey] = [
      await createDataKey(id, 'subject'),
      await createDataKey(id, 'blind-index'),
    ];
    const sealedContacts = sealJson(key, placeOfContacts(id), contacts);
    await OrganizationModel.create({
      _id: id,
      ...settings,
      sealedContacts,
      keyId: key.id,
      indexKeyId: indexKey.id,
    });
    await recordAudit({ ...actor, organizationId: id }, 'organization.created', {
      kind: 'organization',
      id,
    });
    return organizationById(id);
  });
}

/** @throws Problem not-found */
export async function changeOrganization(
  actor: Actor,
  organizationId: Types.ObjectId,
  { contacts, ...settings }: OrganizationSettings,
): Promise<Organization> {
  return inTransaction(async () => {
    const { keyId } = await organizationById(organizationId);
    const sealedContacts = sealJson(
      await loadDataKey(keyId),
      placeOfContacts(organizationId),
      contacts,
    );
    await OrganizationModel.updateOne({ _id: organizationId }, { ...settings, sealedContacts });
    afterCommit(() => {
      briefs.forget();
    });
    await recordAudit(actor, 'organization.changed', { kind: 'organization', id: organizationId });
    return organizationById(organizationId);
  });
}

/** @throws Problem not-found */
export async function organizationById(id: Types.ObjectId): Promise<Organization> {
  const row = await OrganizationModel.findById(id).lean();
  if (!row) throw new Problem('not-found', 'There is no such organisation.');
  return opened(row);
}

/** @throws Problem not-found */
export async function organizationBySlug(slug: string): Promise<Organization> {
  const row = await OrganizationModel.findOne({ slug }).lean();
  if (!row) throw new Problem('not-found', 'There is no such organisation.');
  return opened(row);
}

export type OrganizationName = Pick<OrganizationRow, '_id' | 'slug' | 'name'>;

/** Every organisation of the installation: for its landing page and its administrators. */
export async function allOrganizations(): Promise<OrganizationName[]> {
  return OrganizationModel.find({}, { slug: 1, name: 1 }).sort({ slug: 1 }).lean();
}

export async function organizationsByIds(
  ids: readonly Types.ObjectId[],
): Promise<OrganizationName[]> {
  return OrganizationModel.find({ _id: { $in: ids } }, { slug: 1, name: 1 }).lean();
}

/** What values are looked up by inside one organisation, without storing them. */
export async function blindIndexes(
  { indexKeyId }: Pick<Organization, 'indexKeyId'>,
  purpose: string,
  values: readonly string[],
): Promise<string[]> {
  const key = await loadDataKey(indexKeyId);
  return values.map((value) => blindIndex(key, purpose, value));
}

/** What addresses are looked up by inside one organisation. */
export async function addressIndex(organization: Organization, address: string): Promise<string> {
  return blindIndex(await loadDataKey(organization.indexKeyId), 'address', address);
}

export async function addSite(
  actor: Actor,
  organizationId: Types.ObjectId,
  site: NewSite,
): Promise<SiteRow> {
  return inTransaction(async () => {
    const siteKey = randomBytes(9).toString('base64url');
    const row = await SiteModel.create({ ...site, organizationId, siteKey });
    await recordAudit(actor, 'site.added', { kind: 'site', id: row._id });
    return row.toObject();
  });
}

/** @throws Problem not-found */
export async function changeSite(
  actor: Actor,
  organizationId: Types.ObjectId,
  siteId: Types.ObjectId,
  site: NewSite,
): Promise<void> {
  await inTransaction(async () => {
    const { matchedCount } = await SiteModel.updateOne({ _id: siteId, organizationId }, site);
    if (matchedCount === 0) throw new Problem('not-found', 'There is no such site.');
    afterCommit(() => {
      sitesByKey.forget();
    });
    await recordAudit(actor, 'site.changed', { kind: 'site', id: siteId });
  });
}

export async function sitesOf(organizationId: Types.ObjectId): Promise<SiteRow[]> {
  return SiteModel.find({ organizationId }).sort({ name: 1 }).lean();
}

/** @throws Problem not-found */
export async function siteById(
  organizationId: Types.ObjectId,
  siteId: Types.ObjectId,
): Promise<SiteRow> {
  const site = await SiteModel.findOne({ _id: siteId, organizationId }).lean();
  if (!site) throw new Problem('not-found', 'There is no such site.');
  return site;
}

/**
 * The site that a widget's address names, whichever organisation it belongs to, as it was at most
 * some seconds ago. @throws Problem not-found
 */
export async function siteByKey(siteKey: string): Promise<SiteRow> {
  return sitesByKey.recall(siteKey, async () => {
    const site = await SiteModel.findOne({ siteKey }, null, { acrossOrganizations: true }).lean();
    if (!site) throw new Problem('not-found', 'There is no such site.');
    return site;
  });
}

/** What every visitor's request may need of an organisation. */
type Brief = Pick<Organization, 'slug' | 'rights' | 'timeZone'>;

/** It as it was at most some seconds ago. @throws Problem not-found */
export async function briefOf(organizationId: Types.ObjectId): Promise<Brief> {
  return briefs.recall(organizationId.toHexString(), async () => {
    const fields = { slug: 1, rights: 1, timeZone: 1 } as const;
    const found = await OrganizationModel.findById(organizationId, fields).lean();
    if (!found) throw new Problem('not-found', 'There is no such organisation.');
    return found;
  });
}

/** In which time zone an organisation counts its days. */
export const timeZoneOf = async (organizationId: Types.ObjectId): Promise<string> =>
  (await briefOf(organizationId)).timeZone;
