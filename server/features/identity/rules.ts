import { isDeepStrictEqual } from 'node:util';
import type { Types } from 'mongoose';
import { defaultLevels } from '../../../config/identity.ts';
import type { RightId } from '../../../config/rights.ts';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { IdentityRulesModel, type IdentityRulesRow } from './proof-model.ts';
import type { RulesEdit } from './rules-schema.ts';

export type IdentityRules = Pick<
  IdentityRulesRow,
  'version' | 'levels' | 'declaration' | 'documents'
>;

/** What holds until an organisation publishes rules of its own: version 0. */
const defaultRules: IdentityRules = {
  version: 0,
  levels: defaultLevels,
  declaration: true,
  documents: [],
};

/** The rules in force. */
export async function identityRules(organizationId: Types.ObjectId): Promise<IdentityRules> {
  const row = await IdentityRulesModel.findOne({ organizationId }).sort({ version: -1 }).lean();
  // A right that came after the version was published has its usual level.
  return row ? { ...row, levels: { ...defaultLevels, ...row.levels } } : defaultRules;
}

/** Every published version, newest first. */
export async function identityRulesVersions(
  organizationId: Types.ObjectId,
): Promise<IdentityRulesRow[]> {
  return IdentityRulesModel.find({ organizationId }).sort({ version: -1 }).limit(50).lean();
}

const documentReason = ({ documents }: IdentityRules, right: RightId) =>
  documents.find((one) => one.right === right)?.reason ?? null;

/** Whether staff may ask for a document to prove who uses a right. */
export const mayAskForDocument = (rules: IdentityRules, right: RightId) =>
  documentReason(rules, right) !== null;

/**
 * Publishes a new version made of the one that the editor saw; false when that changes nothing.
 * @throws Problem conflict (`version-changed`) when another version was published meanwhile.
 */
export async function publishIdentityRules(
  actor: OrganizationActor,
  { version, levels, declaration, documents }: RulesEdit,
): Promise<boolean> {
  const { organizationId } = actor;
  const changed = () =>
    new Problem('conflict', 'Another version was published meanwhile.', {
      code: 'version-changed',
    });
  const current = await identityRules(organizationId);
  const edited = { levels, declaration, documents };
  const { levels: _levels, declaration: _declaration, documents: _documents } = current;
  const before = { levels: _levels, declaration: _declaration, documents: _documents };
  if (isDeepStrictEqual(edited, before)) return false;
  if (current.version !== version) throw changed();
  try {
    await inTransaction(async () => {
      const publishedBy = actor.kind === 'staff' ? actor.id : null;
      const next = version + 1;
      await IdentityRulesModel.create({
        organizationId,
        version: next,
        ...edited,
        publishedAt: new Date(),
        publishedBy,
      });
      const target = { kind: 'organization', id: organizationId };
      await recordAudit(actor, 'identity.rules-published', target, {
        version: next,
        declaration,
        documents: documents.map(({ right }) => right).join(' '),
      });
    });
  } catch (error) {
    throw isDuplicateKey(error) ? changed() : error;
  }
  return true;
}
