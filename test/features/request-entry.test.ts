import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Types } from 'mongoose';
import { AuditModel } from '../../server/features/audit/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addDays, localDay } from '../../server/deadlines/days.ts';
import { RequestModel, type RequestRow } from '../../server/features/requests/model.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { SubjectModel } from '../../server/features/subjects/model.ts';
import { useApp } from '../support/app.ts';
import type { Client, Reply } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { typedEntry } from '../support/entries.ts';
import { aServingOrganization } from '../support/forwarding.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember, aRequest, codeSentTo, mailsTo } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

const ZONE = 'Pacific/Auckland';

describe('A request entered by staff', () => {
  useApp();
  let organization: Organization;
  let client: Client;
  let page: string;
  before(async () => {
    organization = await anOrganization({ timeZone: ZONE });
    client = await clientOf(organization, 'agent');
    page = `/o/${organization.slug}/requests/new`;
  });

  const today = () => localDay(new Date(), ZONE);
  const send = (given: Record<string, string> = {}) =>
    client.submit(
      `${page}?right=access&country=DE`,
      typedEntry({ receivedOn: today(), relation: 'own', ...given }),
      // As the form itself says where it is sent.
      `${page}?right=access&country=DE&state=&dataClass=ordinary&relation=own`,
    );
  const rowAfter = async ({ url }: Reply): Promise<RequestRow> => {
    const _id = new Types.ObjectId(url.split('/').at(-1));
    return RequestModel.findOne({ organizationId: organization._id, _id }).orFail().lean();
  };
  const stateOf = async (_id: Types.ObjectId) =>
    (await RequestModel.findOne({ organizationId: organization._id, _id }).orFail().lean()).state;
  const actionsOn = async (id: Types.ObjectId) =>
    AuditModel.find({ organizationId: organization._id, targetId: id.toHexString() })
      .comment(OF_A_TEST)
      .lean();

  it('begins with what is asked, and says what is missing', async () => {
    const queue = await client.get(`/o/${organization.slug}/requests`);
    expect(queue.text).to.include(`href="${page}"`).and.include('Enter a request');
    expect((await client.get(page)).text).not.to.include('Choose what the person asks for.');
    const { text } = await client.get(`${page}?right=&country=US&state=&dataClass=nonsense`);
    expect(text).to.include('Choose what the person asks for.');
    expect(text).to.include('Choose the state they live in.');
  });

  it('keeps a letter of somebody without e-mail, unverified, with its clock from the true day', async () => {
    const receivedOn = addDays(today(), -12);
    const reply = await send({ receivedOn, lateReason: 'found-late' });
    expect(reply.text).to.include('Confirm it by post or telephone');
    expect(reply.text).to.include('answer by post or telephone').and.include('Am Hang 3');
    expect(reply.text).not.to.include('mailto:');
    expect(reply.text).to.include('desk-next-text">Establish identity');
    const waiting = await client.get(`/o/${organization.slug}/requests?group=unverified`);
    expect(waiting.text).to.include('Establish identity').and.not.include('confirm the address');
    const row = await rowAfter(reply);
    expect(row).to.include({ channel: 'post', state: 'unverified', acknowledgedAt: null });
    expect(row.deadlines.receivedOn).to.equal(receivedOn);
    expect(localDay(row.receivedAt, ZONE)).to.equal(receivedOn);
    expect(row.enteredBy).not.to.equal(null);
    const late = (await actionsOn(row._id)).find(({ action }) => action === 'request.back-dated');
    expect(late?.facts).to.deep.equal({ days: 12, lateReason: 'found-late' });
    expect(JSON.stringify(await actionsOn(row._id))).not.to.match(/Ada|Hang/u);
  });

  it('asks what the right asks, and takes as open what nobody said', async () => {
    const chosen = `${page}?right=objection&country=DE`;
    const { text } = await client.get(chosen);
    expect(text).to.include('Which use shall we stop?').and.include('Please choose');
    const typed = { right: 'objection', receivedOn: today() };
    const silent = await rowAfter(await client.submit(chosen, typedEntry(typed), chosen));
    expect(silent.state).to.equal('unverified');
    const refused = await client.submit(
      chosen,
      typedEntry({ ...typed, 'answers[purpose]': 'nonsense', 'answers[situation]': 'I moved.' }),
      chosen,
    );
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('href="#answers.purpose"').and.include('I moved.');
    const email = 'no-more@person.test';
    const marketing = { ...typed, email, 'answers[purpose]': 'direct-marketing' };
    const done = await rowAfter(await client.submit(chosen, typedEntry(marketing), chosen));
    expect(done.state).to.equal('completed');
  });

  it('says whose data are meant, where the organisation holds those of others', async () => {
    const own = await aServingOrganization();
    const officer = await clientOf(own, 'privacy-officer');
    const home = `/o/${own.slug}/requests/new`;
    const { text } = await officer.get(`${home}?right=access&country=US&state=CA&dataClass=phi`);
    expect(text).to.include('href="#relation"').and.include('What is your request about?');
    const chosen = `${home}?right=access&country=US&state=CA&dataClass=phi&relation=patient`;
    expect((await officer.get(chosen)).text).to.include('Name of the clinic');
    const wish = { country: 'US', state: 'CA', dataClass: 'phi', relation: 'patient' };
    const reply = await officer.submit(chosen, typedEntry(wish), chosen);
    const _id = new Types.ObjectId(reply.url.split('/').at(-1));
    const row = await RequestModel.findOne({ organizationId: own._id, _id }).orFail().lean();
    expect(row.role).to.equal('businessAssociate');
  });

  it('never comes from the future, by the calendar of the organisation', async () => {
    const reply = await send({ receivedOn: addDays(today(), 1) });
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('It cannot be in the future');
    expect(
      (await send({ receivedOn: addDays(today(), -731), lateReason: 'other' })).status,
    ).to.equal(422);
    expect((await send({ receivedOn: '2026-02-30' })).status).to.equal(422);
    expect((await rowAfter(await send())).receivedAt.getTime()).to.be.at.most(Date.now());
  });

  it('needs a reason when it came on an earlier day, and a way to reach the person', async () => {
    const reply = await send({ receivedOn: addDays(today(), -1), post: '' });
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('Say why it is entered on a later day.');
    expect(reply.text).to.include('a telephone number or a postal address.');
    expect(reply.text).to.include('A copy of my file, please.');
  });

  it('sends the reference and a code to an address, which opens the portal', async () => {
    const email = 'phoned@person.test';
    const row = await rowAfter(await send({ channel: 'phone', email }));
    expect(row.state).to.equal('unverified');
    expect(row.acknowledgedAt).not.to.equal(null);
    const [mail] = await mailsTo(email);
    expect(mail?.text).to.include(row.reference);
    expect(await codeSentTo(email)).to.match(/^\d{4} \d{4}$/u);
  });

  it('notes that staff checked who it is, by level and method, and begins at once', async () => {
    const refused = await send({ level: '3', method: '' });
    expect(refused.text).to.include('Say how you checked.');
    const email = 'known@person.test';
    const checked = { level: '3', method: 'document-seen', email, channel: 'in-person' };
    const row = await rowAfter(await send(checked));
    // One who may not decide is not enough for level 3.
    expect(row).to.include({ state: 'new', provenLevel: 2 });
    const trail = await actionsOn(row._id);
    const check = trail.find(({ action }) => action === 'request.identity-checked');
    expect(check?.facts).to.deep.equal({ level: 3, method: 'document-seen' });
    expect((await mailsTo(email)).map(({ template }) => template)).to.deep.equal(['request-news']);
  });

  it('begins once staff know somebody whom no code reaches', async () => {
    const row = await rowAfter(await send());
    const request = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    expect((await client.get(request)).text).to.include('Nobody has checked yet');
    const evidence = { formKey: randomUUID(), kind: 'in-person', note: 'Came with a passport.' };
    const page = `${request}/identity`;
    await client.submit(page, evidence, `${page}/evidence`);
    expect(await stateOf(row._id)).to.equal('new');
    const actions = (await actionsOn(row._id)).map(({ action }) => action);
    expect(actions).to.include('request.vouched').and.include('identity.evidence-added');
  });

  it('has letters to print for whom no mail reaches, and for nobody else', async () => {
    const [posted, mailed] = [
      await rowAfter(await send()),
      await rowAfter(await send({ email: 'by-mail@person.test' })),
    ];
    const letterOf = (row: RequestRow) =>
      client.get(`/o/${organization.slug}/requests/${row._id.toHexString()}/letter`);
    const { text } = await letterOf(posted);
    expect(text)
      .to.include('Am Hang 3')
      .and.include(posted.reference)
      .and.include('print the page');
    expect(text).to.include('You will get a letter').and.not.include('/privacy/');
    expect((await letterOf(mailed)).status).to.equal(404);
  });

  it('goes to the privacy officer when it is about health records', async () => {
    const own = await anOrganization();
    const [officer, agent] = [await aMember(own), await aMember(own, 'agent')];
    for (const dataClass of ['phi', 'ordinary'] as const) await aRequest(own, { dataClass });
    expect(await mailsTo(officer.account.email)).to.have.lengthOf(2);
    expect(await mailsTo(agent.account.email)).to.have.lengthOf(1);
  });

  it('keeps people without e-mail apart, though staff checked both', async () => {
    const checked = { level: '2', method: 'known-in-person' };
    const [one, two] = [await rowAfter(await send(checked)), await rowAfter(await send(checked))];
    expect(one.subjectId.equals(two.subjectId)).to.equal(false);
    const subjects = await SubjectModel.find({
      organizationId: organization._id,
      _id: { $in: [one.subjectId, two.subjectId] },
    }).lean();
    expect(subjects.map(({ provenIndex }) => provenIndex)).to.deep.equal([undefined, undefined]);
    const view = await openRequest(await aMember(organization), one._id);
    expect(view).to.include({ email: '', post: 'Am Hang 3, 12345 Musterstadt' });
  });

  it('warns when the person has the same request open, and enters it when told so', async () => {
    const { row, email } = await aRequest(organization);
    const warned = await send({ email });
    expect(warned.status).to.equal(409);
    expect(warned.text).to.include('Is this the same request?').and.include(row.reference);
    const other = await send({ email, despite: 'yes' });
    expect(other.status).to.equal(200);
    expect((await send({ email, right: 'deletion' })).status).to.equal(200);
  });

  it('counts once when the form is sent twice', async () => {
    const typed = typedEntry({ receivedOn: addDays(today(), -2), lateReason: 'other' });
    const path = `${page}?right=access&country=DE`;
    const [one, two] = [await client.submit(path, typed), await client.submit(path, typed)];
    expect(one.url).to.equal(two.url);
    const late = (await actionsOn((await rowAfter(one))._id)).filter(
      ({ action }) => action === 'request.back-dated',
    );
    expect(late).to.have.lengthOf(1);
  });

  it('is closed to those who only read', async () => {
    const auditor = await clientOf(organization, 'auditor');
    expect((await auditor.get(page)).status).to.equal(403);
    expect((await auditor.get(`/o/${organization.slug}/requests`)).text).not.to.include(page);
  });
});
