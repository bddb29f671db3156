import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Types } from 'mongoose';
import { inTransaction } from '../../server/database/transaction.ts';
import { addDays } from '../../server/deadlines/days.ts';
import { system } from '../../server/features/audit/service.ts';
import { SuppressionModel } from '../../server/features/suppressions/model.ts';
import { suppressAddress } from '../../server/features/suppressions/service.ts';
import { highestLevel } from '../../config/identity.ts';
import { rightIds, type RightId } from '../../config/rights.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import type { Door } from '../../server/http/doors.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { identityRules } from '../../server/features/identity/service.ts';
import { IdentityDocumentModel } from '../../server/features/identity/proof-model.ts';
import { membersOf } from '../../server/features/staff/service.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import { SavedViewModel } from '../../server/features/requests/desk-model.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { forwardRequest } from '../../server/features/requests/forwarding.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { entry, enterRequest, type Entry } from '../../server/features/requests/service.ts';
import { inventoryOf } from '../../server/features/inventory/service.ts';
import { currentPolicy } from '../../server/features/policies/service.ts';
import { currentConfiguration, recordsOf } from '../../server/features/consent/service.ts';
import {
  confirmAgent,
  evidenceOf,
  mandateOfRequest,
} from '../../server/features/agents/mandates.ts';
import { InboundAddressModel } from '../../server/features/inbox/model.ts';
import { currentLetter, saveLetter } from '../../server/features/letters/service.ts';
import { MailModel } from '../../server/mail/model.ts';
import { InvitationModel } from '../../server/features/staff/model.ts';
import { aHost } from './assertions.ts';
import { OF_A_TEST } from './commands.ts';
import { aStagedFile } from './files.ts';
import { anApiKey } from './machines.ts';
import { aChoice, sendChoice } from './consent.ts';
import { anAgreement } from './agreements.ts';
import { anItem } from './inventory.ts';
import { agentLinkIn, anAgentRequest, AUTHORITY } from './agents.ts';
import { typedEntry } from './entries.ts';
import { aDraft, anInboundAddress } from './inbox.ts';
import { aMail } from './mails.ts';
import { anAgent } from './network.ts';
import { aSite } from './organizations.ts';
import { aPackageItem } from './packages.ts';
import { allowDocuments, aWaitingDocument } from './proofs.ts';
import { aMember, aRequest, aRequestByMail } from './requests.ts';
import { anAccount, aStaffMember, clientOf } from './staff.ts';

export interface Sample {
  /** Values of the address, beside the organisation. */
  params?: Record<string, string>;
  /** The values name the same thing in every organisation. */
  isEverywhere?: true;
  /** What is sent: a form's fields, or a JSON body. */
  body?: Record<string, string | string[]>;
  /** The content of a file that goes with a form. */
  file?: string;
}
export type Sampler = (organization: Organization) => Promise<Sample>;

const text = 'Some words for the record.';

/** A verified request of its own for every door, for a move may be made once only. */
const request =
  (body: Record<string, string> | null, versioned = true): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    const id = row._id.toHexString();
    const version = versioned ? { version: row.version.toString() } : { formKey: randomUUID() };
    return { params: { id }, ...(body && { body: { ...version, ...body } }) };
  };

/** A request whose rule has a newer version, which gives an earlier day. */
const underOldRule: Sampler = async (organization) => {
  const { row } = await aRequest(organization, { country: 'GB' });
  const { _id, organizationId, version } = row;
  const older = {
    'deadlines.rules': ['uk-gdpr-answer@1'],
    'deadlines.effectiveDue': addDays(row.deadlines.effectiveDue, 10),
  };
  await RequestModel.updateOne({ _id, organizationId }, { $set: older });
  return { params: { id: _id.toHexString() }, body: { version: String(version) } };
};

const draftedLetter: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return { params: { id: row._id.toHexString(), form: 'refuse' }, body: { step: 'draft' } };
};

/** A letter that was edited once. */
const letter =
  (more: Record<string, string> = {}, body?: Record<string, string>): Sampler =>
  async (organization) => {
    const name = { code: 'message', language: 'en' } as const;
    const officer = await aStaffMember(organization);
    const { version } = await currentLetter(organization._id, name);
    const words = { subject: 'News', body: `Version ${(version + 1).toString()}.` };
    await saveLetter(officer, name, { version, ...words });
    const seen = (version + 1).toString();
    return {
      params: { ...name, ...more },
      isEverywhere: true,
      ...(body && { body: { version: seen, ...body } }),
    };
  };

/** A line for an answer to a right. */
const listed =
  (right: RightId, fields: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization, { right });
    const named = Object.entries(fields).map(([name, value]) => [`fields[${name}]`, value]);
    return {
      params: { id: row._id.toHexString() },
      body: { formKey: randomUUID(), ...(Object.fromEntries(named) as Record<string, string>) },
    };
  };

const listedItem: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  const fields = { category: 'Invoices', reason: 'other-exemption' };
  const officer = await aMember(organization);
  await addAnswerItem(officer, row._id, { kind: 'kept', formKey: randomUUID(), fields });
  const view = await openRequest(officer, row._id);
  return { params: { id: row._id.toHexString(), item: view.items[0]!.id }, body: {} };
};

const restricted: Sampler = async (organization) => {
  const { row } = await aRequest(organization, { right: 'restriction' });
  const officer = await aMember(organization);
  const { version } = await completeRequest(officer, row._id, { version: row.version, text }, []);
  const body = { version: version.toString(), liftsOn: '2999-01-01', text };
  return { params: { id: row._id.toHexString() }, body };
};

const requestFile: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  const officer = await aStaffMember(organization);
  const answer = { version: row.version, text };
  await completeRequest(officer, row._id, answer, await aStagedFile(organization));
  const view = await openRequest(officer, row._id);
  return { params: { id: row._id.toHexString(), file: String(view.files[0]?.id) } };
};

/** A request whose package holds one document, and a form about it. */
const packaged =
  (body?: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    const item = await aPackageItem(organization, row._id);
    return {
      params: { id: row._id.toHexString() },
      ...(body && { body: { item: item.toHexString(), ...body } }),
    };
  };

const packageFile: Sampler = async (organization) => ({
  ...(await packaged()(organization)),
  body: { kind: 'document' },
  file: 'A letter.',
});

const proofOfPerson =
  (body: Record<string, string>, given: Partial<NewRequest> = {}): Sampler =>
  async (organization) => {
    const { row } = await aRequestByMail(organization, given);
    return { params: { id: row._id.toHexString() }, body };
  };

const rulesForm = {
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
const rules: Sampler = async ({ _id }) => {
  const { version } = await identityRules(_id);
  return { body: { ...rulesForm, version: version.toString() } };
};

/** Opened before by the administrator who knocks. */
const document =
  (body: Record<string, string>): Sampler =>
  async (organization) => {
    const { row, documentId } = await aWaitingDocument(organization);
    const members = await membersOf(organization._id);
    const [reviewer] = members
      .filter(({ role }) => role === 'administrator')
      .map(({ accountId }) => accountId.toHexString())
      .sort();
    await IdentityDocumentModel.updateOne(
      { _id: documentId, organizationId: organization._id },
      { reviewerId: reviewer },
    );
    return { params: { id: row._id.toHexString(), document: documentId.toHexString() }, body };
  };

const member: Sampler = async (organization) => {
  const { accountId } = await anAccount([[organization, 'agent']]);
  return { params: { id: accountId.toHexString() }, body: { role: 'auditor' } };
};

const invitation: Sampler = async (organization) => {
  const client = await clientOf(organization, 'administrator');
  const page = `/o/${organization.slug}/staff`;
  const email = `${randomUUID()}@mail.test`;
  await client.submit(page, { email, role: 'agent' }, `${page}/invitations`);
  const row = await InvitationModel.findOne({ organizationId: organization._id }).sort({ _id: -1 });
  return { params: { id: row!._id.toHexString() }, body: {} };
};

const mail =
  (state?: 'refused' | 'sent'): Sampler =>
  async (organization) => {
    const { id } = await aMail({ organizationId: organization._id });
    if (state) await MailModel.updateOne({ _id: id }, { state, nextActionAt: null });
    return { params: { id: id.toHexString() }, body: {} };
  };

const suppression: Sampler = async (organization) => {
  const address = `${randomUUID()}@mail.test`;
  const given = { address, topic: 'marketing', cause: 'staff' } as const;
  await inTransaction(() => suppressAddress(system(organization._id), organization, given));
  const row = await SuppressionModel.findOne({ organizationId: organization._id })
    .sort({ _id: -1 })
    .comment(OF_A_TEST)
    .orFail();
  return { params: { id: row._id.toHexString() }, body: {} };
};

const site =
  (body?: Record<string, string>): Sampler =>
  async (organization) => {
    const { _id } = await aSite(organization);
    return { params: { site: _id.toHexString() }, ...(body && { body }) };
  };

const record: Sampler = async (organization) => {
  const row = await aSite(organization);
  expect((await sendChoice(row, await aChoice(row))).status).to.equal(201);
  const { records } = await recordsOf(row, {}, { from: null, until: null }, { limit: 1 });
  return { params: { site: row._id.toHexString(), record: records[0]!._id.toHexString() } };
};

const banner: Sampler = async (organization) => {
  const row = await aSite(organization);
  const { version } = await currentConfiguration(row);
  const words = (language: string) =>
    Object.fromEntries(
      ['title', 'body', 'optOutTitle', 'optOutBody'].map((name) => [
        `texts[${language}][${name}]`,
        'Your choice about cookies',
      ]),
    );
  return {
    params: { site: row._id.toHexString(), version: version.toString() },
    body: {
      version: version.toString(),
      regimeMode: 'by-region',
      position: 'bar',
      theme: 'auto',
      'cookies[analytics]': '_a',
      ...words('en'),
      ...words('de'),
    },
  };
};

const apiKey: Sampler = async (organization) => {
  const { id } = await anApiKey(organization);
  return { params: { key: id }, body: {} };
};

const networkAgent = {
  name: 'Fairhold Agents',
  verifyKey: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  webUrl: 'https://agents.example.org',
  contact: 'tech@agents.test',
};

const listedAgent: Sampler = async (organization) => {
  const { row } = await anAgent(organization);
  return { params: { agent: row._id.toHexString() }, body: networkAgent };
};

const anIssuer = (name: string) => ({
  name: 'Shop',
  issuer: `https://${name}.example.org`,
  origins: 'https://shop.example.org',
  algorithms: 'ES256',
  jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"x","y":"y"}]}',
});

const issuer: Sampler = async (organization) => {
  const row = (await aHost(organization, { issuer: randomUUID() })).issuer;
  return { params: { issuer: row._id.toHexString() }, body: anIssuer(randomUUID()) };
};

const settings: Sampler = ({ name }) =>
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

const inventoryItem =
  (kind: 'categories' | 'purposes' | 'recipients', body?: Record<string, string>): Sampler =>
  async (organization) => {
    const item = await anItem(organization, kind);
    const { version, purposes } = await inventoryOf(organization._id);
    const purposeIds = String(purposes.at(-1)?.id);
    const given = { version: version.toString(), ...(kind === 'categories' && { purposeIds }) };
    return { params: { item }, ...(body && { body: { ...given, ...body } }) };
  };

const removal =
  (kind: 'categories' | 'purposes' | 'recipients'): Sampler =>
  async (organization) => {
    const item = await anItem(organization, kind);
    const { version } = await inventoryOf(organization._id);
    return { params: { item }, body: { version: version.toString() } };
  };

const agreement: Sampler = async (organization) => ({
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

const policy: Sampler = async (organization) => {
  const version = (await currentPolicy(organization._id))?.version ?? 0;
  const words =
    'We do not sell your data. By using our website you agree to this policy, and to all of it.';
  return { body: { version: version.toString(), text: words } };
};

const heldForAnother: Sampler = async (organization) => {
  const agreementId = await anAgreement(organization, { role: 'processor' });
  const { row } = await aRequest(organization);
  await RequestModel.updateOne(
    { _id: row._id, organizationId: organization._id },
    { role: 'processor' },
  );
  return {
    params: { id: row._id.toHexString() },
    body: { version: row.version.toString(), agreementId: agreementId.toHexString() },
  };
};

const forwarded: Sampler = async (organization) => {
  const { params, body } = await heldForAnother(organization);
  const officer = await aStaffMember(organization);
  await forwardRequest(officer, new Types.ObjectId(params?.id), {
    version: Number(body?.version),
    agreementId: new Types.ObjectId(String(body?.agreementId)),
  });
  return { ...(params && { params }), body: {} };
};

const newCategory = {
  'name[en]': 'Invoices',
  dataClass: 'ordinary',
  role: 'controller',
  sources: 'person',
  'retention[anchor]': 'document-date',
};
const draft =
  (body?: Record<string, string>, params: Record<string, string> = {}): Sampler =>
  async (organization) => {
    const { _id } = await aDraft(organization);
    const own = body?.formKey === undefined ? body : { ...body, formKey: randomUUID() };
    return { params: { id: _id.toHexString(), ...params }, ...(own && { body: own }) };
  };

const draftOfRequest: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return draft({ reference: row.reference })(organization);
};

const newInboundAddress: Sampler = () =>
  Promise.resolve({ body: { address: `${randomUUID()}@mail.test` } });

const inboundAddress: Sampler = async (organization) => {
  const address = await anInboundAddress(organization);
  const organizationId = organization._id;
  const row = await InboundAddressModel.findOne({ organizationId, address }).orFail().lean();
  return { params: { id: row._id.toHexString() }, body: {} };
};

const agentReview =
  (body?: Record<string, string>): Sampler =>
  async (organization) => {
    const given = { basis: 'power-of-attorney' } as const;
    const { row, agentEmail } = await anAgentRequest(organization, given, AUTHORITY);
    const [, , slug, , token] = (await agentLinkIn(agentEmail, 'agent')).split('/');
    expect(slug).to.equal(organization.slug);
    await confirmAgent(organization, token ?? '');
    const mandate = await mandateOfRequest(organization._id, row._id);
    const [file] = await evidenceOf(mandate);
    return {
      params: { id: row._id.toHexString(), file: String(file?.id) },
      ...(body && { body }),
    };
  };

const letterRequest: Sampler = async (organization) => {
  const officer = await aStaffMember(organization);
  const typed = entry.validate(typedEntry()).value as Entry;
  const { id } = await enterRequest(officer, typed);
  return { params: { id: id.toHexString() } };
};

const newEntry: Sampler = () => Promise.resolve({ body: typedEntry() });

const newSite = { name: 'Shop', origins: 'https://shop.example.org' };
const nothing: Sampler = () => Promise.resolve({ body: {} });
const extension = { reason: 'complexity', text };
const refusal = { ground: 'excessive', text };

const requestForm =
  (body: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    return { params: { id: row._id.toHexString() }, body };
  };

const chosen: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return { body: { rows: `${row._id.toHexString()}~${row.version}`, act: 'tag', tag: 'urgent' } };
};

const savedView: Sampler = async (organization) => {
  const client = await clientOf(organization, 'administrator');
  const page = `/o/${organization.slug}/requests`;
  const view = { name: randomUUID(), group: 'open', due: 'soon', shared: 'yes' };
  await client.submit(page, view, `${page}/views`);
  const row = await SavedViewModel.findOne({
    organizationId: organization._id,
    isShared: true,
    name: view.name,
  });
  return { params: { view: row!._id.toHexString() }, body: {} };
};

const base = '/o/:organization';
const api = '/api/v1/organizations/:organization';

/** How to knock at every door of an organisation. A new door needs a row here. */
export const samples: Record<string, Sampler> = {
  [`get ${base}`]: nothing,
  [`get ${base}/audit`]: nothing,
  [`get ${base}/deadlines`]: nothing,
  [`get ${base}/staff`]: nothing,
  [`post ${base}/staff/invitations`]: () =>
    Promise.resolve({ body: { email: `${randomUUID()}@mail.test`, role: 'agent' } }),
  [`post ${base}/staff/invitations/:id/resend`]: invitation,
  [`post ${base}/staff/invitations/:id/revoke`]: invitation,
  [`get ${base}/staff/:id`]: member,
  [`post ${base}/staff/:id/role`]: member,
  [`post ${base}/staff/:id/remove`]: async (of) => ({ ...(await member(of)), body: {} }),
  [`get ${base}/settings`]: nothing,
  [`post ${base}/settings`]: settings,
  [`get ${base}/settings/sites`]: nothing,
  [`post ${base}/settings/sites`]: () => Promise.resolve({ body: newSite }),
  [`get ${base}/settings/sites/:site`]: site(),
  [`post ${base}/settings/sites/:site`]: site(newSite),
  [`get ${base}/settings/sign-in`]: nothing,
  [`get ${base}/settings/sign-in/new`]: nothing,
  [`post ${base}/settings/sign-in`]: () => Promise.resolve({ body: anIssuer(randomUUID()) }),
  [`get ${base}/settings/sign-in/:issuer`]: issuer,
  [`post ${base}/settings/sign-in/:issuer`]: issuer,
  [`post ${base}/settings/sign-in/:issuer/remove`]: async (of) => ({
    ...(await issuer(of)),
    body: {},
  }),
  [`get ${base}/settings/agent-network`]: nothing,
  [`post ${base}/settings/agent-network`]: () =>
    Promise.resolve({ body: { ...networkAgent, agentId: 'SOME_AGENT' } }),
  [`post ${base}/settings/agent-network/business`]: () =>
    Promise.resolve({ body: { businessId: 'MEADOW' } }),
  [`get ${base}/settings/agent-network/:agent`]: listedAgent,
  [`post ${base}/settings/agent-network/:agent`]: listedAgent,
  [`post ${base}/settings/agent-network/:agent/remove`]: async (of) => ({
    ...(await listedAgent(of)),
    body: {},
  }),
  [`get ${base}/settings/api-keys`]: nothing,
  [`post ${base}/settings/api-keys`]: () =>
    Promise.resolve({ body: { name: 'Shop', scopes: 'requests:read' } }),
  [`get ${base}/settings/api-keys/:key`]: apiKey,
  [`post ${base}/settings/api-keys/:key/revoke`]: apiKey,
  [`get ${api}/consent/sites`]: nothing,
  [`get ${api}/consent/sites/:site/records`]: site(),
  [`get ${api}/consent/sites/:site/records/:record`]: record,
  [`get ${base}/letters`]: nothing,
  [`get ${base}/letters/:code/:language`]: letter(),
  [`post ${base}/letters/:code/:language`]: letter({}, { subject: 'Hi', body: 'Hello.' }),
  [`post ${base}/letters/:code/:language/preview`]: letter({}, { subject: 'Hi', body: '{{no' }),
  [`post ${base}/letters/:code/:language/standard`]: letter({}, {}),
  [`get ${base}/letters/:code/:language/versions/:version`]: letter({ version: '1' }),
  [`post ${base}/letters/:code/:language/versions/:version/restore`]: letter({ version: '1' }, {}),
  [`get ${base}/consent`]: nothing,
  [`get ${base}/consent/sites/:site`]: site(),
  [`get ${base}/consent/sites/:site/records.csv`]: site(),
  [`get ${base}/consent/sites/:site/records/:record`]: record,
  [`get ${base}/consent/sites/:site/banner`]: site(),
  [`post ${base}/consent/sites/:site/banner`]: banner,
  [`get ${base}/consent/sites/:site/banner/versions/:version`]: banner,
  [`get ${api}/requests`]: nothing,
  [`post ${api}/requests`]: () =>
    Promise.resolve({
      body: { right: 'access', country: 'DE', name: 'Ada', email: `${randomUUID()}@person.test` },
    }),
  [`get ${api}/deadlines`]: nothing,
  [`post ${base}/requests/bulk`]: chosen,
  [`post ${base}/requests/:id/tags`]: requestForm({ tags: 'urgent', seen: '' }),
  [`post ${base}/requests/:id/draft`]: requestForm({ form: 'message', text }),
  [`post ${base}/requests/:id/pulse`]: requestForm({}),
  [`post ${base}/requests/pulse`]: nothing,
  [`post ${base}/requests/search`]: () => Promise.resolve({ body: { q: 'Ada', group: 'open' } }),
  [`post ${base}/requests/views`]: () =>
    Promise.resolve({ body: { name: randomUUID(), group: 'open', due: 'soon' } }),
  [`post ${base}/requests/views/:view/removal`]: savedView,
  [`get ${api}/requests/:id`]: request(null),
  [`post ${api}/requests/:id/assignment`]: request({}),
  [`post ${api}/requests/:id/messages`]: request({ text }, false),
  [`post ${api}/requests/:id/clarification`]: request(null),
  [`post ${api}/requests/:id/notes`]: request({ note: text }, false),
  [`post ${api}/requests/:id/extension`]: request(extension),
  [`post ${api}/requests/:id/refusal`]: request(refusal),
  [`post ${api}/requests/:id/completion`]: request({ text }),
  [`post ${base}/requests/:id/items/kept`]: listed('access', {
    category: 'Invoices',
    reason: 'other-exemption',
  }),
  [`post ${base}/requests/:id/items/change`]: listed('correction', { field: 'Name', after: 'May' }),
  [`post ${base}/requests/:id/items/disclosure`]: listed('disclosure-accounting', {
    'disclosed-on': '2026-03-04',
    recipient: 'A registry',
    what: 'A finding',
    purpose: 'The law',
  }),
  [`post ${base}/requests/:id/items/:item/remove`]: listedItem,
  [`post ${base}/requests/:id/lifting`]: restricted,
  [`get ${base}/requests`]: nothing,
  [`get ${base}/requests/new`]: nothing,
  [`post ${base}/requests/new`]: newEntry,
  [`get ${base}/requests/:id/letter`]: letterRequest,
  [`get ${base}/requests/:id`]: request(null),
  [`get ${base}/requests/:id/files/:file`]: requestFile,
  [`get ${base}/requests/:id/package`]: packaged(),
  [`post ${base}/requests/:id/package`]: packageFile,
  [`post ${base}/requests/:id/package/removal`]: packaged({}),
  [`post ${base}/requests/:id/package/review`]: packaged({ verdict: 'clear' }),
  [`post ${base}/requests/:id/assignment`]: request({}),
  [`post ${base}/requests/:id/messages`]: request({ text }, false),
  [`post ${base}/requests/:id/clarification`]: request({}, false),
  [`post ${base}/requests/:id/notes`]: request({ note: text }, false),
  [`post ${base}/requests/:id/forwarding`]: heldForAnother,
  [`post ${base}/requests/:id/forwarding/renew`]: forwarded,
  [`post ${base}/requests/:id/letters/:form`]: draftedLetter,
  [`post ${base}/requests/:id/extension`]: request(extension),
  [`post ${base}/requests/:id/newer-rules`]: underOldRule,
  [`post ${base}/requests/:id/refusal`]: request(refusal),
  [`post ${base}/requests/:id/completion`]: request({ text }),
  [`get ${base}/inventory`]: nothing,
  [`get ${base}/inventory/purposes`]: nothing,
  [`get ${base}/inventory/recipients`]: nothing,
  [`get ${base}/inventory/agreements`]: nothing,
  [`get ${base}/inventory/agreements/:agreement`]: agreement,
  [`post ${base}/inventory/agreements/:agreement`]: agreement,
  [`get ${base}/inventory/policy`]: nothing,
  [`post ${base}/inventory/policy`]: policy,
  [`get ${base}/inventory/categories/:item`]: inventoryItem('categories'),
  [`get ${base}/inventory/purposes/:item`]: inventoryItem('purposes'),
  [`get ${base}/inventory/recipients/:item`]: inventoryItem('recipients'),
  [`post ${base}/inventory/categories/:item`]: inventoryItem('categories', newCategory),
  [`post ${base}/inventory/purposes/:item`]: inventoryItem('purposes', {
    'name[en]': 'Billing',
    basis: 'contract',
  }),
  [`post ${base}/inventory/recipients/:item`]: inventoryItem('recipients', { 'name[en]': 'Host' }),
  [`post ${base}/inventory/categories/:item/remove`]: removal('categories'),
  [`post ${base}/inventory/purposes/:item/remove`]: removal('purposes'),
  [`post ${base}/inventory/recipients/:item/remove`]: removal('recipients'),
  [`get ${base}/inbox`]: nothing,
  [`get ${base}/inbox/addresses`]: nothing,
  [`post ${base}/inbox/addresses`]: newInboundAddress,
  [`post ${base}/inbox/addresses/:id/removal`]: inboundAddress,
  [`get ${base}/inbox/:id`]: draft(),
  [`get ${base}/inbox/:id/files/:file`]: draft(undefined, { file: 'message' }),
  [`get ${base}/inbox/:id/request`]: draft(),
  [`post ${base}/inbox/:id/request`]: draft(typedEntry()),
  [`post ${base}/inbox/:id/dismissal`]: draft({ reason: 'spam' }),
  [`post ${base}/inbox/:id/attachment`]: draftOfRequest,
  [`post ${api}/suppressions/check`]: () =>
    Promise.resolve({ body: { address: 'ada@mail.test', topic: 'newsletter' } }),
  [`post ${api}/suppressions/links`]: () => Promise.resolve({ body: { address: 'ada@mail.test' } }),
  [`post ${api}/suppressions`]: () => Promise.resolve({ body: { address: 'ada@mail.test' } }),
  [`get ${base}/suppressions`]: nothing,
  [`post ${base}/suppressions/look-up`]: () =>
    Promise.resolve({ body: { address: 'ada@mail.test', reason: 'audit' } }),
  [`post ${base}/suppressions`]: () => Promise.resolve({ body: { address: 'ada@mail.test' } }),
  [`post ${base}/suppressions/:id/remove`]: suppression,
  [`get ${base}/settings/identity`]: nothing,
  [`post ${base}/settings/identity`]: rules,
  [`post ${base}/settings/identity/endpoint`]: () =>
    Promise.resolve({
      body: {
        url: 'https://match.example.org/habeas',
        sends: 'hashes',
        points: ['customer-number', 'postcode', 'birth-day'],
      },
    }),
  [`post ${base}/settings/identity/endpoint/removal`]: nothing,
  [`get ${base}/requests/:id/identity`]: proofOfPerson({}),
  [`post ${base}/requests/:id/identity/evidence`]: (organization) =>
    proofOfPerson({ formKey: randomUUID(), kind: 'known-person', note: text })(organization),
  [`post ${base}/requests/:id/identity/circumstances`]: proofOfPerson({ contactChanged: 'yes' }),
  [`post ${base}/requests/:id/identity/document-ask`]: async (organization) => {
    await allowDocuments(organization);
    return proofOfPerson({ reason: 'There is no other record to compare.' })(organization);
  },
  [`post ${base}/requests/:id/identity/check`]: async (organization) => {
    const { row } = await aRequest(organization, { right: 'deletion', dataClass: 'phi' });
    return { params: { id: row._id.toHexString() }, body: {} };
  },
  [`post ${base}/requests/:id/identity/documents/:document/view`]: document({ reason: 'decide' }),
  [`post ${base}/requests/:id/identity/documents/:document/decision`]: document({
    verdict: 'accepted',
    kind: 'passport',
    country: 'DE',
  }),
  [`get ${base}/requests/:id/agent`]: agentReview(),
  [`get ${base}/requests/:id/agent/files/:file`]: agentReview(),
  [`post ${base}/requests/:id/agent/decision`]: agentReview({ verdict: 'accepted' }),
  [`get ${base}/mail`]: nothing,
  [`get ${base}/mail/:id`]: mail(),
  [`post ${base}/mail/:id/retry`]: mail('refused'),
  [`post ${base}/mail/:id/bounced`]: mail('sent'),
  [`post ${base}/mail-test`]: nothing,
};

/** The address of a door with a sample's values in it. */
export function pathOf({ path }: Pick<Door, 'path'>, slug: string, sample: Sample): string {
  const values: Record<string, string> = { ...sample.params, organization: slug };
  return path.replaceAll(/:(\w+)/gu, (_, name: string) => values[name] ?? '');
}
