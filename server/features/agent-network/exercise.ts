import { randomUUID } from 'node:crypto';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { fingerprint } from '../../security/tokens.ts';
import { centreUrl } from '../../centre.ts';
import { fileByAgent, type AgentRequest } from '../agents/service.ts';
import type { Organization } from '../organizations/service.ts';
import { requestProgress, revokeAsAgent } from '../requests/service.ts';
import { asActor, businessIdOf, contactOf } from './directory.ts';
import { bytesOfMessage, checkEnvelope, MessageRefused, openSignedMessage } from './messages.ts';
import { NetworkRequestModel, type NetworkAgentRow, type NetworkRequestRow } from './model.ts';
import { residenceOf } from './residence.ts';
import { exercise, rightOfAction, type Exercise } from './schema.ts';
import { standingOf, type ExerciseStatus } from './status.ts';

/** What an agent is told of a request of its own. */
export async function statusOf(
  organization: Organization,
  row: NetworkRequestRow,
): Promise<ExerciseStatus> {
  const progress = await requestProgress(organization._id, row.requestId);
  const centre = centreUrl(organization);
  const urls = { centre, results: `${centre}/requests/${progress.reference}` };
  return {
    request_id: row.networkId,
    ...(row.agentRequestId !== null && { agent_request_id: row.agentRequestId }),
    received_at: progress.receivedAt.toISOString(),
    expected_by: progress.dueOn,
    ...standingOf(progress, urls),
  };
}

function readExercise(message: Record<string, unknown>): Exercise {
  const checked = exercise.validate(message, { stripUnknown: true });
  if (checked.error) throw new MessageRefused('claims');
  const { exercise: action, regime } = checked.value;
  if (rightOfAction[action] === undefined) throw new MessageRefused('exercise');
  if (regime !== null && regime !== 'ccpa') throw new MessageRefused('regime');
  return checked.value;
}

/** What an agent signed for this organisation, now. @throws MessageRefused */
async function openMessage(
  organization: Organization,
  { agentId, verifyKey }: NetworkAgentRow,
  text: string,
): Promise<Record<string, unknown>> {
  const message = openSignedMessage(text, verifyKey);
  checkEnvelope(message, { agentId, businessId: await businessIdOf(organization) });
  return message;
}

/**
 * Takes a request that an agent of the network signed. Its person confirms it by mail, unless the
 * right needs no proof; the same message again is answered like the first time.
 * @throws MessageRefused; Problem invalid for a right that the organisation does not offer.
 */
export async function exerciseRight(
  organization: Organization,
  agent: NetworkAgentRow,
  text: string,
): Promise<ExerciseStatus> {
  const asked = readExercise(await openMessage(organization, agent, text));
  const organizationId = organization._id;
  // Over what was signed: the same bytes can be written in base64 in several ways.
  const messagePrint = fingerprint('network-message', bytesOfMessage(text).toString('base64'));
  const given = async (): Promise<AgentRequest> => ({
    formKey: `network-${messagePrint}`,
    right: rightOfAction[asked.exercise] ?? 'access',
    ...residenceOf(asked.address),
    dataClass: 'ordinary',
    name: asked.name === '' ? asked.email : asked.name,
    email: asked.email,
    details: asked.relationships.join(', '),
    answers: {},
    agentName: agent.name,
    company: '',
    agentEmail: await contactOf(organization, agent),
    basis: 'signed-permission',
    asksForDelivery: false,
    authorityEndsOn: null,
  });
  const take = async (): Promise<NetworkRequestRow> => {
    const same = { organizationId, agentRowId: agent._id, messagePrint };
    const known = await NetworkRequestModel.findOne(same).lean();
    if (known) return known;
    const { requestId } = await fileByAgent(organization, await given(), {
      actor: asActor(agent),
      language: organization.languages[0] ?? 'en',
      document: null,
      directoryId: agent.agentId,
    });
    const { agentRequestId, statusCallback } = asked;
    const row = await NetworkRequestModel.create({
      ...same,
      networkId: randomUUID(),
      requestId,
      agentRequestId,
      statusCallback,
      nextActionAt: statusCallback === null ? null : new Date(),
    });
    return row.toObject();
  };
  return statusOf(organization, await againstDuplicates(() => inTransaction(take)));
}

/** @throws MessageRefused foreign, also for what does not exist. */
async function ownRow(
  { _id: organizationId }: Organization,
  agent: NetworkAgentRow,
  networkId: string,
): Promise<NetworkRequestRow> {
  const row = await NetworkRequestModel.findOne({ organizationId, networkId }).lean();
  if (!row?.agentRowId.equals(agent._id)) throw new MessageRefused('foreign');
  return row;
}

/** @throws MessageRefused foreign */
export async function readStatus(
  organization: Organization,
  agent: NetworkAgentRow,
  networkId: string,
): Promise<ExerciseStatus> {
  return statusOf(organization, await ownRow(organization, agent, networkId));
}

/** Ends a request at the wish of its person, whom the agent heard. @throws MessageRefused */
export async function revokeExercise(
  organization: Organization,
  agent: NetworkAgentRow,
  networkId: string,
  text: string,
): Promise<ExerciseStatus> {
  await openMessage(organization, agent, text);
  const row = await ownRow(organization, agent, networkId);
  const isEnded = await revokeAsAgent(asActor(agent), organization, row.requestId);
  const status = await statusOf(organization, row);
  if (!isEnded && status.status !== 'revoked') throw new MessageRefused('final');
  return status;
}
