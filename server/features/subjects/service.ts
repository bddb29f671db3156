import { Types } from 'mongoose';
import {
  bytesOf,
  createDataKey,
  destroyDataKey,
  loadDataKey,
  loadDataKeys,
} from '../../security/data-keys.ts';
import { sealJson, unsealJson } from '../../security/encryption.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import { addressIndex, type Organization } from '../organizations/service.ts';
import { SubjectModel } from './model.ts';

/** Who a person says they are. */
export interface Identity {
  name: string;
  /** Empty for somebody who asked by post or telephone and gave no address. */
  email: string;
  phone?: string;
  post?: string;
}

export interface Subject extends Identity {
  id: Types.ObjectId;
  verifiedAt: Date | null;
}

const placeOf = (id: Types.ObjectId) => ({ collection: 'subjects', row: id, field: 'sealed' });

/**
 * Stores a person whose address nobody has proved yet, in the caller's transaction. Such a subject
 * is never found by its address: what others sent under the same address stays apart from it.
 */
export async function createProvisionalSubject(
  organizationId: Types.ObjectId,
  identity: Identity,
): Promise<Types.ObjectId> {
  const id = new Types.ObjectId();
  const key = await createDataKey(organizationId, 'subject');
  const sealed = sealJson(key, placeOf(id), identity);
  await SubjectModel.create({ _id: id, organizationId, keyId: key.id, sealed });
  return id;
}

/** A person's name and address; null when they were erased. */
export async function subjectById(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<Subject | null> {
  const row = await SubjectModel.findOne({ _id: id, organizationId }).lean();
  const key = row && (await loadDataKeys([row.keyId])).get(row.keyId.toHexString());
  if (!row || !key) return null;
  const identity = unsealJson(key, placeOf(id), bytesOf(row.sealed)) as Identity;
  return { id, verifiedAt: row.verifiedAt, ...identity };
}

/** Those of some people who gave no e-mail address. */
export async function subjectsWithoutAddress(
  organizationId: Types.ObjectId,
  ids: readonly Types.ObjectId[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await SubjectModel.find({ _id: { $in: ids }, organizationId }).lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  const silent = rows.filter(({ _id, keyId, sealed }) => {
    const key = keys.get(keyId.toHexString());
    return key && (unsealJson(key, placeOf(_id), bytesOf(sealed)) as Identity).email === '';
  });
  return new Set(silent.map(({ _id }) => _id.toHexString()));
}

/**
 * Makes a subject the proven holder of its address, in the caller's transaction, and returns whose
 * the request now is: an earlier subject with the same proven address, when there is one. The
 * provisional subject and its key are then destroyed. Two proofs at once collide on the unique
 * index; the caller runs the later one again.
 */
export async function proveSubject(
  actor: Actor,
  organization: Organization,
  id: Types.ObjectId,
): Promise<Types.ObjectId> {
  const organizationId = organization._id;
  const row = await SubjectModel.findOne({ _id: id, organizationId }).orFail().lean();
  if (row.verifiedAt) return id;
  const key = await loadDataKey(row.keyId);
  const { email } = unsealJson(key, placeOf(id), bytesOf(row.sealed)) as Identity;
  // Who has no address in common with anybody stays a subject of their own.
  if (email === '') {
    await SubjectModel.updateOne({ _id: id, organizationId }, { verifiedAt: new Date() });
    await recordAudit(actor, 'subject.verified', { kind: 'subject', id });
    return id;
  }
  const provenIndex = await addressIndex(organization, email);
  // Written to, not only read, so that erasing this subject at the same time conflicts with it.
  const known = await SubjectModel.findOneAndUpdate(
    { organizationId, provenIndex },
    { $set: { provenIndex } },
    { projection: { _id: 1 } },
  ).lean();
  if (known) {
    await eraseSubject(organizationId, id);
    await recordAudit(
      actor,
      'subject.merged',
      { kind: 'subject', id: known._id },
      {
        provisional: id.toHexString(),
      },
    );
    return known._id;
  }
  await SubjectModel.updateOne(
    { _id: id, organizationId },
    { provenIndex, verifiedAt: new Date() },
  );
  await recordAudit(actor, 'subject.verified', { kind: 'subject', id });
  return id;
}

/** The index of the address that a subject has proved, or null. */
export async function provenIndexOf(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<string | null> {
  const row = await SubjectModel.findOne({ _id: id, organizationId }, { provenIndex: 1 }).lean();
  return row?.provenIndex ?? null;
}

/** The subject who proved control of an address, or null. */
export async function subjectByProvenAddress(
  organization: Organization,
  email: string,
): Promise<Types.ObjectId | null> {
  const provenIndex = await addressIndex(organization, email);
  const row = await SubjectModel.findOne(
    { organizationId: organization._id, provenIndex },
    { _id: 1 },
  ).lean();
  return row?._id ?? null;
}

/** Removes a person and destroys the key of their name and address, in the caller's transaction. */
export async function eraseSubject(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<void> {
  const row = await SubjectModel.findOneAndDelete({ _id: id, organizationId }).lean();
  if (row) await destroyDataKey(row.keyId);
}
