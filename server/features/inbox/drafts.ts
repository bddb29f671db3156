import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { destroyDataKey, loadDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { recordAudit } from '../audit/service.ts';
import { eraseFilesAbout, filesAbout, openFile, type OpenedFile } from '../files/service.ts';
import {
  addReceivedMail,
  enterRequest,
  referencesIn,
  requestByReference,
  type Entry,
  type RequestOfReference,
  type Submitted,
} from '../requests/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { openLetter } from './contents.ts';
import { attachmentOf, type Letter } from './letter.ts';
import { DraftModel, type DraftRow, type DraftState } from './model.ts';
import type { Attachment, Dismissal, InboxFilters } from './schema.ts';

const PAGE = 30;
const DAY_MS = 86_400_000;

const after = (days: number) => new Date(Date.now() + days * DAY_MS);

export type Draft = Pick<
  DraftRow,
  '_id' | 'receivedAt' | 'automatic' | 'state' | 'requestId' | 'dismissal'
> & { letter: Letter };

const toDraft = (row: DraftRow, letter: Letter): Draft => {
  const { _id, receivedAt, automatic, state, requestId, dismissal } = row;
  return { _id, receivedAt, automatic, state, requestId, dismissal, letter };
};

/** The mails that came in, the newest first; the look is recorded. */
export async function listDrafts(
  staff: StaffMember,
  { view, before }: InboxFilters,
): Promise<{ drafts: Draft[]; olderThan: Types.ObjectId | null }> {
  const { organizationId } = staff;
  const rows = await DraftModel.find({
    organizationId,
    isWaiting: view === 'waiting',
    ...(before && { _id: { $lt: before } }),
  })
    .sort({ _id: -1 })
    .limit(PAGE + 1)
    .lean();
  const shown = rows.slice(0, PAGE);
  const keys = await loadDataKeys(shown.map(({ keyId }) => keyId));
  const target = { kind: 'inbox', id: view };
  await inTransaction(() => recordAudit(staff, 'inbox.read', target, { count: shown.length }));
  return {
    drafts: shown.flatMap((row) => {
      const key = keys.get(row.keyId.toHexString());
      return key ? [toDraft(row, openLetter(key, row))] : [];
    }),
    olderThan: rows.length > PAGE ? (shown.at(-1)?._id ?? null) : null,
  };
}

async function liveDraft(organizationId: Types.ObjectId, id: Types.ObjectId): Promise<DraftRow> {
  const row = await DraftModel.findOne({ _id: id, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such mail.');
  return row;
}

/** One mail, and the requests that it names; the look is recorded. @throws Problem not-found */
export async function openDraft(
  staff: StaffMember,
  id: Types.ObjectId,
): Promise<Draft & { named: RequestOfReference[] }> {
  const { organizationId } = staff;
  return inTransaction(async () => {
    const row = await liveDraft(organizationId, id);
    const letter = openLetter(await loadDataKey(row.keyId), row);
    const named: RequestOfReference[] = [];
    for (const reference of referencesIn(`${letter.subject}\n${letter.text}`)) {
      const request = await requestByReference(organizationId, reference, letter.from.address);
      if (request) named.push(request);
    }
    await recordAudit(staff, 'inbox.mail-read', { kind: 'mail-draft', id });
    return { ...toDraft(row, letter), named };
  });
}

/** The whole message, or an attachment of it; the look is recorded. @throws Problem not-found */
export async function fileOfDraft(
  staff: StaffMember,
  id: Types.ObjectId,
  file: string,
): Promise<OpenedFile> {
  const { organizationId } = staff;
  const message = await inTransaction(async () => {
    await liveDraft(organizationId, id);
    const [kept] = await filesAbout(organizationId, id);
    if (!kept) throw new Problem('not-found', 'There is no such file.');
    await recordAudit(staff, 'inbox.file-read', { kind: 'mail-draft', id });
    return openFile(organizationId, id, new Types.ObjectId(kept.id));
  });
  // Nothing that came by mail is ever opened by a browser: it is only saved.
  const type = 'application/octet-stream';
  if (file === 'message') return { ...message, type };
  const found = await attachmentOf(await buffer(Readable.from(message.content)), Number(file));
  if (!found) throw new Problem('not-found', 'There is no such attachment.');
  return {
    name: found.name,
    type,
    size: found.content.length,
    content: Readable.from([found.content]),
  };
}

/** Decides once what a waiting mail is, in the caller's transaction. @throws Problem conflict, not-found */
async function settle(
  staff: StaffMember,
  id: Types.ObjectId,
  change: Partial<DraftRow> & { state: DraftState },
): Promise<DraftRow> {
  const { organizationId } = staff;
  const row = await DraftModel.findOneAndUpdate(
    { _id: id, organizationId, isWaiting: true },
    { ...change, isWaiting: false, handledAt: new Date() },
    { returnDocument: 'after' },
  ).lean();
  if (row) return row;
  await liveDraft(organizationId, id);
  throw new Problem('conflict', 'Somebody has dealt with this mail already.', {
    code: 'moved-meanwhile',
  });
}

/** Puts a mail aside that is no request; it is erased after some time. */
export async function dismissDraft(
  staff: StaffMember,
  id: Types.ObjectId,
  { reason }: Dismissal,
): Promise<void> {
  await inTransaction(async () => {
    await settle(staff, id, {
      state: 'dismissed',
      dismissal: reason,
      nextActionAt: after(defaults.inbox.keepDismissedDays),
    });
    await recordAudit(staff, 'inbox.dismissed', { kind: 'mail-draft', id }, { dismissal: reason });
  });
}

/**
 * Makes a request of a mail. Its clock runs from the moment at which the mail was received.
 * @throws Problem conflict, not-found, and what `enterRequest` refuses
 */
export async function enterDraft(
  staff: StaffMember,
  id: Types.ObjectId,
  entry: Entry,
): Promise<Submitted> {
  const work = async () => {
    const { receivedAt } = await liveDraft(staff.organizationId, id);
    const submitted = await enterRequest(staff, { ...entry, channel: 'email' }, receivedAt);
    if (submitted.replayed) return submitted;
    await settle(staff, id, {
      state: 'entered',
      requestId: submitted.id,
      nextActionAt: after(defaults.inbox.keepHandledDays),
    });
    const facts = { request: submitted.id.toHexString() };
    await recordAudit(staff, 'inbox.entered', { kind: 'mail-draft', id }, facts);
    return submitted;
  };
  return againstDuplicates(() => inTransaction(work));
}

/**
 * Adds a mail to the request whose reference it names: as a message of the person where its sender
 * has the proven address of that request, else as an internal note.
 * @throws Problem invalid for a reference of nothing, conflict, not-found
 */
export async function attachDraft(
  staff: StaffMember,
  id: Types.ObjectId,
  { reference }: Attachment,
): Promise<{ requestId: Types.ObjectId; kind: 'person' | 'note' }> {
  const { organizationId } = staff;
  const work = async () => {
    const row = await liveDraft(organizationId, id);
    const { from, subject, text } = openLetter(await loadDataKey(row.keyId), row);
    const request = await requestByReference(organizationId, reference, from.address);
    if (!request) {
      throw new Problem('invalid', 'There is no such request.', {
        errors: [
          { pointer: '/reference', code: 'any.invalid', detail: 'reference is of no request' },
        ],
      });
    }
    await settle(staff, id, {
      state: 'attached',
      requestId: request.id,
      nextActionAt: after(defaults.inbox.keepHandledDays),
    });
    const kind = await addReceivedMail(staff, request, {
      formKey: `mail-draft:${id.toHexString()}`,
      text: `${from.name} <${from.address}>\n${subject}\n\n${text}`,
    });
    const facts = { request: request.id.toHexString(), as: kind };
    await recordAudit(staff, 'inbox.attached', { kind: 'mail-draft', id }, facts);
    return { requestId: request.id, kind };
  };
  return againstDuplicates(() => inTransaction(work));
}

/** Erases mails whose time is over: key, message and row. Returns how many. */
export async function sweepInbox(): Promise<number> {
  return sweepDue(DraftModel, ({ _id, organizationId, keyId }) =>
    inTransaction(async () => {
      await destroyDataKey(keyId);
      await eraseFilesAbout(organizationId, _id);
      await DraftModel.deleteOne({ _id, organizationId });
    }),
  );
}
