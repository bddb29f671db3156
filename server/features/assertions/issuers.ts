import type { Types } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { IssuerModel, SignedInSessionModel, type IssuerRow } from './model.ts';
import type { IssuerSettings } from './schema.ts';

function checkKeys({ jwks, jwksUrl }: IssuerSettings): void {
  if ((jwks === null) !== (jwksUrl === null)) return;
  throw invalidField('jwksUrl', 'keys.one-way', 'give either jwksUrl or jwks');
}

/** Runs a write that the unique index may refuse. @throws Problem invalid when the issuer is known already. */
async function unlessKnown<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await inTransaction(write);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw invalidField('issuer', 'issuer.known', 'issuer is known already');
  }
}

/** @throws Problem invalid unless the keys come from exactly one place, or when the issuer is known. */
export async function addIssuer(
  actor: OrganizationActor,
  settings: IssuerSettings,
): Promise<IssuerRow> {
  checkKeys(settings);
  return unlessKnown(async () => {
    const { organizationId } = actor;
    const row = await IssuerModel.create({ ...settings, organizationId });
    await recordAudit(actor, 'issuer.added', { kind: 'issuer', id: row._id });
    return row.toObject();
  });
}

/** Changes an issuer; visits that it vouched for end. @throws Problem not-found, invalid as `addIssuer` */
export async function changeIssuer(
  actor: OrganizationActor,
  id: Types.ObjectId,
  settings: IssuerSettings,
): Promise<void> {
  checkKeys(settings);
  await unlessKnown(async () => {
    const { organizationId } = actor;
    const { matchedCount } = await IssuerModel.updateOne({ _id: id, organizationId }, settings);
    if (matchedCount === 0) throw new Problem('not-found', 'There is no such issuer.');
    await SignedInSessionModel.deleteMany({ organizationId, issuerId: id });
    await recordAudit(actor, 'issuer.changed', { kind: 'issuer', id });
  });
}

/** Trusts an issuer no longer; visits that it vouched for end. @throws Problem not-found */
export async function removeIssuer(actor: OrganizationActor, id: Types.ObjectId): Promise<void> {
  await inTransaction(async () => {
    const { organizationId } = actor;
    const { deletedCount } = await IssuerModel.deleteOne({ _id: id, organizationId });
    if (deletedCount === 0) throw new Problem('not-found', 'There is no such issuer.');
    await SignedInSessionModel.deleteMany({ organizationId, issuerId: id });
    await recordAudit(actor, 'issuer.removed', { kind: 'issuer', id });
  });
}

export async function issuersOf(organizationId: Types.ObjectId): Promise<IssuerRow[]> {
  const rows = await IssuerModel.find({ organizationId }).lean();
  return rows.sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws Problem not-found */
export async function issuerById(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<IssuerRow> {
  const row = await IssuerModel.findOne({ _id: id, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such issuer.');
  return row;
}
