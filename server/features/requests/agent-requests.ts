import type { Types } from 'mongoose';
import type { LetterCode } from '../../../config/letters.ts';
import type { Recipient } from '../../mail/outbox.ts';
import { asSubject, asVisitor } from '../audit/service.ts';
import { addEvidence } from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { verifyMailbox } from './entrance.ts';
import { tellPerson, tellStaff } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { liveRequest, movedOn } from './live-request.ts';
import { moveRequest } from './moving.ts';
import { groupOf } from './states.ts';

/**
 * What an authorised agent's permission does to a request. All of it is a part of the caller's
 * transaction. Until it is permitted, such a request stays unverified: no code is ever sent for it,
 * and staff have no move that begins it but a decision about the agent's authority.
 */

/** How a request stands, for whoever asks in the person's name: nothing of the person. */
export interface AgentView {
  reference: string;
  right: RequestRow['right'];
  state: RequestRow['state'];
  isOpen: boolean;
  isUnverified: boolean;
  receivedOn: string;
  answerBy: string;
  closedAt: Date | null;
  isCalifornian: boolean;
  keyId: Types.ObjectId;
}

/** @throws Problem not-found */
export async function requestForAgent(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<AgentView> {
  const row = await liveRequest(organizationId, id);
  return {
    reference: row.reference,
    right: row.right,
    state: row.state,
    isOpen: groupOf(row.state) === 'open',
    isUnverified: groupOf(row.state) === 'unverified',
    receivedOn: row.deadlines.receivedOn,
    answerBy: row.deadlines.effectiveDue,
    closedAt: row.closedAt,
    isCalifornian: row.regimes.includes('ccpa'),
    keyId: row.keyId,
  };
}

/** Writes to the agent, or to the person about the agent. */
export async function tellOfAgent(
  organization: Organization,
  id: Types.ObjectId,
  letter: LetterCode,
  values: { link: string; endsOn?: string; to?: Recipient },
): Promise<boolean> {
  return tellPerson(organization, await liveRequest(organization._id, id), letter, values);
}

const notNow = () => movedOn('This has been decided already, or the request has ended.');

async function waitingRequest(organizationId: Types.ObjectId, id: Types.ObjectId) {
  const row = await liveRequest(organizationId, id);
  if (row.state !== 'unverified' || !row.needsPermission) throw notNow();
  return row;
}

/** The person said yes in a mailbox of theirs, which proves it. @throws Problem not-allowed-now */
export async function permitByPerson(organization: Organization, id: Types.ObjectId) {
  await verifyMailbox(organization, await waitingRequest(organization._id, id));
}

/** Staff have looked at what gives the agent authority. @throws Problem not-allowed-now */
export async function permitByStaff(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId, organization } = staff;
  await waitingRequest(organizationId, id);
  const provenLevel = await addEvidence(staff, id, { kind: 'agent' });
  const verifiedAt = new Date();
  await moveRequest(staff, id, { name: 'authorise', change: { verifiedAt, provenLevel } });
  await RequestModel.updateOne({ _id: id, organizationId }, { acknowledgedAt: verifiedAt });
  const row = await liveRequest(organizationId, id);
  await tellPerson(organization, row, 'acknowledged');
  await tellStaff(organization, row, 'new');
}

/** Staff have not found any authority. @throws Problem not-allowed-now */
export async function rejectAgent(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  await waitingRequest(staff.organizationId, id);
  await moveRequest(staff, id, { name: 'reject-agent' });
}

/**
 * The person says no, or takes back what they permitted, or the agent gives up: the request ends.
 * @throws Problem not-allowed-now for one that has ended already
 */
export async function endForAgent(organization: Organization, id: Types.ObjectId): Promise<void> {
  const organizationId = organization._id;
  const row = await liveRequest(organizationId, id);
  if (groupOf(row.state) === 'closed' || !row.needsPermission) throw notNow();
  if (row.verifiedAt === null) {
    await moveRequest(asVisitor(organizationId), id, { name: 'disown' });
    return;
  }
  const subject = asSubject(organizationId, row.subjectId);
  const ended = await moveRequest(subject, id, { name: 'withdraw' });
  await tellStaff(organization, ended, 'withdrawn');
}
