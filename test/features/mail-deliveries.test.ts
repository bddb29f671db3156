import { expect } from 'chai';
import type { Types } from 'mongoose';
import type { Role } from '../../config/permissions.ts';
import { sendDueMails } from '../../jobs/send-mail.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { closeMailer } from '../../server/mail/mailer.ts';
import { MailModel } from '../../server/mail/model.ts';
import { destroyDataKey } from '../../server/security/data-keys.ts';
import { useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { latestMailTo, mailServerWill, messagesTo, useMailbox } from '../support/mailbox.ts';
import { aMail } from '../support/mails.ts';
import { anOrganization } from '../support/organizations.ts';
import { anAccount, clientOf, signedIn as signInAs } from '../support/staff.ts';

describe('Mail of an organisation', () => {
  useApp();
  useMailbox();
  let organization: Organization;
  let home: string;

  before(async () => {
    organization = await anOrganization();
    home = `/o/${organization.slug}/mail`;
  });
  beforeEach(() => MailModel.deleteMany({}).comment(OF_A_TEST));
  afterEach(closeMailer);

  const mailOf = (given: Parameters<typeof aMail>[0] = {}) =>
    aMail({ organizationId: organization._id, ...given });
  const signedIn = (role: Role, of = organization) => clientOf(of, role);
  const stateOf = async (id: Types.ObjectId) =>
    (await MailModel.findById(id).orFail().lean()).state;
  const actionsOn = async (id: Types.ObjectId) =>
    (await auditTrailOf(organization._id, { kind: 'mail', id })).map(({ action }) => action);

  async function aRefusedMail() {
    mailServerWill('refuse');
    const mail = await mailOf();
    await sendDueMails();
    mailServerWill('accept');
    return mail;
  }

  it('lists what was sent, what waits and what was refused, without addresses', async () => {
    const refused = await aRefusedMail();
    const sent = await mailOf();
    await sendDueMails();
    const waiting = await mailOf();
    const agent = await signedIn('agent');

    const all = await agent.get(home);
    expect(all.status).to.equal(200);
    for (const { id, email } of [refused, sent, waiting]) {
      expect(all.text).to.include(id.toString()).and.not.to.include(email);
    }
    const problems = await agent.get(`${home}?view=problems`);
    expect(problems.text).to.include(refused.id.toString()).and.not.to.include(sent.id.toString());
    const yetToGo = await agent.get(`${home}?view=waiting`);
    expect(yetToGo.text).to.include(waiting.id.toString());
    expect(yetToGo.text).not.to.include(refused.id.toString());
  });

  it('shows a refused address with its reason, and records who looked', async () => {
    const { id, email } = await aRefusedMail();
    const agent = await signedIn('agent');
    const { status, text } = await agent.get(`${home}/${id.toString()}`);
    expect(status).to.equal(200);
    expect(text).to.include(email).and.to.include('The mailbox does not exist.');
    expect(text).to.include('550 5.1.1');
    expect(await actionsOn(id)).to.deep.equal(['mail.read']);
  });

  it('sends a refused mail again', async () => {
    const { id, email } = await aRefusedMail();
    const agent = await signedIn('agent');
    const page = `${home}/${id.toString()}`;
    const { status, text } = await agent.submit(page, {}, `${page}/retry`);
    expect(status).to.equal(200);
    expect(text).to.include('The mail is on its way again.');
    await latestMailTo(email);
    expect(messagesTo(email)).to.have.length(1);
    expect(await stateOf(id)).to.equal('sent');
    expect(await actionsOn(id)).to.include('mail.retried');
  });

  it('lists a mail as returned when staff say so, found by its Message-ID', async () => {
    const { id } = await mailOf();
    await sendDueMails();
    const agent = await signedIn('agent');
    const found = await agent.get(
      `${home}?message=${encodeURIComponent(`<${id.toString()}@localhost>`)}`,
    );
    expect(found.url).to.equal(`${home}/${id.toString()}`);
    const { text } = await agent.submit(found.url, {}, `${found.url}/bounced`);
    expect(text).to.include('Returned');
    expect(await stateOf(id)).to.equal('bounced');
    expect(await actionsOn(id)).to.deep.equal(['mail.bounced']);
    expect((await agent.get(`${home}?message=nothing`)).text).to.include(
      'not a Message-ID of ours',
    );
  });

  it('refuses to send what was sent, or to return what was refused', async () => {
    const { id } = await mailOf();
    await sendDueMails();
    const refused = await aRefusedMail();
    const agent = await signedIn('agent');
    const _csrf = await agent.token(`${home}/${id.toString()}`);
    expect((await agent.post(`${home}/${id.toString()}/retry`, { _csrf })).status).to.equal(409);
    const returned = await agent.post(`${home}/${refused.id.toString()}/bounced`, { _csrf });
    expect(returned.status).to.equal(409);
    expect(await stateOf(id)).to.equal('sent');
  });

  it('shows nothing of a mail whose person was erased', async () => {
    const { id, keyId, email } = await aRefusedMail();
    await destroyDataKey(keyId);
    const agent = await signedIn('agent');
    const { status, text } = await agent.get(`${home}/${id.toString()}`);
    expect(status).to.equal(200);
    expect(text).not.to.include(email);
    expect(text).to.include('No longer kept');
  });

  it('sends a test mail to the administrator who asks', async () => {
    const administrator = await anAccount([[organization, 'administrator']]);
    const { email } = administrator;
    const client = await signInAs(administrator);
    const { text } = await client.submit(home, {}, `${home}-test`);
    expect(text).to.include('A test mail to you is on its way.');
    const mail = await latestMailTo(email);
    expect(mail.subject).to.equal(`Mail from ${organization.name} works`);
    expect(mail.text).to.include(home);
  });

  it('lets an auditor look and not act', async () => {
    const { id } = await aRefusedMail();
    const auditor = await signedIn('auditor');
    const page = `${home}/${id.toString()}`;
    expect((await auditor.get(page)).text).not.to.include(`action="${page}/retry"`);
    const _csrf = await auditor.token('/staff/account');
    expect((await auditor.post(`${page}/retry`, { _csrf })).status).to.equal(403);
    expect((await auditor.post(`${home}-test`, { _csrf })).status).to.equal(403);
  });

  it('hides the mails of other organisations', async () => {
    const { id } = await aRefusedMail();
    const other = await anOrganization();
    const stranger = await signedIn('privacy-officer', other);
    expect((await stranger.get(home)).status).to.equal(404);
    expect((await stranger.get(`/o/${other.slug}/mail/${id.toString()}`)).status).to.equal(404);
    const _csrf = await stranger.token('/staff/account');
    const retried = await stranger.post(`/o/${other.slug}/mail/${id.toString()}/retry`, { _csrf });
    expect(retried.status).to.equal(404);
    expect(await stateOf(id)).to.equal('refused');
  });

  it('refuses a view that there is not', async () => {
    const agent = await signedIn('agent');
    expect((await agent.get(`${home}?view=%7B%22%24gt%22%3A%22%22%7D`)).status).to.equal(422);
    expect((await agent.get(`${home}?view[$ne]=all`)).status).to.equal(422);
  });
});
