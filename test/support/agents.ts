import { randomUUID } from 'node:crypto';
import { fileByAgent, type AgentRequest } from '../../server/features/agents/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { mailsTo, requestByReference, typedRequest } from './requests.ts';

/** The smallest file that is a PDF by its first bytes. */
export const AUTHORITY = Buffer.from('%PDF-1.4\n% power of attorney\n%%EOF\n');

/** What an agent types, under addresses of their own. */
export function typedByAgent(given: Partial<AgentRequest> = {}): AgentRequest {
  const unique = randomUUID().slice(0, 8);
  return {
    ...typedRequest({ email: `person-${unique}@person.test` }),
    agentName: 'Dana Bote',
    company: 'Bote & Co',
    agentEmail: `agent-${unique}@agent.test`,
    basis: 'signed-permission',
    asksForDelivery: false,
    authorityEndsOn: null,
    ...given,
  };
}

/** A request that an agent sent. */
export async function anAgentRequest(
  organization: Organization,
  given: Partial<AgentRequest> = {},
  document: Buffer | null = null,
) {
  const typed = typedByAgent(given);
  const filed = await fileByAgent(organization, typed, {
    actor: { kind: 'visitor', id: null, organizationId: organization._id },
    language: 'en',
    document,
    directoryId: null,
  });
  const row = await requestByReference(organization, filed.reference);
  return { ...filed, row, email: typed.email, agentEmail: typed.agentEmail };
}

/** The path of the newest link to a page in the mails to an address. */
export async function agentLinkIn(email: string, page: 'agent' | 'permission'): Promise<string> {
  const pattern = new RegExp(`/privacy/[\\w-]+/${page}/[\\w-]+`, 'u');
  const found = (await mailsTo(email)).flatMap(({ text }) => pattern.exec(text)?.[0] ?? []);
  const path = found.at(-1);
  if (path === undefined) throw new Error(`No mail to ${email} leads to ${page}.`);
  return path;
}
