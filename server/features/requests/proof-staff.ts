import type { Types } from 'mongoose';
import type { EvidenceKind, StaffEvidence, ViewReason } from '../../../config/identity.ts';
import { mayDo } from '../../../config/permissions.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField } from '../../problem.ts';
import { newClientKey } from '../../wire.ts';
import { centreUrl } from '../../centre.ts';
import { recordAudit } from '../audit/service.ts';
import {
  addressPrint,
  askForDocument,
  beginAsking,
  caseStanding,
  closesAt,
  decideDocument,
  documentsOf,
  endChallenges,
  identityCase,
  identityRules,
  markChecked,
  mayAskForDocument,
  takeAllowance,
  viewDocument,
  type ChangedCircumstances,
  type DocumentVerdict,
} from '../identity/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { tellPerson } from './mails.ts';
import type { RequestRow } from './model.ts';
import { liveRequest, movedOn, openRequestRow, refuseUnlessOpen } from './live-request.ts';
import { moveRequest } from './moving.ts';
import { storeNote } from './notes.ts';
import { beginPause, isLateToAsk } from './pauses.ts';
import {
  decideLevelAnew,
  isProved,
  needsSecondCheck,
  provePerson,
  welcomePerson,
} from './proof.ts';
import { groupOf } from './states.ts';

/** What proves the identity behind a request, why this level, and what is still needed. */
export async function identityForStaff(staff: StaffMember, id: Types.ObjectId) {
  const { organizationId, role } = staff;
  const row = await liveRequest(organizationId, id);
  const found = await identityCase(organizationId, id);
  const standing = await caseStanding(found);
  const isOpen = groupOf(row.state) === 'open';
  const isNeeded = isOpen && !isProved(row);
  const decides = mayDo(role, 'requests:decide');
  const isChecked = found.checkedBy !== null;
  return {
    ...standing,
    id: id.toHexString(),
    reference: row.reference,
    right: row.right,
    isProved: isProved(row),
    contactChanged: found.contactChanged,
    deliveryDiffers: found.deliveryDiffers,
    askedAt: found.askedAt,
    documentAskedAt: found.documentAsk?.at ?? null,
    documents: await documentsOf(organizationId, id),
    isLate: isLateToAsk(row),
    needsSecondCheck: needsSecondCheck(row),
    checkedBy: found.checkedBy,
    can: {
      record: (isNeeded || canBegin(row)) && mayDo(role, 'requests:work'),
      circumstances: isNeeded && mayDo(role, 'requests:work'),
      clearCircumstances: decides,
      ask:
        isNeeded &&
        decides &&
        !found.documentAsk &&
        mayAskForDocument(await identityRules(organizationId), row.right),
      review: isOpen && mayDo(role, 'identity:review'),
      check: isOpen && decides && needsSecondCheck(row) && isProved(row) && !isChecked,
    },
  };
}

export type IdentityForStaff = Awaited<ReturnType<typeof identityForStaff>>;

/** Whom no code reaches, or who has not used it, may become known through staff. */
const canBegin = ({ state, needsPermission }: RequestRow) =>
  state === 'unverified' && !needsPermission;

/**
 * What meeting somebody counts as: level 3 by the word of one who may decide, or of two people.
 */
async function evidenceBy(
  { id, role, organizationId }: StaffMember,
  requestId: Types.ObjectId,
  kind: StaffEvidence,
): Promise<EvidenceKind> {
  if (kind !== 'in-person' || mayDo(role, 'requests:decide')) return kind;
  const { evidence } = await identityCase(organizationId, requestId);
  const isConfirming = evidence.some(
    (earlier) => earlier.kind === 'in-person-alone' && earlier.accountId !== id,
  );
  return isConfirming ? 'in-person' : 'in-person-alone';
}

/**
 * Records that somebody on staff knows the person, or met them; a request that waited for a code
 * then begins. How they know, stays as a note with the request.
 */
export async function recordStaffEvidence(
  staff: StaffMember,
  id: Types.ObjectId,
  { kind, note, formKey }: { kind: StaffEvidence; note: string; formKey: string },
): Promise<void> {
  await inTransaction(async () => {
    const { organizationId, organization } = staff;
    const row = await liveRequest(organizationId, id);
    if (!canBegin(row)) refuseUnlessOpen(row);
    if (!(await storeNote(staff, row, { note, formKey }))) return;
    await provePerson(staff, row, { kind: await evidenceBy(staff, id, kind) });
    if (!canBegin(row)) return;
    await endChallenges(organizationId, id);
    await moveRequest(staff, id, { name: 'vouch', change: { verifiedAt: new Date() } });
    await welcomePerson(organization, await liveRequest(organizationId, id));
  });
}

/** What staff know about the contact point, and about where the answer shall go. */
export interface StaffCircumstances {
  contactChanged: boolean;
  deliveryDiffers: boolean;
  /** Where the person was reached before: told that somebody asks under a new address. */
  formerAddress: string;
  /** Why something that spoke for caution does not any more. */
  clearReason?: string;
}

/**
 * What of the circumstances changes: anybody who works on requests may add to them, but only who
 * decides takes one back, with a reason that stays as a note.
 * @throws Problem invalid without a reason
 */
async function changesBy(
  staff: StaffMember,
  row: RequestRow,
  { contactChanged, deliveryDiffers, clearReason = '' }: StaffCircumstances,
): Promise<ChangedCircumstances> {
  const before = await identityCase(row.organizationId, row._id);
  const cleared = [
    before.contactChanged && !contactChanged ? ['contact-changed'] : [],
    before.deliveryDiffers && !deliveryDiffers ? ['delivery-differs'] : [],
  ].flat();
  if (cleared.length === 0) return { contactChanged, deliveryDiffers };
  if (!mayDo(staff.role, 'requests:decide')) {
    return {
      contactChanged: contactChanged || before.contactChanged,
      deliveryDiffers: deliveryDiffers || before.deliveryDiffers,
    };
  }
  if (clearReason === '') {
    throw invalidField('clearReason', 'any.required', 'clearReason is missing');
  }
  await storeNote(staff, row, { note: clearReason, formKey: newClientKey() });
  const facts = { cleared: cleared.join(' ') };
  await recordAudit(
    staff,
    'identity.circumstances-cleared',
    { kind: 'request', id: row._id },
    facts,
  );
  return { contactChanged, deliveryDiffers };
}

/**
 * Decides the level anew with what staff know; a former address is told, as often as an address may
 * get mail. @throws Problem invalid for what is taken back without a reason
 */
export async function recordCircumstances(
  staff: StaffMember,
  id: Types.ObjectId,
  given: StaffCircumstances,
): Promise<void> {
  const { organizationId, organization } = staff;
  const { formerAddress } = given;
  await inTransaction(async () => {
    const row = await openRequestRow(organizationId, id);
    const changed = await changesBy(staff, row, given);
    await decideLevelAnew(staff, row, changed);
    const isTold = changed.contactChanged && formerAddress !== '';
    if (isTold && (await takeAllowance(addressPrint(formerAddress)))) {
      const to = { name: '', email: formerAddress };
      await tellPerson(organization, row, 'former-address', { to, link: centreUrl(organization) });
      await recordAudit(staff, 'identity.former-address-told', { kind: 'request', id });
    }
  });
}

/** Asks the person for a document. Where the law lets the clock stop for that, it does from now on. */
export async function askPersonForDocument(
  staff: StaffMember,
  id: Types.ObjectId,
  reason: string,
): Promise<void> {
  const { organizationId, organization } = staff;
  await inTransaction(async () => {
    const row = await openRequestRow(staff.organizationId, id);
    const askedAt = new Date();
    await askForDocument(staff, { requestId: id, keyId: row.keyId, reason });
    await beginAsking(organizationId, id, askedAt);
    await beginPause(staff, row, 'identity');
    const endsOn = localDay(closesAt(askedAt), row.timeZone);
    await tellPerson(organization, row, 'document-asked', { endsOn });
  });
}

/** A document, once, for the one who reviews it. */
export async function viewPersonsDocument(
  staff: StaffMember,
  id: Types.ObjectId,
  documentId: Types.ObjectId,
  reason: ViewReason,
) {
  await openRequestRow(staff.organizationId, id);
  return viewDocument(staff, id, documentId, reason);
}

/** Decides about a document, which is destroyed with the decision. */
export async function decideOnDocument(
  staff: StaffMember,
  id: Types.ObjectId,
  documentId: Types.ObjectId,
  verdict: DocumentVerdict,
): Promise<void> {
  await inTransaction(async () => {
    const row = await openRequestRow(staff.organizationId, id);
    await decideDocument(staff, id, documentId, verdict);
    if (verdict.verdict === 'accepted') await provePerson(staff, row, { kind: 'document' });
    else {
      await beginAsking(staff.organizationId, id);
      await tellPerson(staff.organization, row, 'document-rejected');
    }
  });
}

/** Marks a deletion of sensitive data as checked: somebody else carries it out. @throws Problem not-allowed-now */
export async function checkDeletion(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  await inTransaction(async () => {
    const row = await openRequestRow(staff.organizationId, id);
    if (!needsSecondCheck(row) || !isProved(row)) {
      throw movedOn('There is nothing to check here.');
    }
    await markChecked(staff, id);
  });
}
