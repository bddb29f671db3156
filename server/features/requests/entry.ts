import { defaults } from '../../../config/defaults.ts';
import { mayDo } from '../../../config/permissions.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { refuseFields } from '../../problem.ts';
import { recordAudit } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { subjectByProvenAddress } from '../subjects/service.ts';
import { addDays, daysBetween, instantAt, localDay } from '../../deadlines/days.ts';
import { questionsAsked } from './asked-questions.ts';
import type { Entry } from './entry-schema.ts';
import { fileInTransaction, type Submitted } from './intake.ts';
import { detailsAreOptional } from './preview-view.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { previewRequest } from './preview.ts';
import { readAnswers } from './questions.ts';

const NOON = 12;

/** What a check by staff counts as: level 3 takes one who may decide, or a second person later. */
function proofByStaff({ role }: StaffMember, level: 1 | 2 | 3) {
  if (level !== 3) return { level, method: level === 1 ? 'mailbox' : 'known-person' } as const;
  return mayDo(role, 'requests:decide')
    ? ({ level, method: 'in-person' } as const)
    : ({ level: 2, method: 'in-person-alone' } as const);
}

/** What of an entry cannot be, by field. */
function faultsOf(
  { languages }: Organization,
  { right, details, answers, email, phone, post, language }: Entry,
  { receivedOn, lateReason }: { receivedOn: string; lateReason: string | null },
  today: string,
): string[] {
  const earliest = addDays(today, -defaults.entry.latestDays);
  return [
    receivedOn > today || receivedOn < earliest ? ['receivedOn'] : [],
    receivedOn < today && lateReason === null ? ['lateReason'] : [],
    email === '' && phone === '' && post === '' ? ['email'] : [],
    details === '' && !answers.wanted && !detailsAreOptional(right) ? ['details'] : [],
    languages.includes(language) ? [] : ['language'],
  ].flat();
}

/** The answers to what the right asks; staff need not know one that was not given. */
async function answersIn(
  organization: Organization,
  today: string,
  input: Entry,
): Promise<{ answers: Record<string, string>; faults: string[] }> {
  const { questions } = await questionsAsked(organization, input);
  const { answers, faults } = readAnswers(questions, input.answers, today);
  return {
    answers,
    faults: faults
      .map(({ pointer }) => pointer.slice(1))
      .filter((name) => Boolean(input.answers[name.replace('answers/', '')])),
  };
}

/** An open request for the same right by the person who proved the address, or null. */
export async function sameOpenRequest(
  organization: Organization,
  { email, right }: Pick<Entry, 'email' | 'right'>,
): Promise<Pick<RequestRow, '_id' | 'reference'> | null> {
  const subjectId = email === '' ? null : await subjectByProvenAddress(organization, email);
  if (!subjectId) return null;
  return RequestModel.findOne(
    { organizationId: organization._id, subjectId, right, group: 'open' },
    { reference: 1 },
  ).lean();
}

/**
 * Enters what came by letter, telephone, e-mail or in person. The clock runs from the day it came
 * in: the whole day counts as before, and a later entry needs a reason. Whoever gave an address is
 * sent the reference, and a code where nobody checked who they are. `provenReceipt` is the moment
 * that a machine noted; the day of the entry is then only shown.
 * @throws Problem invalid for a day in the future, a late entry without a reason, a person who
 * cannot be reached, or a right that is not offered.
 */
export async function enterRequest(
  staff: StaffMember,
  entry: Entry,
  provenReceipt: Date | null = null,
): Promise<Submitted> {
  const { organization } = staff;
  const { timeZone } = organization;
  const now = new Date();
  const today = localDay(now, timeZone);
  const receivedOn = provenReceipt ? localDay(provenReceipt, timeZone) : entry.receivedOn;
  const lateReason = provenReceipt ? 'entered-from-mail' : entry.lateReason;
  const { answers, faults } = await answersIn(organization, today, entry);
  refuseFields([
    ...faultsOf(organization, { ...entry, answers }, { receivedOn, lateReason }, today),
    ...faults,
  ]);
  const { channel, language, level, method, ...wish } = entry;
  const input = { ...wish, answers };
  const daysLate = daysBetween(receivedOn, today);
  const receivedAt =
    provenReceipt ?? (daysLate === 0 ? now : instantAt(receivedOn, NOON, timeZone));
  const { needsProof } = previewRequest(organization, input, receivedAt);
  const isChecked = needsProof && level !== 0 && method !== null;
  return againstDuplicates(() =>
    inTransaction(async () => {
      const submitted = await fileInTransaction(organization, input, {
        actor: staff,
        channel,
        language,
        receivedAt,
        proof: isChecked ? proofByStaff(staff, level) : null,
        enteredBy: staff.account.id,
      });
      if (submitted.replayed) return submitted;
      const target = { kind: 'request', id: submitted.id };
      if (isChecked) {
        await recordAudit(staff, 'request.identity-checked', target, { level, method });
      }
      if (daysLate > 0) {
        await recordAudit(staff, 'request.back-dated', target, { days: daysLate, lateReason });
      }
      return submitted;
    }),
  );
}
