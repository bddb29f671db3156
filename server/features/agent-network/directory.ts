import { Types } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { bytesOf, loadDataKey } from '../../security/data-keys.ts';
import { sealJson, unsealJson } from '../../security/encryption.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { BusinessModel, NetworkAgentModel, type NetworkAgentRow } from './model.ts';
import { checkEnvelope, MessageRefused, openSignedMessage } from './messages.ts';
import type { AgentSettings, NewAgent } from './schema.ts';

const placeOf = (row: Types.ObjectId) => ({ collection: 'networkAgents', row, field: 'contact' });
const printOf = (token: string) => fingerprint('network-token', token);

/** An agent as its own actor. */
export const asActor = ({ _id, organizationId }: NetworkAgentRow) =>
  ({ kind: 'machine', id: _id.toHexString(), organizationId }) satisfies Actor;

/** How the network names an organisation: what an administrator entered, else its short name. */
export async function businessIdOf({ _id, slug }: Organization): Promise<string> {
  const row = await BusinessModel.findOne({ organizationId: _id }).lean();
  return row?.businessId ?? slug.toUpperCase().replaceAll('-', '_');
}

export async function setBusinessId(staff: StaffMember, businessId: string): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    await BusinessModel.updateOne({ organizationId }, { businessId }, { upsert: true });
    const target = { kind: 'organization', id: organizationId };
    await recordAudit(staff, 'agent-network.joined', target);
  });
}

async function sealContact({ keyId }: Organization, id: Types.ObjectId, contact: string) {
  return sealJson(await loadDataKey(keyId), placeOf(id), contact);
}

/** @throws Problem invalid for an agent that is listed already. */
export async function addAgent(
  staff: StaffMember,
  { contact, ...agent }: NewAgent,
): Promise<NetworkAgentRow> {
  const { organizationId, organization } = staff;
  try {
    return await inTransaction(async () => {
      const _id = new Types.ObjectId();
      const sealedContact = await sealContact(organization, _id, contact);
      const row = await NetworkAgentModel.create({ _id, organizationId, ...agent, sealedContact });
      await recordAudit(staff, 'network-agent.added', { kind: 'network-agent', id: _id });
      return row.toObject();
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw invalidField('agentId', 'agent.known', 'agentId is listed');
  }
}

/** Changes an agent. A new key ends the token that the old one got. @throws Problem not-found */
export async function changeAgent(
  staff: StaffMember,
  id: Types.ObjectId,
  { contact, ...agent }: AgentSettings,
): Promise<void> {
  const { organizationId, organization } = staff;
  await inTransaction(async () => {
    const known = await agentById(organizationId, id);
    await NetworkAgentModel.updateOne(
      { _id: id, organizationId },
      {
        $set: { ...agent, sealedContact: await sealContact(organization, id, contact) },
        ...(known.verifyKey !== agent.verifyKey && { $unset: { tokenPrint: 1 } }),
      },
    );
    await recordAudit(staff, 'network-agent.changed', { kind: 'network-agent', id });
  });
}

/** Trusts an agent no longer; what it has filed goes on. @throws Problem not-found */
export async function removeAgent(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const { deletedCount } = await NetworkAgentModel.deleteOne({ _id: id, organizationId });
    if (deletedCount === 0) throw new Problem('not-found', 'There is no such agent.');
    await recordAudit(staff, 'network-agent.removed', { kind: 'network-agent', id });
  });
}

export async function agentsOf(organizationId: Types.ObjectId): Promise<NetworkAgentRow[]> {
  const rows = await NetworkAgentModel.find({ organizationId }).lean();
  return rows.sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws Problem not-found */
export async function agentById(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<NetworkAgentRow> {
  const row = await NetworkAgentModel.findOne({ _id: id, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such agent.');
  return row;
}

export async function contactOf({ keyId }: Organization, row: NetworkAgentRow): Promise<string> {
  const key = await loadDataKey(keyId);
  return unsealJson(key, placeOf(row._id), bytesOf(row.sealedContact)) as string;
}

/** Whose token this is. @throws MessageRefused token */
export async function agentByToken(
  { _id: organizationId }: Organization,
  authorization: string | undefined,
): Promise<NetworkAgentRow> {
  const token = /^Bearer (?<token>\S+)$/iu.exec(authorization ?? '')?.groups?.token;
  const row =
    token === undefined
      ? null
      : await NetworkAgentModel.findOne({ organizationId, tokenPrint: printOf(token) }).lean();
  if (!row) throw new MessageRefused('token');
  return row;
}

/**
 * Gives an agent a token for a message that it signed. Each such message works once, and an earlier
 * one not at all: the newest token replaces the one before. @throws MessageRefused
 */
export async function issueToken(
  organization: Organization,
  agentId: string,
  text: string,
): Promise<string> {
  const organizationId = organization._id;
  const row = await NetworkAgentModel.findOne({ organizationId, agentId }).lean();
  if (!row) throw new MessageRefused('agent');
  const message = openSignedMessage(text, row.verifyKey);
  const businessId = await businessIdOf(organization);
  const { issuedAt } = checkEnvelope(message, { agentId, businessId });
  const token = newToken();
  await inTransaction(async () => {
    const { matchedCount } = await NetworkAgentModel.updateOne(
      {
        _id: row._id,
        organizationId,
        $or: [{ tokenAskedAt: null }, { tokenAskedAt: { $lt: issuedAt } }],
      },
      { tokenPrint: printOf(token), tokenAskedAt: issuedAt },
    );
    if (matchedCount === 0) throw new MessageRefused('expires-at');
    const target = { kind: 'network-agent', id: row._id };
    await recordAudit(asActor(row), 'network-agent.token-issued', target);
  });
  return token;
}
