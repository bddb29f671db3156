import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { defaults } from '../../config/defaults.ts';
import { identityFigures } from '../../config/identity.ts';
import { fileByAgent, sweepMandates } from '../../server/features/agents/service.ts';
import { MandateModel } from '../../server/features/agents/model.ts';
import { FileModel } from '../../server/features/files/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { askForCode } from '../../server/features/requests/portal.ts';
import { agentLinkIn, anAgentRequest, AUTHORITY, typedByAgent } from '../support/agents.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { mailsTo, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

describe('An authorised agent', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  before(async () => {
    organization = await anOrganization();
    officer = await clientOf(organization, 'privacy-officer');
  });

  /** Whoever has a link, in a browser of their own. */
  const anybody = {
    get: (path: string) => new Client().get(path),
    submit: (page: string, fields: Record<string, string>, action = page) =>
      new Client().submit(page, fields, action),
  };
  const centre = () => `/privacy/${organization.slug}`;
  const stateOf = async (reference: string) =>
    (await requestByReference(organization, reference)).state;
  const mandateOf = (_id: unknown) =>
    MandateModel.findOne({ organizationId: organization._id, _id: _id as never })
      .orFail()
      .lean();
  const evidenceLeft = (id: unknown) =>
    FileModel.countDocuments({ organizationId: organization._id, 'about.id': id as never }).comment(
      OF_A_TEST,
    );
  const confirm = async (agentEmail: string) => {
    const link = await agentLinkIn(agentEmail, 'agent');
    return anybody.submit(link, {});
  };
  const answer = async (email: string, given: Record<string, string>) =>
    anybody.submit(await agentLinkIn(email, 'permission'), given);

  const form = async (given: Record<string, string>, document?: Buffer) => {
    const client = new Client();
    const right = given.right ?? 'access';
    const page = `/privacy/${organization.slug}/agent?right=${right}&country=DE`;
    const body = new FormData();
    const unique = randomUUID().slice(0, 8);
    const fields = {
      _csrf: await client.token(page),
      formKey: randomUUID(),
      right,
      country: 'DE',
      state: '',
      name: 'Paula Person',
      email: `paula-${unique}@person.test`,
      details: 'Everything, please.',
      agentName: 'Dana Bote',
      company: 'Bote & Co',
      agentEmail: `dana-${unique}@agent.test`,
      basis: 'signed-permission',
      ...given,
    };
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (document) body.set('document', new Blob([new Uint8Array(document)]), 'paper.pdf');
    return { ...(await client.upload(page, body)), fields };
  };

  it('sends a form, and both get a mail of their own that names nobody', async () => {
    const start = await anybody.get(`/privacy/${organization.slug}`);
    expect(start.text).to.include('I ask for somebody else');
    const { url, fields } = await form({});
    expect(url).to.equal(`/privacy/${organization.slug}/agent/sent`);
    for (const email of [fields.email, fields.agentEmail]) {
      const mails = await mailsTo(email);
      expect(mails).to.have.lengthOf(1);
      expect(`${String(mails[0]?.subject)} ${String(mails[0]?.text)}`).not.to.match(
        /Paula|Dana|Bote/u,
      );
    }
  });

  it('says what is missing, field by field', async () => {
    const { text: choice } = await anybody.get(`${centre()}/agent?right=&country=US`);
    expect(choice).to.include('Choose what you ask for.').and.include('Choose the state');
    const { status, text } = await form({ email: '', agentName: '' });
    expect(status).to.equal(422);
    expect(text).to.include('Enter your name.');
    const alone = await form({ email: '' });
    expect(alone.text).to.include('Enter the person&#x27;s e-mail address.');
    const both = await form({ email: 'same@person.test', agentEmail: 'Same@person.test' });
    expect(both.text).to.include('an e-mail address of your own');
    const bare = await form({ basis: 'power-of-attorney' });
    expect(bare.text).to.include('Upload a PDF, JPEG or PNG');
    const wrong = await form({ basis: 'parent' }, Buffer.from('MZ not a document'));
    expect(wrong.text).to.include('Upload a PDF, JPEG or PNG');
    const late = await form({ basis: 'parent', authorityEndsOn: '2020-01-01' }, AUTHORITY);
    expect(late.text).to.include('This day has passed.');
    expect(late.text).to.include('choose the file once more').and.include('href="#document"');
    expect(wrong.text).not.to.include('choose the file once more');
  });

  it('answers what the right asks, and may ask for health records', async () => {
    const bare = await form({ right: 'correction' });
    expect(bare.status).to.equal(422);
    expect(bare.text).to.include('href="#answers.field"').and.include('Paula Person');
    const twice = await form({ right: 'correction', agentName: '' });
    expect(twice.text).to.include('href="#answers.field"').and.include('Enter your name.');
    const asked = { 'answers[field]': 'Surname', 'answers[wanted]': 'Beispiel' };
    const { url } = await form({ right: 'correction', dataClass: 'phi', ...asked });
    expect(url).to.equal(`${centre()}/agent/sent`);
    const row = await RequestModel.findOne({ organizationId: organization._id })
      .sort({ _id: -1 })
      .comment(OF_A_TEST)
      .orFail()
      .lean();
    expect(row).to.include({ right: 'correction', dataClass: 'phi' });
  });

  it('stops without confirmation: no code, no release by staff, no sight of anything', async () => {
    const { row, reference, email, agentEmail } = await anAgentRequest(organization);
    expect(row).to.include({ state: 'unverified', channel: 'agent', needsPermission: true });
    await confirm(agentEmail);
    expect(await stateOf(reference)).to.equal('unverified');
    await askForCode(organization, reference);
    await answerCodeAsks();
    expect((await mailsTo(email)).map(({ template }) => template)).to.deep.equal(['request-news']);
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const desk = await officer.get(page);
    expect(desk.text).to.include('Nothing can be given out before that is permitted');
    expect(desk.text).to.include('Waiting until the agent is permitted to act');
    const decided = await officer.submit(
      `/o/${organization.slug}/requests/new?right=access&country=DE`,
      { verdict: 'accepted' },
      `${page}/agent/decision`,
    );
    expect(decided.status).to.equal(409);
    expect(await stateOf(reference)).to.equal('unverified');
  });

  it('goes on once both have confirmed, in whichever order', async () => {
    for (const isAgentFirst of [true, false]) {
      const { reference, email, agentEmail } = await anAgentRequest(organization);
      if (isAgentFirst) await confirm(agentEmail);
      const asked = await anybody.get(await agentLinkIn(email, 'permission'));
      expect(asked.text).to.include('Dana Bote, Bote &amp; Co').and.include('See my data');
      expect(asked.text).not.to.include('my orders');
      expect(await stateOf(reference)).to.equal('unverified');
      await answer(email, { answer: 'yes' });
      if (!isAgentFirst) {
        expect(await stateOf(reference)).to.equal('unverified');
        await confirm(agentEmail);
      }
      const row = await requestByReference(organization, reference);
      expect(row).to.include({ state: 'new', provenLevel: 1 });
      const status = await anybody.get(await agentLinkIn(agentEmail, 'agent'));
      expect(status.text).to.include('The request is being worked on.').and.include(reference);
      expect(status.text).not.to.match(/Ada Beispiel|my orders/u);
    }
  });

  it('ends when the person says no, and the agent is told', async () => {
    const { reference, email, agentEmail } = await anAgentRequest(organization);
    await confirm(agentEmail);
    const reply = await answer(email, { answer: 'no' });
    expect(reply.text).to.include('Nobody acts for you');
    expect(await stateOf(reference)).to.equal('disowned');
    expect(await mailsTo(agentEmail)).to.have.lengthOf(2);
    const status = await anybody.get(await agentLinkIn(agentEmail, 'agent'));
    expect(status.text).to.include('The request has ended.');
    const link = await agentLinkIn(email, 'permission');
    expect((await anybody.submit(centre(), { answer: 'yes' }, link)).status).to.equal(409);
  });

  it('changes nothing when a mail scanner opens the links, and knows no other links', async () => {
    const { mandateId, reference, email, agentEmail } = await anAgentRequest(organization);
    const links = [await agentLinkIn(email, 'permission'), await agentLinkIn(agentEmail, 'agent')];
    for (const link of links) expect((await anybody.get(link)).status).to.equal(200);
    expect(await mandateOf(mandateId)).to.include({ state: 'waiting', agentConfirmedAt: null });
    expect(await stateOf(reference)).to.equal('unverified');
    const [permission = '', agent = ''] = links;
    const swapped = permission.replace('/permission/', '/agent/');
    const wrong = `${agent.slice(0, -1)}${agent.endsWith('A') ? 'B' : 'A'}`;
    for (const link of [swapped, wrong]) expect((await anybody.get(link)).status).to.equal(410);
    const elsewhere = permission.replace(organization.slug, (await anOrganization()).slug);
    expect((await anybody.get(elsewhere)).status).to.equal(410);
  });

  it('loses the permission at any time, and with it the request', async () => {
    const { reference, email, agentEmail } = await anAgentRequest(organization);
    await confirm(agentEmail);
    await answer(email, { answer: 'yes' });
    const link = await agentLinkIn(email, 'permission');
    const reply = await anybody.submit(link, {}, `${link}/revocation`);
    expect(reply.text).to.include('The request has been stopped.');
    expect(await stateOf(reference)).to.equal('withdrawn');
    const again = await anybody.submit(centre(), {}, `${link}/revocation`);
    expect(again.status).to.equal(409);
  });

  it('receives the answer too only if the person allows it', async () => {
    const [yes, no] = [
      await anAgentRequest(organization, { asksForDelivery: true }),
      await anAgentRequest(organization),
    ];
    await answer(yes.email, { answer: 'yes', delivery: 'yes' });
    await answer(no.email, { answer: 'yes', delivery: 'yes' });
    expect((await mandateOf(yes.mandateId)).coversDelivery).to.equal(true);
    expect((await mandateOf(no.mandateId)).coversDelivery).to.equal(false);
  });

  it('with a power of attorney needs staff, not the person; the evidence goes with the decision', async () => {
    const given = { basis: 'power-of-attorney', email: '' } as const;
    const { row, mandateId, reference, agentEmail } = await anAgentRequest(
      organization,
      given,
      AUTHORITY,
    );
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}/agent`;
    expect((await officer.get(page)).text).to.include('has not confirmed their address');
    expect((await officer.get(page)).text).not.to.include('agent/decision');
    await confirm(agentEmail);
    const review = await officer.get(page);
    const file = /href="([^"]+\/agent\/files\/[0-9a-f]{24})"/u.exec(review.text)?.[1] ?? '';
    expect((await officer.get(file)).text).to.equal(AUTHORITY.toString());
    const agent = await clientOf(organization, 'agent');
    expect((await agent.get(file)).status).to.equal(403);
    await officer.submit(page, { verdict: 'accepted' }, `${page}/decision`);
    expect(await stateOf(reference)).to.equal('new');
    expect(await evidenceLeft(mandateId)).to.equal(0);
    expect((await officer.get(file)).status).to.equal(404);
  });

  it('with a power of attorney alone never enters the portal: the answer goes by post', async () => {
    const given = { basis: 'power-of-attorney', email: '' } as const;
    const { row, reference, agentEmail } = await anAgentRequest(organization, given, AUTHORITY);
    await confirm(agentEmail);
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    await officer.submit(`${page}/agent`, { verdict: 'accepted' }, `${page}/agent/decision`);
    expect(await stateOf(reference)).to.equal('new');
    const before = (await mailsTo(agentEmail)).length;
    await askForCode(organization, reference);
    await answerCodeAsks();
    expect(await mailsTo(agentEmail)).to.have.lengthOf(before);
    expect((await officer.get(`${page}/letter`)).status).to.equal(200);
  });

  it('is limited as strangers are, and marked where many come from one network', async () => {
    letClockStand();
    const own = await anOrganization();
    const send = (network: string) =>
      fileByAgent(own, typedByAgent(), {
        actor: { kind: 'visitor', id: null, organizationId: own._id },
        language: 'en',
        document: null,
        directoryId: null,
        network,
      });
    for (let sent = 0; sent < identityFigures.bulkPerDay; sent += 1) await send('network-of-many');
    const { reference } = await send('network-of-many');
    expect((await requestByReference(own, reference)).tags).to.deep.equal(['bulk']);
    const counted = { _id: { $regex: `^codes:${own._id.toHexString()}:` } };
    const { organization: hits } = defaults.identity.strangersPerHour;
    const limits = mongoose.connection.collection<{ _id: string }>('rateLimits');
    await limits.updateMany(counted, { $set: { hits } });
    expect((await problemFrom(send('another-network'))).problem).to.equal('too-many-requests');
  });

  it('without authority ends as not verifiable', async () => {
    const given = { basis: 'executor', email: '' } as const;
    const { row, reference, agentEmail } = await anAgentRequest(organization, given, AUTHORITY);
    await confirm(agentEmail);
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}/agent`;
    await officer.submit(page, { verdict: 'rejected' }, `${page}/decision`);
    expect(await stateOf(reference)).to.equal('not-verifiable');
    expect(await mailsTo(agentEmail)).to.have.lengthOf(2);
  });

  it('of a Californian leaves the evidence for 24 months', async () => {
    const given = { basis: 'parent', email: '', country: 'US', state: 'CA' } as const;
    const { row, mandateId, agentEmail } = await anAgentRequest(organization, given, AUTHORITY);
    await confirm(agentEmail);
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}/agent`;
    await officer.submit(page, { verdict: 'accepted' }, `${page}/decision`);
    expect(await evidenceLeft(mandateId)).to.equal(1);
    const sweepIn = async (days: number) => {
      const now = Date.now() + days * 86_400_000;
      const clock = sinon.useFakeTimers({ now, toFake: ['Date'] });
      try {
        await sweepMandates();
      } finally {
        clock.restore();
      }
    };
    await sweepIn(725);
    expect(await evidenceLeft(mandateId)).to.equal(1);
    await sweepIn(740);
    expect(await evidenceLeft(mandateId)).to.equal(0);
  });

  it('opts somebody out with the written permission alone', async () => {
    const given = { right: 'limit-sensitive', country: 'US', state: 'CA' } as const;
    const bare = await anAgentRequest(organization, given).catch((error: unknown) => error);
    expect(bare).to.include({ problem: 'invalid' });
    const { reference, email } = await anAgentRequest(organization, given, AUTHORITY);
    expect(await stateOf(reference)).to.equal('new');
    const link = await agentLinkIn(email, 'permission');
    expect((await mailsTo(email)).at(-1)?.subject).to.include('somebody acts for you');
    expect((await anybody.get(link)).text).to.include('a written permission is enough');
    await anybody.submit(link, {}, `${link}/revocation`);
    expect(await stateOf(reference)).to.equal('disowned');
  });

  it('opts somebody out of advertising at once, and the letters say how that is taken back', async () => {
    const given = { right: 'marketing-opt-out', answers: { topic: 'marketing' } } as const;
    const { reference, email } = await anAgentRequest(organization, given, AUTHORITY);
    expect(await stateOf(reference)).to.equal('completed');
    const letters = (await mailsTo(email)).map(({ text }) => text.replaceAll(/\s+/gu, ' '));
    expect(letters).to.have.lengthOf(2);
    for (const text of letters) expect(text).to.include('we take it back');
  });

  it('lapses when nobody answers', async () => {
    const { mandateId } = await anAgentRequest(organization);
    const clock = sinon.useFakeTimers({ now: Date.now() + 61 * 86_400_000, toFake: ['Date'] });
    try {
      await sweepMandates();
    } finally {
      clock.restore();
    }
    expect((await mandateOf(mandateId)).state).to.equal('lapsed');
  });

  it('is told nothing of what another agent sent under the same key', async () => {
    const typed = typedByAgent();
    const one = await anAgentRequest(organization, typed);
    expect((await anAgentRequest(organization, typed)).reference).to.equal(one.reference);
    const other = await anAgentRequest(organization, { ...typed, agentEmail: 'other@agent.test' });
    expect(other.reference).not.to.equal(one.reference);
  });
});
