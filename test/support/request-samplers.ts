import type { Sampler } from './sample.ts';
import { aRequest, aMember, aRequestByMail } from './requests.ts';
import { randomUUID } from 'node:crypto';
import { addDays } from '../../server/deadlines/days.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { aStaffMember, clientOf } from './staff.ts';
import { currentLetter, saveLetter } from '../../server/features/letters/service.ts';
import type { RightId } from '../../config/rights.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { aStagedFile } from './files.ts';
import { aLinkedChoice } from './consent.ts';
import { aSite } from './organizations.ts';
import { aPackageItem } from './packages.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import { aWaitingDocument } from './proofs.ts';
import { membersOf } from '../../server/features/staff/service.ts';
import { IdentityDocumentModel } from '../../server/features/identity/proof-model.ts';
import { anAgreement } from './agreements.ts';
import { forwardRequest } from '../../server/features/requests/forwarding.ts';
import { Types } from 'mongoose';
import { anAgentRequest, AUTHORITY, agentLinkIn } from './agents.ts';
import { expect } from 'chai';
import {
  confirmAgent,
  mandateOfRequest,
  evidenceOf,
} from '../../server/features/agents/mandates.ts';
import { entry, type Entry, enterRequest } from '../../server/features/requests/service.ts';
import { typedEntry } from './entries.ts';
import { SavedViewModel } from '../../server/features/requests/desk-model.ts';

export const text = 'Some words for the record.';

/** A verified request of its own for every door, for a move may be made once only. */
export const request =
  (body: Record<string, string> | null, versioned = true): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    const id = row._id.toHexString();
    const version = versioned ? { version: row.version.toString() } : { formKey: randomUUID() };
    return { params: { id }, ...(body && { body: { ...version, ...body } }) };
  };

/** A request whose rule has a newer version, which gives an earlier day. */
export const underOldRule: Sampler = async (organization) => {
  const { row } = await aRequest(organization, { country: 'GB' });
  const { _id, organizationId, version } = row;
  const older = {
    'deadlines.rules': ['uk-gdpr-answer@1'],
    'deadlines.effectiveDue': addDays(row.deadlines.effectiveDue, 10),
  };
  await RequestModel.updateOne({ _id, organizationId }, { $set: older });
  return { params: { id: _id.toHexString() }, body: { version: String(version) } };
};

export const draftedLetter: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return { params: { id: row._id.toHexString(), form: 'refuse' }, body: { step: 'draft' } };
};

/** A letter that was edited once. */
export const letter =
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
export const listed =
  (right: RightId, fields: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization, { right });
    const named = Object.entries(fields).map(([name, value]) => [`fields[${name}]`, value]);
    return {
      params: { id: row._id.toHexString() },
      body: { formKey: randomUUID(), ...(Object.fromEntries(named) as Record<string, string>) },
    };
  };

export const listedItem: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  const fields = { category: 'Invoices', reason: 'other-exemption' };
  const officer = await aMember(organization);
  await addAnswerItem(officer, row._id, { kind: 'kept', formKey: randomUUID(), fields });
  const view = await openRequest(officer, row._id);
  return { params: { id: row._id.toHexString(), item: view.items[0]!.id }, body: {} };
};

export const restricted: Sampler = async (organization) => {
  const { row } = await aRequest(organization, { right: 'restriction' });
  const officer = await aMember(organization);
  const { version } = await completeRequest(officer, row._id, { version: row.version, text }, []);
  const body = { version: version.toString(), liftsOn: '2999-01-01', text };
  return { params: { id: row._id.toHexString() }, body };
};

export const requestFile: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  const officer = await aStaffMember(organization);
  const answer = { version: row.version, text };
  await completeRequest(officer, row._id, answer, await aStagedFile(organization));
  const view = await openRequest(officer, row._id);
  return { params: { id: row._id.toHexString(), file: String(view.files[0]?.id) } };
};

/** A request of somebody whose choices in a banner are on record. */
export const consentOnRecord: Sampler = async (organization) => {
  const { row, email } = await aRequest(organization);
  await aLinkedChoice(organization, await aSite(organization), email);
  return { params: { id: row._id.toHexString() } };
};

/** A request whose package holds one document, and a form about it. */
export const packaged =
  (body?: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    const item = await aPackageItem(organization, row._id);
    return {
      params: { id: row._id.toHexString() },
      ...(body && { body: { item: item.toHexString(), ...body } }),
    };
  };

export const packageFile: Sampler = async (organization) => ({
  ...(await packaged()(organization)),
  body: { kind: 'document' },
  file: 'A letter.',
});

export const proofOfPerson =
  (body: Record<string, string>, given: Partial<NewRequest> = {}): Sampler =>
  async (organization) => {
    const { row } = await aRequestByMail(organization, given);
    return { params: { id: row._id.toHexString() }, body };
  };

/** Opened before by the administrator who knocks. */
export const document =
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

export const heldForAnother: Sampler = async (organization) => {
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

export const forwarded: Sampler = async (organization) => {
  const { params, body } = await heldForAnother(organization);
  const officer = await aStaffMember(organization);
  await forwardRequest(officer, new Types.ObjectId(params?.id), {
    version: Number(body?.version),
    agreementId: new Types.ObjectId(String(body?.agreementId)),
  });
  return { ...(params && { params }), body: {} };
};

export const agentReview =
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

export const letterRequest: Sampler = async (organization) => {
  const officer = await aStaffMember(organization);
  const typed = entry.validate(typedEntry()).value as Entry;
  const { id } = await enterRequest(officer, typed);
  return { params: { id: id.toHexString() } };
};

export const newEntry: Sampler = () => Promise.resolve({ body: typedEntry() });

export const extension = { reason: 'complexity', text };

export const refusal = { ground: 'excessive', text };

export const requestForm =
  (body: Record<string, string>): Sampler =>
  async (organization) => {
    const { row } = await aRequest(organization);
    return { params: { id: row._id.toHexString() }, body };
  };

export const chosen: Sampler = async (organization) => {
  const { row } = await aRequest(organization);
  return { body: { rows: `${row._id.toHexString()}~${row.version}`, act: 'tag', tag: 'urgent' } };
};

export const savedView: Sampler = async (organization) => {
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
