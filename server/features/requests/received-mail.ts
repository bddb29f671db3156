import type { Types } from 'mongoose';
import type { StaffMember } from '../staff/service.ts';
import { subjectById } from '../subjects/service.ts';
import { tellStaff } from './mails.ts';
import { addMessage } from './messages.ts';
import { liveRequest, liveRequestByReference } from './live-request.ts';
import { storeNote } from './notes.ts';
import { readReference } from './reference.ts';
import { groupOf } from './states.ts';

/** How many references of one text are looked at. */
const MOST_REFERENCES = 5;
const CANDIDATE =
  /(?<![\p{L}\d])[0-9A-Z]{4}[\s\p{Dash_Punctuation}]?[0-9A-Z]{4}[\s\p{Dash_Punctuation}]?[0-9A-Z](?![\p{L}\d])/giu;

/** What looks like references of ours in a text, by their check signs. */
export function referencesIn(text: string): string[] {
  const found = [...text.matchAll(CANDIDATE)].flatMap(([typed]) => readReference(typed) ?? []);
  return [...new Set(found)].slice(0, MOST_REFERENCES);
}

/** A request as whoever holds its reference in a mail may know it. */
export interface RequestOfReference {
  id: Types.ObjectId;
  reference: string;
  /** The sender's address is the one that was proved for this request, which is still open. */
  isOfPerson: boolean;
}

/** The request of a reference; null when there is none. */
export async function requestByReference(
  organizationId: Types.ObjectId,
  typed: string,
  sender: string,
): Promise<RequestOfReference | null> {
  const reference = readReference(typed);
  const row = reference && (await liveRequestByReference(organizationId, reference));
  if (!row) return null;
  const subject = await subjectById(organizationId, row.subjectId);
  const isOfPerson =
    row.verifiedAt !== null &&
    groupOf(row.state) === 'open' &&
    subject !== null &&
    subject.email !== '' &&
    subject.email.toLowerCase() === sender.trim().toLowerCase();
  return { id: row._id, reference: row.reference, isOfPerson };
}

/**
 * Adds a mail to a request, in the caller's transaction: as a message of the person where the
 * sender's address is the proven one, else as a note that only staff read. A sender can be forged,
 * so a mail never proves anything and decides nothing.
 */
export async function addReceivedMail(
  staff: StaffMember,
  { id, isOfPerson }: RequestOfReference,
  message: { formKey: string; text: string },
): Promise<'person' | 'note'> {
  const row = await liveRequest(staff.organizationId, id);
  if (!isOfPerson) {
    await storeNote(staff, row, { formKey: message.formKey, note: message.text });
    return 'note';
  }
  if (!(await addMessage(staff, row, 'person', message))) return 'person';
  await tellStaff(staff.organization, row, 'message');
  return 'person';
}
