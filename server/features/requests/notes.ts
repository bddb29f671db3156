import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { openNote, sealNote } from './contents.ts';
import { NoteModel, type RequestRow } from './model.ts';
import { liveRequest } from './live-request.ts';
import { standingOf, type Standing } from './standing.ts';
import type { NewNote } from './schema.ts';

/** A note as staff read it. Nothing that is shown, sent or given to a person is made of this. */
export interface StaffNote {
  id: string;
  at: Date;
  noteBy: string;
  note: string;
}

/** Stores a note once, in the caller's transaction; false when this form was sent before. */
export async function storeNote(
  staff: StaffMember,
  { _id: requestId, organizationId, keyId }: RequestRow,
  { formKey, note }: NewNote,
): Promise<boolean> {
  if (await NoteModel.exists({ organizationId, requestId, formKey })) return false;
  const _id = new Types.ObjectId();
  await NoteModel.create({
    _id,
    organizationId,
    requestId,
    formKey,
    at: new Date(),
    noteBy: new Types.ObjectId(staff.id),
    sealedNote: sealNote(await loadDataKey(keyId), _id, maskCardNumbers(note)),
  });
  await recordAudit(staff, 'request.note-added', { kind: 'request', id: requestId });
  return true;
}

/** Adds a note that only staff can read, in any state. */
export async function addNote(
  staff: StaffMember,
  id: Types.ObjectId,
  note: NewNote,
): Promise<Standing> {
  return againstDuplicates(() =>
    inTransaction(async () => {
      const row = await liveRequest(staff.organizationId, id);
      await storeNote(staff, row, note);
      return standingOf(row);
    }),
  );
}

/** The notes about a request, in the order they were written: for staff only. */
export async function notesForStaff({
  organizationId,
  _id,
  keyId,
}: RequestRow): Promise<StaffNote[]> {
  const rows = await NoteModel.find({ organizationId, requestId: _id }).sort({ _id: 1 }).lean();
  const key = await loadDataKey(keyId);
  return rows.map((row) => ({
    id: row._id.toHexString(),
    at: row.at,
    noteBy: row.noteBy.toHexString(),
    note: openNote(key, row),
  }));
}
