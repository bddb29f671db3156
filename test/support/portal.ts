import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { Client } from './client.ts';
import { codeSentTo } from './requests.ts';

/** A browser that has entered a request with a fresh code. */
export async function inPortal(organization: Organization, reference: string, email: string) {
  const client = new Client();
  const page = `/privacy/${organization.slug}/requests/${reference}`;
  await client.submit(page, {}, `${page}/code`);
  await answerCodeAsks();
  const reply = await client.submit(page, { code: await codeSentTo(email) }, `${page}/enter`);
  expect(reply.status).to.equal(200);
  return { client, page, reply };
}
