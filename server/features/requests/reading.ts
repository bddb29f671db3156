import type { Types } from 'mongoose';
import { mayDo } from '../../../config/permissions.ts';
import { inTransaction } from '../../database/transaction.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { servesAnother } from '../agreements/service.ts';
import { recordAudit } from '../audit/service.ts';
import type { OpenedFile } from '../files/service.ts';
import { requestsWithDocument } from '../identity/service.ts';
import { openItem, packageOf } from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { openMessage } from './contents.ts';
import { referenceOf } from '../../deadlines/rules.ts';
import { extensionRefusal, type ExtensionRefusal } from '../../deadlines/deadlines.ts';
import { itemKindsOf } from './answer-items.ts';
import { fileOfItem } from './answer-package.ts';
import { awaitsConfirmation } from './awaiting.ts';
import { groundsFor } from './grounds.ts';
import { nextStepOf } from './next-step.ts';
import type { RequestRow } from './model.ts';
import { liveRequest } from './live-request.ts';
import { shorterDates } from './newer-rules.ts';
import { notesForStaff } from './notes.ts';
import { isReady } from './proof.ts';
import { isRestricted } from './restriction.ts';
import { messagesOf, sharedView } from './shared-view.ts';
import { canMove, groupOf } from './states.ts';

/** Why a request may not be extended now; `state` when it is not open. */
function whyNotExtend({
  state,
  deadlines,
  timeZone,
}: RequestRow): ExtensionRefusal | 'state' | null {
  if (!canMove('extend', state, 'staff')) return 'state';
  return extensionRefusal(deadlines, localDay(new Date(), timeZone));
}

export type RequestView = Awaited<ReturnType<typeof openRequest>>;

/** A request with everything in it, for staff; the look is recorded. @throws Problem not-found, also when it was erased */
export async function openRequest(staff: StaffMember, id: Types.ObjectId) {
  return inTransaction(async () => {
    const row = await liveRequest(staff.organizationId, id);
    const key = await loadDataKey(row.keyId);
    const messages = await messagesOf(row);
    const gathered = await packageOf(row.organizationId, id);
    await recordAudit(staff, 'request.read', { kind: 'request', id });
    const works = mayDo(staff.role, 'requests:work');
    const decides = mayDo(staff.role, 'requests:decide');
    const shorter = shorterDates(row);
    const shared = await sharedView(row, key);
    const documents = await requestsWithDocument(row.organizationId, [id]);
    return {
      ...shared,
      language: row.language,
      channel: row.channel,
      assigneeId: row.assigneeId?.toHexString() ?? null,
      tags: row.tags,
      nextStep: nextStepOf({
        ...row,
        hasUnreviewed:
          gathered?.state === 'open' && gathered.items.some(({ verdict }) => verdict === null),
        hasDocument: documents.size > 0,
        hasNoAddress: shared.email === '',
      }),
      hasPackage: gathered !== null,
      /** What goes out, or went out, with the answer. */
      files: (gathered?.items ?? []).map(fileOfItem),
      needsProof: row.needsProof,
      requiredLevel: row.requiredLevel,
      provenLevel: row.provenLevel,
      needsPermission: row.needsPermission,
      role: row.role,
      agreementId: row.agreementId,
      /** What this member may do with the request now. */
      can: {
        assign: works && canMove('assign', row.state, 'staff'),
        message: works && groupOf(row.state) === 'open',
        note: works,
        extend: decides && whyNotExtend(row) === null,
        forward: decides && servesAnother(row.role) && canMove('forward', row.state, 'staff'),
        adopt: decides && shorter !== null,
        refuse: decides && canMove('refuse', row.state, 'staff'),
        item: works && groupOf(row.state) === 'open' && !servesAnother(row.role),
        lift: decides && isRestricted(row),
        complete:
          decides &&
          !servesAnother(row.role) &&
          canMove('complete', row.state, 'staff') &&
          !awaitsConfirmation(row) &&
          (await isReady(staff, row)),
      },
      /** What a newer version of the request's rules would make of its date. */
      shorter: shorter && {
        due: shorter.dates.effectiveDue,
        rules: shorter.rules.map(referenceOf),
      },
      whyNotExtend: whyNotExtend(row),
      grounds: groundsFor(row),
      awaitsConfirmation: awaitsConfirmation(row),
      itemKinds: itemKindsOf(row),
      messages: messages.map((message) => ({
        id: message._id.toHexString(),
        kind: message.kind,
        at: message.at,
        authorId: message.authorId?.toHexString() ?? null,
        text: openMessage(key, message),
      })),
      notes: await notesForStaff(row),
    };
  });
}

/** A file of a request's answer, for staff; the look is recorded. @throws Problem not-found */
export async function fileForStaff(
  staff: StaffMember,
  id: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<OpenedFile> {
  return inTransaction(async () => {
    const file = await openItem(staff.organizationId, id, fileId);
    const facts = { file: fileId.toHexString() };
    await recordAudit(staff, 'request.file-read', { kind: 'request', id }, facts);
    return file;
  });
}
