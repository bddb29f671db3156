import { Types } from 'mongoose';
import { identityFigures } from '../../../config/identity.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { createDataKey, destroyDataKey } from '../../security/data-keys.ts';
import { sealJson } from '../../security/encryption.ts';
import { DeclarationModel } from './proof-model.ts';

/**
 * Stores a declaration under penalty of perjury, in the caller's transaction, under a key of its
 * own. It is kept for 24 months even when the request is erased (11 CCR 7062(c), 7101(a)).
 */
export async function storeDeclaration(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  declaration: { words: string; name: string },
): Promise<void> {
  const id = new Types.ObjectId();
  const key = await createDataKey(organizationId, 'identity');
  const signedAt = new Date();
  const nextActionAt = new Date(signedAt);
  nextActionAt.setUTCMonth(signedAt.getUTCMonth() + identityFigures.declarationMonths);
  const place = { collection: 'declarations', row: id, field: 'sealed' };
  await DeclarationModel.create({
    _id: id,
    organizationId,
    requestId,
    keyId: key.id,
    sealed: sealJson(key, place, declaration),
    signedAt,
    nextActionAt,
  });
}

/** Deletes declarations whose time is over. Returns how many. */
export async function deleteOldDeclarations(): Promise<number> {
  return sweepDue(DeclarationModel, async ({ _id, organizationId, keyId }) => {
    await destroyDataKey(keyId);
    await DeclarationModel.deleteOne({ _id, organizationId });
  });
}
