import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { sealMessage } from './contents.ts';
import { forgetDraft } from './kept-drafts.ts';
import { tellPerson } from './mails.ts';
import { MessageModel, type MessageRow, type RequestRow } from './model.ts';
import { liveRequest } from './live-request.ts';
import { standingOf, type Standing } from './standing.ts';
import { beginPause } from './pauses.ts';
import type { MessageToPerson, NewMessage } from './schema.ts';
import { groupOf } from './states.ts';

const ACTIONS = {
  person: 'request.message-received',
  staff: 'request.message-sent',
} as const;

/** Stores a message once, in the caller's transaction; false when this form was sent before. */
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
  await recordAudit(actor, ACTIONS[kind], { kind: 'request', id: requestId });
  return true;
}

/** @throws Problem not-allowed-now (`request-closed`) */
export const refuseUnlessOpen = ({ state }: RequestRow) => {
  if (groupOf(state) === 'open') return;
  throw new Problem('not-allowed-now', 'Messages can be written while the request is open.', {
    code: 'request-closed',
  });
};

/** Writes to the person, who is told by a mail without the text. @throws Problem not-allowed-now */
export async function writeToPerson(
  staff: StaffMember,
  id: Types.ObjectId,
  { asks = false, ...message }: NewMessage & Partial<MessageToPerson>,
): Promise<Standing> {
  return againstDuplicates(() =>
    inTransaction(async () => {
      const row = await liveRequest(staff.organizationId, id);
      refuseUnlessOpen(row);
      if (!(await addMessage(staff, row, 'staff', message))) return standingOf(row);
      await forgetDraft(staff, id, 'message');
      const asked = asks ? await beginPause(staff, row, 'clarification') : row;
      await tellPerson(staff.organization, asked, asks ? 'clarification-asked' : 'message');
      return standingOf(asked);
    }),
  );
}
