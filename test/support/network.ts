import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { NetworkAgentRow } from '../../server/features/agent-network/model.ts';
import { addAgent, businessIdOf } from '../../server/features/agent-network/directory.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { aMember } from './requests.ts';
import { Client, type Reply } from './client.ts';

/** An agent of the network with its private key, listed by an organisation. */
export interface Agent {
  row: NetworkAgentRow;
  privateKey: KeyObject;
  businessId: string;
}

let count = 0;

export async function anAgent(organization: Organization): Promise<Agent> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  count += 1;
  const row = await addAgent(await aMember(organization, 'administrator'), {
    agentId: `AGENT_${count.toString()}`,
    name: 'Fairhold Agents',
    verifyKey: Buffer.from(x, 'base64url').toString('base64'),
    webUrl: 'https://agents.example.org',
    contact: 'tech@agents.test',
  });
  return { row, privateKey, businessId: await businessIdOf(organization) };
}

/** The combined mode of libsodium: signature, then message, in base64. */
export function signed(
  { privateKey }: Pick<Agent, 'privateKey'>,
  message: object | string,
): string {
  const bytes = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return Buffer.concat([sign(null, bytes, privateKey), bytes]).toString('base64');
}

const after = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

export const envelope = ({ row, businessId }: Agent, given: object = {}) => ({
  'agent-id': row.agentId,
  'business-id': businessId,
  'issued-at': after(-1),
  'expires-at': after(600),
  'drp.version': '1.0',
  ...given,
});

/** What an agent says of a person. */
export const asking = (agent: Agent, given: object = {}) => ({
  ...envelope(agent),
  'agent-request-id': 'ours-1',
  exercise: 'deletion',
  regime: 'ccpa',
  relationships: ['customer'],
  name: 'Dora Vertreten',
  email: 'dora@person.test',
  email_verified: true,
  ...given,
});

const client = new Client();

/** An exchange with the protocol's doors of an organisation. */
export async function overNetwork(
  { slug }: Organization,
  method: string,
  path: string,
  { body, token }: { body?: string; token?: string } = {},
): Promise<Reply> {
  const headers = {
    'content-type': 'text/plain',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const full = `/drp/${slug}/v1${path}`;
  return method === 'GET'
    ? client.get(full, headers)
    : client.send(method, full, body ?? '', headers);
}

/** The token that an agent gets for its signed message. */
export async function tokenFor(organization: Organization, agent: Agent): Promise<string> {
  const body = signed(agent, envelope(agent));
  const reply = await overNetwork(organization, 'POST', `/agent/${agent.row.agentId}`, { body });
  return (reply.json() as { token: string }).token;
}
