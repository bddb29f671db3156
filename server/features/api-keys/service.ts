import { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { localDay } from '../../deadlines/days.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { ApiKeyModel, type ApiKeyRow } from './model.ts';
import type { NewApiKey } from './schema.ts';

export type { ApiKeyRow } from './model.ts';

/** By this beginning scanners of leaked secrets, and people, know what they have found. */
const PREFIX = 'habeas_';
const printOf = (key: string) => fingerprint('api-key', key);

/** Whether a key opens nothing any more. */
export function hasEnded(
  { revokedAt, lastOn }: Pick<ApiKeyRow, 'revokedAt' | 'lastOn'>,
  { timeZone }: Pick<Organization, 'timeZone'>,
): boolean {
  return revokedAt !== null || (lastOn !== null && lastOn < localDay(new Date(), timeZone));
}

/**
 * Makes a key and returns it: the one time that it can be read.
 * @throws Problem invalid for a last day that has passed.
 */
export async function createApiKey(
  staff: StaffMember,
  { name, scopes, lastOn }: NewApiKey,
): Promise<string> {
  if (lastOn !== null && lastOn < localDay(new Date(), staff.organization.timeZone)) {
    throw invalidField('lastOn', 'date.past', 'lastOn has passed');
  }
  const key = PREFIX + newToken();
  await inTransaction(async () => {
    const { organizationId } = staff;
    const { _id } = await ApiKeyModel.create({
      organizationId,
      name,
      keyPrint: printOf(key),
      ending: key.slice(-4),
      scopes,
      createdBy: new Types.ObjectId(staff.id),
      createdAt: new Date(),
      lastOn,
    });
    const facts = { scopes: scopes.join(','), until: lastOn };
    await recordAudit(staff, 'api-key.created', { kind: 'api-key', id: _id }, facts);
  });
  return key;
}

/** Ends a key at once and for good. @throws Problem not-found, also for one that was revoked before. */
export async function revokeApiKey(actor: OrganizationActor, id: Types.ObjectId): Promise<void> {
  await inTransaction(async () => {
    const live = { _id: id, organizationId: actor.organizationId, revokedAt: null };
    const { matchedCount } = await ApiKeyModel.updateOne(live, { revokedAt: new Date() });
    if (matchedCount === 0) throw new Problem('not-found', 'There is no such key.');
    await recordAudit(actor, 'api-key.revoked', { kind: 'api-key', id });
  });
}

/** Every key of an organisation, the newest first, ended ones too. */
export async function apiKeysOf(organizationId: Types.ObjectId): Promise<ApiKeyRow[]> {
  return ApiKeyModel.find({ organizationId }).sort({ _id: -1 }).limit(200).lean();
}

/** @throws Problem not-found */
export async function apiKeyById(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<ApiKeyRow> {
  const row = await ApiKeyModel.findOne({ _id: id, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such key.');
  return row;
}

/** Names of keys by id; others are missing. */
export async function apiKeyNames(
  organizationId: Types.ObjectId,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ApiKeyModel.find({ organizationId, _id: { $in: ids } }, { name: 1 }).lean();
  return new Map(rows.map(({ _id, name }) => [_id.toHexString(), name]));
}

const notAKey = () => new Problem('sign-in-required', 'This key opens nothing, or not any more.');

/**
 * The machine that holds a key, acting in an organisation with the scopes of its key.
 * @throws Problem sign-in-required for unknown and ended keys, not-found for other organisations.
 */
export async function machineOf(key: string, slug: string): Promise<StaffMember> {
  const across = { acrossOrganizations: true };
  const row = await ApiKeyModel.findOne({ keyPrint: printOf(key) }, null, across).lean();
  if (!row) throw notAKey();
  const organization = await organizationBySlug(slug);
  if (!organization._id.equals(row.organizationId)) {
    throw new Problem('not-found', 'There is no such organisation.');
  }
  if (hasEnded(row, organization)) throw notAKey();
  await noteUse(row);
  return {
    kind: 'machine',
    id: row._id.toHexString(),
    organizationId: organization._id,
    organization,
    role: row.scopes,
    account: {
      id: row._id,
      name: row.name,
      email: '',
      language: organization.languages[0] ?? 'en',
      sessionId: row._id,
      isInstallationAdministrator: false,
      hasSecondFactor: false,
      memberships: [],
    },
  };
}

async function noteUse({ _id, organizationId, usedOn }: ApiKeyRow): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  if (usedOn !== today) await ApiKeyModel.updateOne({ _id, organizationId }, { usedOn: today });
}
