import { Types } from 'mongoose';
import { agentFigures, agentRules } from '../../../config/agents.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { addDays, localDay } from '../../deadlines/days.ts';
import { Problem, refuseFields } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { fingerprint } from '../../security/tokens.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { attachFiles, stageFiles } from '../files/service.ts';
import {
  addressPrint,
  isBulk,
  readDocument,
  takeAllowance,
  takeStrangersTurn,
  type DocumentContent,
} from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import {
  fileInTransaction,
  previewRequest,
  requestForAgent,
  tellOfAgent,
} from '../requests/service.ts';
import { sealAgent } from './contents.ts';
import { evidenceEndsAt } from './evidence.ts';
import { mandateUrl } from './links.ts';
import { MandateModel } from './model.ts';
import type { AgentRequest } from './schema.ts';

/** How an agent's request came in. */
export interface AgentFiling {
  actor: OrganizationActor;
  language: string;
  /** A permission or proof of authority, as it was uploaded. */
  document: Buffer | null;
  /** Set for an agent of the directory, whose signature stands for the mailbox. */
  directoryId: string | null;
  /** What stands for the network of a stranger, whose requests are limited. */
  network?: string;
}

export interface FiledByAgent {
  mandateId: Types.ObjectId;
  requestId: Types.ObjectId;
  reference: string;
}

function refuseMisfits(
  { basis, email, agentEmail, authorityEndsOn }: AgentRequest,
  { hasDocument, needsProof, today }: { hasDocument: boolean; needsProof: boolean; today: string },
): void {
  const { needsEvidence, needsPersonAddress } = agentRules[basis];
  const isSame = email.trim().toLowerCase() === agentEmail.trim().toLowerCase();
  const misfits = [
    needsPersonAddress && email === '' ? ['email'] : [],
    // An opt-out needs no confirmation, but the written permission itself (11 CCR 7026(j)).
    (needsEvidence || !needsProof) && !hasDocument ? ['document'] : [],
    isSame ? ['agentEmail'] : [],
    authorityEndsOn !== null && authorityEndsOn < today ? ['authorityEndsOn'] : [],
  ].flat();
  refuseFields(misfits);
}

/** Another agent with the same key learns nothing of this one's request. */
const keyOfAgent = ({ formKey, agentEmail }: AgentRequest) =>
  fingerprint('agent-form', JSON.stringify([formKey, agentEmail]));

/**
 * Anybody can send this form, and each one writes to two addresses. Unlike a person, an agent has no
 * way to ask for the mail later: where none may go out now, nothing is taken in.
 * @throws Problem too-many-requests
 */
async function refuseCrowds(organizationId: Types.ObjectId): Promise<void> {
  if (await takeStrangersTurn(organizationId)) return;
  throw new Problem('too-many-requests', 'Wait a little, then try again.', {
    retryAfterSeconds: 3_600,
  });
}

/** Staff read what an agent sent as the file of a document. */
const nameOf = ({ type }: DocumentContent) =>
  type === 'application/pdf' ? 'authority.pdf' : 'authority.jpg';

/**
 * Where the person is reached. Who stands in the person's place is reached in it; any other agent
 * never: the portal shows the answer to whoever holds its address, so without one of the person the
 * answer goes by post.
 */
const contactOf = ({ basis, email, agentEmail }: AgentRequest) =>
  agentRules[basis].standsIn ? agentEmail : email;

/**
 * Takes in what an agent asks in a person's name, and writes to both. Nothing goes on before the
 * person has said yes, or staff have looked at the authority; an opt-out begins at once, because the
 * written permission is all that it needs. The clock runs from receipt.
 * @throws Problem invalid for a missing address or document, too-many-requests, and what
 * `fileRequest` refuses
 */
export async function fileByAgent(
  organization: Organization,
  given: AgentRequest,
  { actor, language, document, directoryId, network }: AgentFiling,
): Promise<FiledByAgent> {
  const organizationId = organization._id;
  const { agentName, company, agentEmail, basis, asksForDelivery, authorityEndsOn, ...input } =
    given;
  const now = new Date();
  const today = localDay(now, organization.timeZone);
  const { needsProof } = previewRequest(organization, input, now);
  // The signature of an agent of a directory stands for the written permission.
  const hasDocument = document !== null || directoryId !== null;
  refuseMisfits(given, { hasDocument, needsProof, today });
  const isOfBulk = network !== undefined && (await isBulk(organizationId, network));
  if (network !== undefined) await refuseCrowds(organizationId);
  const read = document && (await readDocument(document));
  const staged = read
    ? await stageFiles(organizationId, [
        { name: nameOf(read), type: read.type, content: read.content },
      ])
    : [];
  const rule = agentRules[basis];
  const asksPerson = rule.confirmedBy === 'person' && needsProof;
  const contact = contactOf(given);
  const endsOn = addDays(today, agentFigures.answerDays);
  const work = async (): Promise<FiledByAgent> => {
    const mandateId = new Types.ObjectId();
    const { id, reference, replayed } = await fileInTransaction(
      organization,
      { ...input, email: contact, formKey: keyOfAgent(given) },
      {
        actor,
        channel: 'agent',
        language,
        receivedAt: now,
        proof: null,
        agentId: mandateId,
        permissionBy: rule.confirmedBy,
        tags: isOfBulk ? ['bulk'] : [],
      },
    );
    if (replayed) {
      const known = await MandateModel.findOne({ organizationId, requestId: id }).orFail().lean();
      return { mandateId: known._id, requestId: id, reference };
    }
    const { keyId, isCalifornian } = await requestForAgent(organizationId, id);
    const agent = { name: agentName, company, email: agentEmail };
    await MandateModel.create({
      _id: mandateId,
      organizationId,
      requestId: id,
      keyId,
      sealed: sealAgent(await loadDataKey(keyId), mandateId, agent),
      basis,
      isOptOut: !needsProof,
      directoryId,
      agentConfirmedAt: directoryId === null ? null : now,
      asksForDelivery,
      authorityEndsOn,
      state: needsProof ? 'waiting' : 'permitted',
      nextActionAt: evidenceEndsAt(now, { isCalifornian, isDecided: !needsProof }),
    });
    await attachFiles(organizationId, staged, { kind: 'agent-mandate', id: mandateId });
    const target = { kind: 'request', id };
    await recordAudit(actor, 'agent.asked', target, { basis, evidence: staged.length > 0 });
    // Agents of a directory ask for the status by themselves.
    if (directoryId === null && (await takeAllowance(addressPrint(agentEmail)))) {
      await tellOfAgent(organization, id, asksPerson ? 'agent-told' : 'agent-review', {
        to: { name: '', email: agentEmail },
        link: mandateUrl(organization, 'agent', mandateId),
      });
    }
    if (contact !== '' && contact !== agentEmail && (await takeAllowance(addressPrint(contact)))) {
      await tellOfAgent(organization, id, asksPerson ? 'agent-permission' : 'agent-acts', {
        link: mandateUrl(organization, 'person', mandateId),
        ...(asksPerson && { endsOn }),
      });
    }
    return { mandateId, requestId: id, reference };
  };
  return againstDuplicates(() => inTransaction(work));
}
