import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { sealMessage } from './contents.ts';
import { forgetDraft } from './kept-drafts.ts';
import { tellPerson } from './mails.ts';
import { MessageModel, RequestModel, type MessageRow, type RequestRow } from './model.ts';
import { openRequestRow } from './live-request.ts';
import { standingOf, type Standing } from './standing.ts';
import { beginPause } from './pauses.ts';
import type { MessageToPerson, NewMessage } from './schema.ts';

const ACTIONS = {
  person: 'request.message-received',
  staff: 'request.message-sent',
} as const;

/**
 * Stores a message once, in the caller's transaction; false when this form was sent before. One of
 * the person raises the request's version, so that nobody decides without having seen it.
 */
export async function addMessage(
  actor: Actor,
  row: RequestRow,
  kind: MessageRow['kind'],
  { text, formKey }: NewMessage,
): Promise<boolean> {
  const { _id: requestId, organizationId, keyId } = row;
  if (await MessageModel.exists({ organizationId, requestId, formKey })) return false;
  const _id = new Types.ObjectId();
  const sealed = sealMessage(await loadDataKey(keyId), _id, maskCardNumbers(text));
  // A mail of the person that staff add is still the person's.
  const isOfStaff = kind !== 'person' && (actor.kind === 'staff' || actor.kind === 'machine');
  const authorId = isOfStaff ? new Types.ObjectId(actor.id ?? '') : null;
  await MessageModel.create({
    _id,
    organizationId,
    requestId,
    formKey,
    kind,
    at: new Date(),
    authorId,
    sealed,
  });
  if (kind === 'person') {
    const own = { _id: requestId, organizationId };
    await RequestModel.updateOne(own, { $inc: { version: 1 } });
  }
  await recordAudit(actor, ACTIONS[kind], { kind: 'request', id: requestId });
  return true;
}

/** Writes to the person, who is told by a mail without the text. @throws Problem not-allowed-now */
export async function writeToPerson(
  staff: StaffMember,
  id: Types.ObjectId,
  { asks = false, ...message }: NewMessage & Partial<MessageToPerson>,
): Promise<Standing> {
  return againstDuplicates(() =>
    inTransaction(async () => {
      const row = await openRequestRow(staff.organizationId, id);
      if (!(await addMessage(staff, row, 'staff', message))) return standingOf(row);
      await forgetDraft(staff, id, 'message');
      const asked = asks ? await beginPause(staff, row, 'clarification') : row;
      await tellPerson(staff.organization, asked, asks ? 'clarification-asked' : 'message');
      return standingOf(asked);
    }),
  );
}
