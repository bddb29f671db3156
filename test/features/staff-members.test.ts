import { expect } from 'chai';
import sinon from 'sinon';
import type { Role } from '../../config/permissions.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { InvitationModel, MembershipModel } from '../../server/features/staff/model.ts';
import { forgetOldInvitations, memberNames } from '../../server/features/staff/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import {
  anAccount,
  clientOf,
  linkMailedTo,
  mailTo,
  PASSWORD,
  signedIn,
  type Person,
} from '../support/staff.ts';

let count = 0;
const newAddress = () => `invited-${(count += 1)}@mail.test`;
const NEWCOMER = { name: 'Linus Neu', password: 'four quite unrelated words' };

describe('Inviting staff', () => {
  useApp();
  let organization: Organization;
  let administrator: Client;
  let list: string;
  const invite = (email: string, role = 'agent', client = administrator) =>
    client.submit(list, { email, role }, `${list}/invitations`);
  const invitationsHere = () => InvitationModel.find({ organizationId: organization._id }).lean();
  const newestInvitation = async () => {
    const { _id: organizationId } = organization;
    const row = await InvitationModel.findOne({ organizationId }).sort({ _id: -1 }).lean();
    return row?._id.toHexString() ?? '';
  };

  before(async () => {
    organization = await anOrganization();
    administrator = await clientOf(organization, 'administrator');
    list = `/o/${organization.slug}/staff`;
  });

  it('mails a link by which a newcomer gets an account and the role', async () => {
    const email = newAddress();
    const reply = await invite(email, 'auditor');
    expect(reply.text).to.include(email).and.include('The invitation is on its way.');
    const mail = await mailTo(email);
    expect(mail.subject).to.equal(`Invitation to ${organization.name}`);
    expect(mail.text).to.include('Auditor');
    const path = await linkMailedTo(email);
    const newcomer = new Client();
    const page = await newcomer.get(path);
    expect(page.text).to.include(organization.name).and.include(email);
    const joined = await newcomer.submit(path, NEWCOMER);
    expect(joined.url).to.equal(`/o/${organization.slug}`);
    expect((await newcomer.get(list)).text)
      .to.include('Linus Neu')
      .and.not.include('Remove');
    expect(await invitationsHere()).to.have.length(0);
  });

  it('opens a link once, also when the form comes twice at the same time', async () => {
    const email = newAddress();
    await invite(email);
    const path = await linkMailedTo(email);
    const newcomer = new Client();
    const form = { _csrf: await newcomer.token(path), ...NEWCOMER };
    const replies = await Promise.all([newcomer.post(path, form), newcomer.post(path, form)]);
    expect(replies.map(({ status }) => status).sort()[1]).to.equal(410);
    expect((await newcomer.post(path, form)).status).to.equal(410);
  });

  it('shows what is wrong with the form and keeps the link', async () => {
    const email = newAddress();
    await invite(email);
    const path = await linkMailedTo(email);
    const newcomer = new Client();
    const refused = await newcomer.submit(path, { name: 'Linus Neu', password: 'linusneu' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('value="Linus Neu"').and.not.include('linusneu');
    expect((await newcomer.get(path)).status).to.equal(200);
  });

  it('lets an existing account join with a click, once it is signed in', async () => {
    const person = await anAccount();
    await invite(person.email, 'privacy-officer');
    const path = await linkMailedTo(person.email);
    const stranger = new Client();
    expect((await stranger.get(path)).text).to.include('Sign in to join');
    const form = { _csrf: await stranger.token('/staff/sign-in'), ...NEWCOMER };
    expect((await stranger.post(path, form)).status).to.equal(409);
    const client = await signedIn(person);
    const joined = await client.submit(path, {}, `${path}/join`);
    expect(joined.url).to.equal(`/o/${organization.slug}`);
    expect((await client.get(list)).status).to.equal(200);
    const names = await memberNames(organization._id, [person.accountId]);
    expect([...names.values()]).to.deep.equal([person.name]);
  });

  it('refuses members, invited addresses, unknown roles and what is no address', async () => {
    const member = await anAccount([[organization, 'agent']]);
    const email = newAddress();
    await invite(email);
    expect((await invite(member.email)).text).to.include('is a member already');
    const twice = await invite(email.toUpperCase());
    expect(twice.status).to.equal(422);
    expect(twice.text).to.include('has an invitation already');
    expect((await invite(newAddress(), 'owner')).status).to.equal(422);
    expect((await invite('nobody')).status).to.equal(422);
  });

  it('sends again with a new link; the old one ends', async () => {
    const email = newAddress();
    await invite(email);
    const old = await linkMailedTo(email);
    const id = await newestInvitation();
    await administrator.submit(list, {}, `${list}/invitations/${id}/resend`);
    const path = await linkMailedTo(email);
    expect(path).not.to.equal(old);
    expect((await new Client().get(old)).status).to.equal(410);
    expect((await new Client().get(path)).status).to.equal(200);
  });

  it('takes an invitation back, and with it the address', async () => {
    const email = newAddress();
    await invite(email);
    const path = await linkMailedTo(email);
    const id = await newestInvitation();
    const revoke = `${list}/invitations/${id}/revoke`;
    const reply = await administrator.submit(list, {}, revoke);
    expect(reply.text).not.to.include(email);
    expect((await administrator.submit(list, {}, revoke)).status).to.equal(404);
    expect((await new Client().get(path)).status).to.equal(410);
    const gone = await mailTo(email).catch((error: unknown) => (error as Error).message);
    expect(gone).to.equal('No mail waits for this address.');
  });

  it('ends after a week, stays visible for a month, then is erased', async () => {
    const email = newAddress();
    await invite(email);
    const path = await linkMailedTo(email);
    const started = Date.now();
    let clock = sinon.useFakeTimers({ now: started + 8 * 86_400_000, toFake: ['Date'] });
    try {
      expect((await new Client().get(path)).status).to.equal(410);
      expect(await forgetOldInvitations()).to.equal(0);
      clock.restore();
      clock = sinon.useFakeTimers({ now: started + 38 * 86_400_000, toFake: ['Date'] });
      expect(await forgetOldInvitations()).to.be.greaterThan(0);
      expect(await invitationsHere()).to.have.length(0);
    } finally {
      clock.restore();
    }
  });

  for (const role of ['privacy-officer', 'agent', 'auditor'] as Role[]) {
    it(`is not for the role ${role}`, async () => {
      const client = await clientOf(organization, role);
      const form = { _csrf: await client.token('/staff/account') };
      const email = newAddress();
      const reply = await client.post(`${list}/invitations`, { ...form, email, role: 'agent' });
      expect(reply.status).to.equal(403);
      expect((await client.get(list)).status).to.equal(role === 'agent' ? 403 : 200);
    });
  }

  it('is not for administrators of other organisations', async () => {
    await invite(newAddress());
    const id = await newestInvitation();
    const foreign = await anOrganization();
    const stranger = await clientOf(foreign, 'administrator');
    const form = { _csrf: await stranger.token('/staff/account') };
    for (const change of ['resend', 'revoke']) {
      const here = await stranger.post(`${list}/invitations/${id}/${change}`, form);
      expect(here.status).to.equal(404);
      const own = `/o/${foreign.slug}/staff/invitations/${id}/${change}`;
      expect((await stranger.post(own, form)).status).to.equal(404);
    }
  });
});

describe('The members of an organisation', () => {
  useApp();
  let organization: Organization;
  let person: Person;
  let member: Person;
  let administrator: Client;
  let list: string;
  const pageOf = ({ accountId }: Person) => `${list}/${accountId.toHexString()}`;

  beforeEach(async () => {
    organization = await anOrganization();
    list = `/o/${organization.slug}/staff`;
    person = await anAccount([[organization, 'administrator']]);
    member = await anAccount([[organization, 'agent']]);
    administrator = await signedIn(person);
  });

  it('are listed with role and second factor, those of others are not', async () => {
    const other = await anAccount([[await anOrganization(), 'agent']]);
    const { text } = await administrator.get(list);
    expect(text).to.include(member.name).and.include(member.email).and.include('Agent');
    expect(text).not.to.include(other.name);
    expect((await administrator.get(pageOf(other))).status).to.equal(404);
  });

  it('get another role, which counts from the next click', async () => {
    const client = await signedIn(member);
    expect((await client.get(list)).status).to.equal(403);
    const reply = await administrator.submit(
      pageOf(member),
      { role: 'privacy-officer' },
      `${pageOf(member)}/role`,
    );
    expect(reply.text).to.include('The role is changed.');
    expect((await client.get(list)).status).to.equal(200);
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.deep.include({
      action: 'staff.role-changed',
      actorId: person.accountId.toHexString(),
      targetId: member.accountId.toHexString(),
      facts: { from: 'agent', to: 'privacy-officer' },
    });
  });

  it('lose access at once when they are removed, and can come back', async () => {
    const client = await signedIn(member);
    expect((await client.get('/staff')).url).to.equal(`/o/${organization.slug}`);
    await administrator.submit(pageOf(member), {}, `${pageOf(member)}/remove`);
    expect((await client.get(`/o/${organization.slug}`)).status).to.equal(404);
    expect((await administrator.get(list)).text).not.to.include(member.name);
    expect((await memberNames(organization._id, [member.accountId])).size).to.equal(1);
    await administrator.submit(
      list,
      { email: member.email, role: 'auditor' },
      `${list}/invitations`,
    );
    const path = await linkMailedTo(member.email);
    await client.submit(path, {}, `${path}/join`);
    expect((await client.get(list)).status).to.equal(200);
  });

  it('keep one administrator, also when two demote each other at once', async () => {
    const alone = await administrator.submit(
      pageOf(person),
      { role: 'agent' },
      `${pageOf(person)}/role`,
    );
    expect(alone.status).to.equal(409);
    expect(alone.text).to.include('keeps at least one administrator');
    expect(
      (await administrator.submit(pageOf(person), {}, `${pageOf(person)}/remove`)).status,
    ).to.equal(409);
    const second = await anAccount([[organization, 'administrator']]);
    const other = await signedIn(second);
    const [mine, theirs] = [await administrator.token(list), await other.token(list)];
    await Promise.all([
      administrator.post(`${pageOf(second)}/role`, { _csrf: mine, role: 'agent' }),
      other.post(`${pageOf(person)}/role`, { _csrf: theirs, role: 'agent' }),
    ]);
    const left = await MembershipModel.countDocuments({
      organizationId: organization._id,
      role: 'administrator',
      endedAt: null,
    });
    expect(left).to.equal(1);
  });

  it('are changed by administrators of this organisation only', async () => {
    const stranger = await clientOf(await anOrganization(), 'administrator');
    const officer = await clientOf(organization, 'privacy-officer');
    for (const [client, status] of [
      [stranger, 404],
      [officer, 403],
    ] as const) {
      const form = { _csrf: await client.token('/staff/account') };
      const role = await client.post(`${pageOf(member)}/role`, { ...form, role: 'agent' });
      expect(role.status).to.equal(status);
      expect((await client.post(`${pageOf(member)}/remove`, form)).status).to.equal(status);
    }
    expect((await officer.get(pageOf(member))).text).not.to.include('<form class="form"');
  });

  it('are refused for ids and roles that are none', async () => {
    expect((await administrator.get(`${list}/nonsense`)).status).to.equal(404);
    const reply = await administrator.submit(
      pageOf(member),
      { role: 'owner' },
      `${pageOf(member)}/role`,
    );
    expect(reply.status).to.equal(422);
    const values = { email: member.email, password: PASSWORD };
    expect((await new Client().submit('/staff/sign-in', values)).status).not.to.equal(401);
  });
});
