import { createHash } from 'node:crypto';
import type { Types } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { PolicyConfiguration } from './finding.ts';
import { PolicyModel, type PolicyRow } from './model.ts';
import type { PolicyEdit } from './schema.ts';

export { lintPolicy } from './lint.ts';

/** The privacy notice that was stored last; null while there is none. */
export async function currentPolicy(organizationId: Types.ObjectId): Promise<PolicyRow | null> {
  return PolicyModel.findOne({ organizationId }).sort({ version: -1 }).lean();
}

/** @throws Problem not-found */
export async function policyVersion(
  organizationId: Types.ObjectId,
  version: number,
): Promise<PolicyRow> {
  const row = await PolicyModel.findOne({ organizationId, version }).lean();
  if (!row) throw new Problem('not-found', 'There is no such version.');
  return row;
}

/** The newest versions without their texts, newest first. */
export async function policyVersions(
  organizationId: Types.ObjectId,
  limit: number,
): Promise<Omit<PolicyRow, 'text'>[]> {
  return PolicyModel.find({ organizationId }, { text: 0 })
    .sort({ version: -1 })
    .limit(limit)
    .lean();
}

const changedMeanwhile = () =>
  new Problem('conflict', 'Somebody else stored a text meanwhile.', { code: 'policy-changed' });

/** Stores a text as the next version. @throws Problem conflict (`policy-changed`) when somebody else was faster. */
export async function storePolicy(
  actor: OrganizationActor,
  { version: seen, text, publishedOn, effectiveOn }: PolicyEdit,
): Promise<void> {
  const { organizationId } = actor;
  const current = (await currentPolicy(organizationId))?.version ?? 0;
  if (current !== seen) throw changedMeanwhile();
  const version = seen + 1;
  const hash = createHash('sha256').update(text).digest('hex');
  try {
    await inTransaction(async () => {
      await PolicyModel.create({
        organizationId,
        version,
        text,
        hash,
        publishedOn,
        effectiveOn,
        storedAt: new Date(),
        storedBy: actor.kind === 'staff' ? actor.id : null,
      });
      const target = { kind: 'policy', id: organizationId };
      await recordAudit(actor, 'policy.stored', target, { version, hash, on: effectiveOn });
    });
  } catch (error) {
    throw isDuplicateKey(error) ? changedMeanwhile() : error;
  }
}

/** What the settings of an organisation say, for the comparison with its privacy notice. */
export function configurationOf(organization: Organization): PolicyConfiguration {
  const { rights, regimes, promiseDays, ageRule, noticePolicy, cookieCategories, contacts } =
    organization;
  const { privacyOffice, dataProtectionOfficer, hipaaOfficer, security } = contacts;
  return {
    rights,
    regimes,
    promiseDays,
    ageRule,
    noticePolicy,
    cookieCategories,
    contacts: {
      privacyOffice: privacyOffice.email,
      dataProtectionOfficer: dataProtectionOfficer.email,
      hipaaOfficer: hipaaOfficer.email,
      security: security.email,
    },
  };
}
