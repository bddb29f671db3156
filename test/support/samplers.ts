import { rightIds } from '../../config/rights.ts';
import { highestLevel } from '../../config/identity.ts';
import type { Sampler } from './sample.ts';
import { identityRules } from '../../server/features/identity/service.ts';
import { anAccount, clientOf } from './staff.ts';
import { randomUUID } from 'node:crypto';
import { InvitationModel } from '../../server/features/staff/model.ts';
import { aMail } from './mails.ts';
import { MailModel } from '../../server/mail/model.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { suppressAddress } from '../../server/features/suppressions/service.ts';
import { system } from '../../server/features/audit/service.ts';
import { SuppressionModel } from '../../server/features/suppressions/model.ts';
import { OF_A_TEST } from './commands.ts';
import { aSite } from './organizations.ts';
import { expect } from 'chai';
import { sendChoice, aChoice } from './consent.ts';
import { recordsOf } from '../../server/features/consent/service.ts';
import { anApiKey } from './machines.ts';
import { anAgent } from './network.ts';
import { aHost } from './assertions.ts';
import { anItem } from './inventory.ts';
import { inventoryOf } from '../../server/features/inventory/service.ts';
import { anAgreement } from './agreements.ts';
import { currentPolicy } from '../../server/features/policies/service.ts';
import { aDraft, anInboundAddress } from './inbox.ts';
import { aRequest } from './requests.ts';
import { InboundAddressModel } from '../../server/features/inbox/model.ts';

export const rulesForm = {
  ...Object.fromEntries(
    rightIds
      .filter((right) => highestLevel(right) > 0)
      .flatMap((right) =>
        ['ordinary', 'sensitive'].map((kind) => [`levels[${right}][${kind}]`, '2']),
      ),
  ),
  version: '0',
  declaration: 'yes',
  'documents[access]': 'Patients have no other record with us to compare.',
};

export const rules: Sampler = async ({ _id }) => {
  const { version } = await identityRules(_id);
  return { body: { ...rulesForm, version: version.toString() } };
};

export const member: Sampler = async (organization) => {
  const { accountId } = await anAccount([[organization, 'agent']]);
  return { params: { id: accountId.toHexString() }, body: { role: 'auditor' } };
};

export const invitation: Sampler = async (organization) => {
  const client = await clientOf(organization, 'administrator');
  const page = `/o/${organization.slug}/staff`;
  const email = `${randomUUID()}@mail.test`;
  await client.submit(page, { email, role: 'agent' }, `${page}/invitations`);
  const row = await InvitationModel.findOne({ organizationId: organization._id }).sort({ _id: -1 });
  return { params: { id: row!._id.toHexString() }, body: {} };
};

export const mail =
  (state?: 'refused' | 'sent'): Sampler =>
  async (organization) => {
    const { id } = await aMail({ organizationId: organization._id });
    if (state) await MailModel.updateOne({ _id: id }, { state, nextActionAt: null });
    return { params: { id: id.toHexString() }, body: {} };
  };

export const suppression: Sampler = async (organization) => {
  const address = `${randomUUID()}@mail.test`;
  const given = { address, topic: 'marketing', cause: 'staff' } as const;
  await inTransaction(() => suppressAddress(system(organization._id), organization, given));
  const row = await SuppressionModel.findOne({ organizationId: organization._id })
    .sort({ _id: -1 })
    .comment(OF_A_TEST)
    .orFail();
  return { params: { id: row._id.toHexString() }, body: {} };
};

export const site =
  (body?: Record<string, string>): Sampler =>
  async (organization) => {
    const { _id } = await aSite(organization);
    return { params: { site: _id.toHexString() }, ...(body && { body }) };
  };

export const record: Sampler = async (organization) => {
  const row = await aSite(organization);
  expect((await sendChoice(row, await aChoice(row))).status).to.equal(201);
  const { records } = await recordsOf(row, {}, { from: null, until: null }, { limit: 1 });
  return { params: { site: row._id.toHexString(), record: records[0]!._id.toHexString() } };
};

/** What the visitor of a site agreed to, who is named by this part of the query. */
export const standing =
  (name: string): Sampler =>
  async (organization) => {
    const row = await aSite(organization);
    const choice = await aChoice(row);
    expect((await sendChoice(row, choice)).status).to.equal(201);
    return { params: { site: row._id.toHexString() }, query: `?${name}=${choice.visitorId}` };
  };

export const apiKey: Sampler = async (organization) => {
  const { id } = await anApiKey(organization);
  return { params: { key: id }, body: {} };
};

export const networkAgent = {
  name: 'Fairhold Agents',
  verifyKey: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  webUrl: 'https://agents.example.org',
  contact: 'tech@agents.test',
};

export const listedAgent: Sampler = async (organization) => {
  const { row } = await anAgent(organization);
  return { params: { agent: row._id.toHexString() }, body: networkAgent };
};

export const anIssuer = (name: string) => ({
  name: 'Shop',
  issuer: `https://${name}.example.org`,
  origins: 'https://shop.example.org',
  algorithms: 'ES256',
  jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"x","y":"y"}]}',
});

export const issuer: Sampler = async (organization) => {
  const row = (await aHost(organization, { issuer: randomUUID() })).issuer;
  return { params: { issuer: row._id.toHexString() }, body: anIssuer(randomUUID()) };
};

export const settings: Sampler = ({ name }) =>
  Promise.resolve({
    body: {
      name,
      timeZone: 'Europe/Berlin',
      languages: 'en',
      regimes: 'gdpr',
      rights: 'access',
      'contacts[privacyOffice][email]': 'office@example.org',
    },
  });

export const inventoryItem =
  (kind: 'categories' | 'purposes' | 'recipients', body?: Record<string, string>): Sampler =>
  async (organization) => {
    const item = await anItem(organization, kind);
    const { version, purposes } = await inventoryOf(organization._id);
    const purposeIds = String(purposes.at(-1)?.id);
    const given = { version: version.toString(), ...(kind === 'categories' && { purposeIds }) };
    return { params: { item }, ...(body && { body: { ...given, ...body } }) };
  };

export const removal =
  (kind: 'categories' | 'purposes' | 'recipients'): Sampler =>
  async (organization) => {
    const item = await anItem(organization, kind);
    const { version } = await inventoryOf(organization._id);
    return { params: { item }, body: { version: version.toString() } };
  };

export const agreement: Sampler = async (organization) => ({
  params: { agreement: (await anAgreement(organization)).toHexString() },
  body: {
    version: '1',
    name: 'Clinic Riverside',
    email: 'records@clinic.test',
    role: 'processor',
    startsOn: '2024-01-01',
    ending: 'return',
  },
});

export const policy: Sampler = async (organization) => {
  const version = (await currentPolicy(organization._id))?.version ?? 0;
  const words =
    'We do not sell your data. By using our website you agree to this policy, and to all of it.';
  return { body: { version: version.toString(), text: words } };
};

export const newCategory = {
  'name[en]': 'Invoices',
  dataClass: 'ordinary',
  role: 'controller',
  sources: 'person',
  'retention[anchor]': 'document-date',
};

export const draft =
  (body?: Record<string, string>, params: Record<string, string> = {}): Sampler =>
  async (organization) => {
    const { _id } = await aDraft(organization);
    const own = body?.formKey === undefined ? body : { ...body, formKey: randomUUID() };
    return { params: { id: _id.toHexString(), ...params }, ...(own && { body: own }) };
  };

export const draftOfRequest: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return draft({ reference: row.reference })(organization);
};

export const newInboundAddress: Sampler = () =>
  Promise.resolve({ body: { address: `${randomUUID()}@mail.test` } });

export const inboundAddress: Sampler = async (organization) => {
  const address = await anInboundAddress(organization);
  const organizationId = organization._id;
  const row = await InboundAddressModel.findOne({ organizationId, address }).orFail().lean();
  return { params: { id: row._id.toHexString() }, body: {} };
};

export const newSite = { name: 'Shop', origins: 'https://shop.example.org' };

export const nothing: Sampler = () => Promise.resolve({ body: {} });
