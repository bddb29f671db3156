import type { Types } from 'mongoose';
import { agentRules } from '../../../config/agents.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { inTransaction } from '../../database/transaction.ts';
import { localDay } from '../../deadlines/days.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { asVisitor, recordAudit, system, type Actor } from '../audit/service.ts';
import { eraseFilesAbout, filesAbout, openFile, type OpenedFile } from '../files/service.ts';
import type { Organization } from '../organizations/service.ts';
import {
  endForAgent,
  permitByPerson,
  permitByStaff,
  rejectAgent,
  requestForAgent,
  tellOfAgent,
  type AgentView,
} from '../requests/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { openAgent } from './contents.ts';
import { evidenceEndsAt } from './evidence.ts';
import { mandateOfLink, mandateUrl, type LinkHolder } from './links.ts';
import { MandateModel, type MandateRow } from './model.ts';
import type { Agent, Permission, Verdict } from './schema.ts';

export interface Mandate extends Omit<MandateRow, 'sealed' | 'keyId'> {
  agent: Agent;
  request: AgentView;
}

const ended = () =>
  new Problem('gone', 'This link leads nowhere any more.', { code: 'link-ended' });
const decided = () =>
  new Problem('not-allowed-now', 'This has been decided already.', { code: 'not-allowed-now' });

async function opened({ keyId, ...row }: MandateRow): Promise<Mandate> {
  const request = await requestForAgent(row.organizationId, row.requestId);
  const agent = openAgent(await loadDataKey(keyId), { ...row, keyId });
  return { ...row, agent, request };
}

/** What a link of a mail opens. It changes nothing: mail scanners open links too. @throws Problem gone */
export async function mandateByLink(
  organization: Organization,
  holder: LinkHolder,
  token: string,
): Promise<Mandate> {
  const id = mandateOfLink(holder, token);
  const row =
    id && (await MandateModel.findOne({ _id: id, organizationId: organization._id }).lean());
  if (!row) throw ended();
  return opened(row).catch((error: unknown) => {
    // Nothing is told of a request that was erased.
    throw error instanceof Problem ? ended() : error;
  });
}

/** The mandate behind a request, for staff. @throws Problem not-found */
export async function mandateOfRequest(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<Mandate> {
  const row = await MandateModel.findOne({ organizationId, requestId }).lean();
  if (!row) throw new Problem('not-found', 'Nobody asks here in the name of another.');
  return opened(row);
}

type Ending = 'permitted' | 'refused' | 'revoked';

/** Decides once, in the caller's transaction, with its audit entry. @throws Problem not-allowed-now */
async function decide(
  actor: Actor,
  mandate: Mandate,
  state: Ending,
  by: 'person' | 'staff',
  change: Partial<MandateRow> = {},
): Promise<void> {
  const { _id, organizationId, requestId } = mandate;
  const now = new Date();
  const { isCalifornian } = mandate.request;
  // What is not kept by law goes with the decision itself.
  if (!isCalifornian) await eraseFilesAbout(organizationId, _id);
  const from = state === 'revoked' ? (['waiting', 'permitted'] as const) : (['waiting'] as const);
  const { matchedCount } = await MandateModel.updateOne(
    { _id, organizationId, state: { $in: from } },
    {
      ...change,
      state,
      decidedAt: now,
      decidedBy: by,
      nextActionAt: isCalifornian ? evidenceEndsAt(now, { isCalifornian, isDecided: true }) : null,
    },
  );
  if (matchedCount === 0) throw decided();
  await recordAudit(actor, `agent.${state}`, { kind: 'request', id: requestId }, { by });
}

/** The agent holds the mailbox. Saying so twice changes nothing. @throws Problem gone */
export async function confirmAgent(organization: Organization, token: string): Promise<void> {
  await inTransaction(async () => {
    const { _id, requestId } = await mandateByLink(organization, 'agent', token);
    const { modifiedCount } = await MandateModel.updateOne(
      { _id, organizationId: organization._id, agentConfirmedAt: null },
      { agentConfirmedAt: new Date() },
    );
    if (modifiedCount === 0) return;
    const target = { kind: 'request', id: requestId };
    await recordAudit(asVisitor(organization._id), 'agent.confirmed', target);
    await goOnIfBothAgree(organization, await mandateByLink(organization, 'agent', token));
  });
}

/** A request that waits for the person begins once the person has agreed and the agent is who they say. */
async function goOnIfBothAgree(organization: Organization, mandate: Mandate): Promise<void> {
  const { state, decidedBy, agentConfirmedAt, request, requestId } = mandate;
  const isPermitted = state === 'permitted' && decidedBy === 'person';
  if (!isPermitted || agentConfirmedAt === null || !request.isUnverified) return;
  await permitByPerson(organization, requestId);
}

async function tellAgent(organization: Organization, mandate: Mandate): Promise<void> {
  // Agents of a directory ask for the status by themselves.
  if (mandate.directoryId !== null) return;
  await tellOfAgent(organization, mandate.requestId, 'agent-decided', {
    to: { name: mandate.agent.name, email: mandate.agent.email },
    link: mandateUrl(organization, 'agent', mandate._id),
  });
}

/** The person says yes or no to the agent. @throws Problem gone, not-allowed-now */
export async function answerPermission(
  organization: Organization,
  token: string,
  { answer, delivery }: Permission,
): Promise<void> {
  await inTransaction(async () => {
    const mandate = await mandateByLink(organization, 'person', token);
    const isTheirs = agentRules[mandate.basis].confirmedBy === 'person';
    const isAsked = mandate.request.isUnverified && mandate.state === 'waiting' && isTheirs;
    if (!isAsked) throw decided();
    if (answer === 'no') {
      await decide(asVisitor(organization._id), mandate, 'refused', 'person');
      await endForAgent(organization, mandate.requestId);
    } else {
      await decide(asVisitor(organization._id), mandate, 'permitted', 'person', {
        coversDelivery: delivery && mandate.asksForDelivery,
      });
      const permitted = await mandateByLink(organization, 'person', token);
      await goOnIfBothAgree(organization, permitted);
    }
    await tellAgent(organization, mandate);
  });
}

/** The person takes the permission back, or the agent gives up: the request ends. @throws Problem gone, not-allowed-now */
export async function revokeMandate(
  organization: Organization,
  holder: LinkHolder,
  token: string,
): Promise<void> {
  await inTransaction(async () => {
    const mandate = await mandateByLink(organization, holder, token);
    await decide(asVisitor(organization._id), mandate, 'revoked', 'person');
    await endForAgent(organization, mandate.requestId);
    if (holder === 'person') await tellAgent(organization, mandate);
  });
}

/**
 * Staff decide about what gives the agent authority. The person's own word cannot be replaced in
 * this way. @throws Problem not-found, not-allowed-now
 */
export async function decideAuthority(
  staff: StaffMember,
  requestId: Types.ObjectId,
  { verdict }: Verdict,
): Promise<void> {
  const { organizationId, organization } = staff;
  await inTransaction(async () => {
    const mandate = await mandateOfRequest(organizationId, requestId);
    if (!canDecide(mandate, organization)) throw decided();
    if (verdict === 'accepted') {
      await decide(staff, mandate, 'permitted', 'staff', {
        coversDelivery: agentRules[mandate.basis].standsIn,
      });
      await permitByStaff(staff, requestId);
    } else {
      await decide(staff, mandate, 'refused', 'staff');
      await rejectAgent(staff, requestId);
    }
    await tellAgent(organization, mandate);
  });
}

/** Whether staff may decide now: the agent holds the mailbox, and the authority has not run out. */
export function canDecide(
  { basis, state, agentConfirmedAt, authorityEndsOn, request }: Mandate,
  { timeZone }: Organization,
): boolean {
  const today = localDay(new Date(), timeZone);
  return (
    agentRules[basis].confirmedBy === 'staff' &&
    state === 'waiting' &&
    request.isUnverified &&
    agentConfirmedAt !== null &&
    (authorityEndsOn === null || authorityEndsOn >= today)
  );
}

/** The evidence of a mandate. */
export const evidenceOf = ({ organizationId, _id }: Mandate) => filesAbout(organizationId, _id);

/** A document that gives an agent authority, for staff; the look is recorded. @throws Problem not-found */
export async function openEvidence(
  staff: StaffMember,
  requestId: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<OpenedFile> {
  const { organizationId } = staff;
  return inTransaction(async () => {
    const { _id } = await mandateOfRequest(organizationId, requestId);
    const file = await openFile(organizationId, _id, fileId);
    await recordAudit(staff, 'agent.evidence-read', { kind: 'request', id: requestId });
    return file;
  });
}

/** Erases evidence whose time is over, and lets mandates lapse that nobody answered. Returns how many. */
export async function sweepMandates(): Promise<number> {
  return sweepDue(MandateModel, async ({ _id, organizationId, requestId, state }) => {
    const erased = await eraseFilesAbout(organizationId, _id);
    await MandateModel.updateOne(
      { _id, organizationId },
      { nextActionAt: null, ...(state === 'waiting' && { state: 'lapsed' }) },
    );
    const target = { kind: 'request', id: requestId };
    await recordAudit(system(organizationId), 'agent.evidence-erased', target, { files: erased });
  });
}
