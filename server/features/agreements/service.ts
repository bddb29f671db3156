import { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { bytesOf, createDataKey, loadDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { AgreementModel, type AgreementRow } from './model.ts';
import type { AgreementEdit, Controller } from './schema.ts';

export { relations, relationsAsked, roleFor, servesAnother, type Relation } from './roles.ts';

/** An agreement with the other side opened. */
export interface Agreement extends Omit<AgreementRow, 'sealed' | 'keyId'>, Controller {}

const placeOf = (id: Types.ObjectId) => ({ collection: 'agreements', row: id, field: 'sealed' });

function opened(key: DataKey, { sealed, keyId: _, ...row }: AgreementRow): Agreement {
  return { ...row, ...(unsealJson(key, placeOf(row._id), bytesOf(sealed)) as Controller) };
}

/** The register of whom the organisation serves, by name. */
export async function agreementsOf(organizationId: Types.ObjectId): Promise<Agreement[]> {
  const rows = await AgreementModel.find({ organizationId }).sort({ _id: 1 }).lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return rows
    .flatMap((row) => {
      const key = keys.get(row.keyId.toHexString());
      return key ? [opened(key, row)] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws Problem not-found */
export async function agreementById(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<Agreement> {
  const row = await AgreementModel.findOne({ _id: id, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such agreement.');
  return opened(await loadDataKey(row.keyId), row);
}

/** Whether an agreement covers a day. */
export const isInForce = ({ startsOn, endsOn }: Agreement, day: string): boolean =>
  startsOn <= day && (endsOn === null || day <= endsOn);

const plain = (name: string) =>
  name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();

/** The agreement in force with a customer whose name somebody typed; null unless exactly one fits. */
export async function agreementNamed(
  organizationId: Types.ObjectId,
  name: string,
  day: string,
): Promise<Agreement | null> {
  const wanted = plain(name);
  const found = (await agreementsOf(organizationId)).filter(
    (agreement) => isInForce(agreement, day) && plain(agreement.name) === wanted,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

const sealedIn = (
  key: DataKey,
  id: Types.ObjectId,
  { name, contactName, email, phone }: AgreementEdit,
) => sealJson(key, placeOf(id), { name, contactName, email, phone } satisfies Controller);

const termsOf = ({
  role,
  startsOn,
  endsOn,
  forwardDays,
  breachNoticeDays,
  ending,
}: AgreementEdit) => ({ role, startsOn, endsOn, forwardDays, breachNoticeDays, ending });

export async function addAgreement(
  actor: OrganizationActor,
  edit: AgreementEdit,
): Promise<Types.ObjectId> {
  const { organizationId } = actor;
  return inTransaction(async () => {
    const id = new Types.ObjectId();
    const key = await createDataKey(organizationId, 'agreement');
    await AgreementModel.create({
      _id: id,
      organizationId,
      keyId: key.id,
      sealed: sealedIn(key, id, edit),
      ...termsOf(edit),
    });
    await recordAudit(actor, 'agreement.added', { kind: 'agreement', id }, { part: edit.role });
    return id;
  });
}

/** @throws Problem not-found, or conflict (`agreement-changed`) when somebody else was faster. */
export async function changeAgreement(
  actor: OrganizationActor,
  id: Types.ObjectId,
  version: number,
  edit: AgreementEdit,
): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    const row = await AgreementModel.findOne({ _id: id, organizationId }).lean();
    if (!row) throw new Problem('not-found', 'There is no such agreement.');
    const sealed = sealedIn(await loadDataKey(row.keyId), id, edit);
    const { matchedCount } = await AgreementModel.updateOne(
      { _id: id, organizationId, version },
      { $set: { sealed, ...termsOf(edit) }, $inc: { version: 1 } },
    );
    if (matchedCount === 0) {
      throw new Problem('conflict', 'The agreement was changed meanwhile: look at it again.', {
        code: 'agreement-changed',
      });
    }
    await recordAudit(actor, 'agreement.changed', { kind: 'agreement', id }, { part: edit.role });
  });
}
