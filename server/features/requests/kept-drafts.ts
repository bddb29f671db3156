import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { bytesOf, loadDataKey } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type Place } from '../../security/encryption.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { DraftModel } from './desk-model.ts';
import type { RequestRow } from './model.ts';
import { liveRequest } from './live-request.ts';
import type { DraftForm } from './schema.ts';

const placeOf = (requestId: Types.ObjectId, form: DraftForm): Place => ({
  collection: 'requestDrafts',
  row: requestId,
  field: form,
});

const ownDrafts = ({ organizationId, id }: StaffMember, requestId: Types.ObjectId) => ({
  organizationId,
  requestId,
  accountId: new Types.ObjectId(id),
});

/**
 * Keeps what a member has begun to write, for them alone, until it is sent, the request is decided
 * or the text is empty again. Only the beginning is recorded: each pause in typing saves anew.
 * @throws Problem not-found
 */
export async function saveDraft(
  staff: StaffMember,
  requestId: Types.ObjectId,
  { form, text }: { form: DraftForm; text: string },
): Promise<void> {
  const { organizationId } = staff;
  await againstDuplicates(() =>
    inTransaction(async () => {
      const { keyId } = await liveRequest(organizationId, requestId);
      const mine = { ...ownDrafts(staff, requestId), form };
      if (text === '') {
        await DraftModel.deleteOne(mine);
        return;
      }
      const key = await loadDataKey(keyId);
      const sealed = sealJson(key, placeOf(requestId, form), maskCardNumbers(text));
      const { upsertedCount } = await DraftModel.updateOne(
        mine,
        { sealed, savedAt: new Date() },
        { upsert: true },
      );
      if (upsertedCount === 0) return;
      await recordAudit(staff, 'request.draft-begun', { kind: 'request', id: requestId }, { form });
    }),
  );
}

/** What a member has begun to write for a request, by form. */
export async function draftsOf(
  staff: StaffMember,
  requestId: Types.ObjectId,
): Promise<Partial<Record<DraftForm, string>>> {
  const rows = await DraftModel.find(ownDrafts(staff, requestId)).lean();
  if (rows.length === 0) return {};
  const key = await loadDataKey((await liveRequest(staff.organizationId, requestId)).keyId);
  return Object.fromEntries(
    rows.map(({ form, sealed }) => [
      form,
      unsealJson(key, placeOf(requestId, form), bytesOf(sealed)) as string,
    ]),
  );
}

/** Forgets a member's text of one form once it was sent, in the caller's transaction. */
export async function forgetDraft(
  staff: StaffMember,
  requestId: Types.ObjectId,
  form: DraftForm,
): Promise<void> {
  await DraftModel.deleteOne({ ...ownDrafts(staff, requestId), form });
}

/** Forgets what anybody has begun to write for a request, in the caller's transaction. */
export async function forgetDrafts({
  organizationId,
  _id,
}: Pick<RequestRow, '_id' | 'organizationId'>): Promise<void> {
  await DraftModel.deleteMany({ organizationId, requestId: _id });
}
