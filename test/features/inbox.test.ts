import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { defaults } from '../../config/defaults.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import { addInboundAddress } from '../../server/features/inbox/addresses.ts';
import { openDraft, sweepInbox } from '../../server/features/inbox/drafts.ts';
import { DraftModel, InboundAddressModel } from '../../server/features/inbox/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { MessageModel, RequestModel } from '../../server/features/requests/model.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { MailModel } from '../../server/mail/model.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { typedEntry } from '../support/entries.ts';
import {
  aDraft,
  anAddressKeeper,
  anInboundAddress,
  draftsOf,
  inboxPort,
  mailIn,
  useInbox,
} from '../support/inbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember, aRequest, mailsTo, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

const CARD = '4111 1111 1111 1111';

/** What one gets as answer to some lines of SMTP. */
async function converse(lines: string[]): Promise<string> {
  const socket = connect(inboxPort(), '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  for (const line of lines) {
    await once(socket, 'data');
    socket.write(`${line}\r\n`);
  }
  await once(socket, 'data');
  socket.destroy();
  return heard;
}

describe('Mail that comes in', () => {
  useApp();
  useInbox();
  let organization: Organization;
  let client: Client;
  let address: string;
  let home: string;
  before(async () => {
    organization = await anOrganization();
    address = await anInboundAddress(organization);
    client = await clientOf(organization, 'agent');
    home = `/o/${organization.slug}/inbox`;
  });

  const letter = (given: Parameters<typeof mailIn>[0] = {}) => ({
    from: 'Clara Probe <clara@person.test>',
    to: address,
    subject: 'Please delete my account',
    text: 'Please delete everything about me.',
    ...given,
  });
  const newest = async () => (await draftsOf(organization)).at(-1)!;
  const pageOf = ({ _id }: { _id: { toHexString: () => string } }) =>
    `${home}/${_id.toHexString()}`;

  it('is stored before it is acknowledged, sealed, and shown as text to staff', async () => {
    const before = Date.now();
    const html =
      '<p>Delete <b>me</b></p><script>alert(1)</script><img src="https://spy.test/x.png">';
    expect(await mailIn(letter({ text: undefined, html }))).to.match(/^250 /u);
    const draft = await newest();
    expect(draft.receivedAt.getTime()).to.be.within(before, Date.now());
    expect(JSON.stringify(draft)).not.to.match(/Clara|delete/iu);
    const list = await client.get(home);
    expect(list.text).to.include('Clara Probe').and.include('Perhaps: Deletion');
    const { text } = await client.get(pageOf(draft));
    expect(text).to.include('Delete me').and.include('the address proves nothing');
    expect(text).not.to.match(/<script>alert|spy\.test/u);
  });

  it('is one draft, however often the sender tries again', async () => {
    const messageId = '<again@person.test>';
    const count = (await draftsOf(organization)).length;
    await mailIn(letter({ messageId, text: 'Once' }));
    await mailIn(letter({ messageId, text: 'Once', headers: { received: 'from elsewhere' } }));
    await Promise.all(
      [1, 2].map(() => mailIn(letter({ messageId: '<both@x.test>', text: 'Both' }))),
    );
    expect(await draftsOf(organization)).to.have.lengthOf(count + 2);
    await mailIn(letter({ messageId, text: 'Another' }));
    expect(await draftsOf(organization)).to.have.lengthOf(count + 3);
  });

  it('is refused for anybody else’s address, and is never passed on', async () => {
    for (const to of ['somebody@elsewhere.test', `x@${organization.slug}.test`]) {
      const outcome = await mailIn(letter({ to })).catch((error: unknown) => error);
      expect(outcome).to.include({ responseCode: 550 });
    }
    const heard = await converse([
      'EHLO spammer.test',
      'AUTH LOGIN',
      'VRFY root',
      'MAIL FROM:<a@b.test>',
    ]);
    expect(heard).not.to.match(/AUTH (?:PLAIN|LOGIN)|STARTTLS/u);
    expect(heard).to.match(/^50[02]/mu);
    const most = defaults.inbox.maxRecipients;
    const many = Array.from({ length: most + 1 }, (_, at) => `privacy${String(at)}@many.test`);
    const administrator = await anAddressKeeper(organization);
    for (const to of many) await addInboundAddress(administrator, to);
    const commands = many.map((to) => `RCPT TO:<${to}>`);
    const said = await converse(['EHLO many.test', 'MAIL FROM:<a@b.test>', ...commands]);
    expect(said.match(/^250 Accepted/gmu)).to.have.lengthOf(most + 1);
    expect(said).to.include('452 4.5.3');
  });

  it('belongs to the organisation of its address alone', async () => {
    const other = await anOrganization();
    const theirs = await anInboundAddress(other);
    await mailIn(letter({ to: [address, theirs], text: 'To both' }));
    const [draft] = await draftsOf(other);
    expect(await draftsOf(other)).to.have.lengthOf(1);
    expect((await client.get(pageOf(draft!))).status).to.equal(404);
  });

  it('is refused when it is too large or goes round in circles', async () => {
    const size = defaults.inbox.maxBytes + 1;
    const said = await converse(['EHLO big.test', `MAIL FROM:<a@b.test> SIZE=${String(size)}`]);
    expect(said).to.match(/552/u);
    const received = Array.from({ length: 51 }, (_, at) => `from hop${String(at)}.test`);
    const outcome = await mailIn(
      letter({ headers: [...received.map((value) => ({ key: 'Received', value }))] }),
    ).catch((error: unknown) => error);
    expect(outcome).to.include({ responseCode: 554 });
  });

  it('has its payment card numbers masked wherever it is kept', async () => {
    const attachments = [{ filename: 'bill.txt', content: 'A bill' }];
    await mailIn(letter({ subject: `Card ${CARD}`, text: `My card is ${CARD}.`, attachments }));
    const draft = await newest();
    const page = await client.get(pageOf(draft));
    expect(page.text).to.include('••••1111').and.not.include(CARD);
    const whole = await client.get(`${pageOf(draft)}/files/message`);
    expect(whole.headers.get('content-disposition')).to.match(/^attachment/u);
    expect(whole.headers.get('content-type')).to.equal('application/octet-stream');
    expect(whole.text).not.to.include(CARD);
    expect((await client.get(`${pageOf(draft)}/files/0`)).text).to.equal('A bill');
    expect((await client.get(`${pageOf(draft)}/files/7`)).status).to.equal(404);
  });

  const machines: [string, Parameters<typeof mailIn>[0], string][] = [
    ['an automatic reply', { headers: { 'auto-submitted': 'auto-replied' } }, 'Automatic reply'],
    ['a mailing list', { headers: { 'list-id': '<news.shop.test>' } }, 'Mailing list'],
    ['bulk mail', { headers: { precedence: 'bulk' } }, 'Mailing list'],
    ['a delivery report', { envelope: { from: '', to: 'overwritten' } }, 'Delivery report'],
  ];
  for (const [name, given, word] of machines) {
    it(`is marked and never answered when it is ${name}`, async () => {
      const mails = await MailModel.countDocuments({ organizationId: organization._id }).comment(
        OF_A_TEST,
      );
      const envelope = given.envelope && { envelope: { from: '', to: address } };
      await mailIn(letter({ ...given, ...envelope, text: `Please delete: ${name}` }));
      const draft = await newest();
      const page = await client.get(pageOf(draft));
      expect(page.text).to.include(word).and.include('Nobody is answered.');
      const form = await client.get(`${pageOf(draft)}/request?right=deletion&country=DE`);
      expect(form.text).not.to.include('clara@person.test"');
      expect(
        await MailModel.countDocuments({ organizationId: organization._id }).comment(OF_A_TEST),
      ).to.equal(mails);
    });
  }

  it('becomes a request whose clock runs from the moment of receipt', async () => {
    const { _id, receivedAt } = await aDraft(organization);
    const earlier = new Date(receivedAt.getTime() - 3 * 86_400_000);
    await DraftModel.collection.updateOne({ _id }, { $set: { receivedAt: earlier } });
    const page = `${pageOf({ _id })}/request?right=deletion&country=DE`;
    const form = await client.get(page);
    expect(form.text).to.include('Please delete everything').and.include('value="Clara Probe"');
    expect(form.text).not.to.include('Day of receipt</label>');
    const email = 'clara.mailed@person.test';
    const typed = typedEntry({ right: 'deletion', name: 'Clara Probe', email });
    const reply = await client.submit(page, typed);
    expect(reply.url).to.match(/\/requests\/[0-9a-f]{24}$/u);
    const request = await requestByReference(
      organization,
      /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/u.exec(reply.text)?.[0] ?? '',
    );
    expect(request.receivedAt.getTime()).to.equal(earlier.getTime());
    expect(request).to.include({ channel: 'email', state: 'unverified' });
    expect((await mailsTo(email)).map(({ template }) => template)).to.deep.equal([
      'request-confirm',
    ]);
    const again = await client.submit(page, typedEntry({ right: 'deletion' }));
    expect(again.status).to.equal(409);
    expect((await client.get(pageOf({ _id }))).text).to.include(
      'This e-mail has become a request.',
    );
  });

  it('joins the request it names: as the person’s from the proven address, else as a note', async () => {
    const { row, email } = await aRequest(organization);
    const text = `About ${row.reference}: here is more.`;
    await mailIn(letter({ from: email, subject: `Re: ${row.reference}`, text }));
    const own = await newest();
    expect((await client.get(pageOf(own))).text).to.include('it is added as their message');
    const attach = { reference: row.reference };
    const added = await client.submit(pageOf(own), attach, `${pageOf(own)}/attachment`);
    expect(added.text).to.include('here is more.');
    await mailIn(letter({ from: 'forger@person.test', text: `${text} Forged.` }));
    const forged = await newest();
    expect((await client.get(pageOf(forged))).text).to.include('its sender is not proven');
    await client.submit(pageOf(forged), attach, `${pageOf(forged)}/attachment`);
    const { messages, notes } = await openRequest(await aMember(organization), row._id);
    expect(messages.map(({ kind, authorId }) => [kind, authorId])).to.deep.equal([
      ['person', null],
    ]);
    expect(notes.map(({ note }) => note.split('\n\n').at(-1))).to.deep.equal([`${text} Forged.`]);
    const after = await RequestModel.findOne({
      organizationId: organization._id,
      _id: row._id,
    }).lean();
    expect(after?.version).to.equal(row.version + 1);
  });

  it('is dealt with once, when two colleagues act upon it at the same time', async () => {
    const draft = await aDraft(organization);
    const colleagues = [client, await clientOf(organization, 'privacy-officer')];
    const page = pageOf(draft);
    const replies = await Promise.all(
      colleagues.map((one) => one.submit(page, { reason: 'spam' }, `${page}/dismissal`)),
    );
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
  });

  it('cannot join a request of another organisation, or none', async () => {
    const { row } = await aRequest(await anOrganization());
    const draft = await aDraft(organization);
    for (const reference of [row.reference, 'nonsense']) {
      const reply = await client.submit(
        pageOf(draft),
        { reference },
        `${pageOf(draft)}/attachment`,
      );
      expect(reply.status).to.equal(422);
      expect(reply.text).to.include('There is no request with this reference.');
    }
    const count = await MessageModel.countDocuments({
      organizationId: organization._id,
      requestId: row._id,
    }).comment(OF_A_TEST);
    expect(count).to.equal(0);
  });

  it('is put aside with a reason, and erased when its time is over', async () => {
    const draft = await aDraft(organization);
    const page = pageOf(draft);
    expect((await client.submit(page, { reason: '' }, `${page}/dismissal`)).status).to.equal(422);
    const reply = await client.submit(page, { reason: 'spam' }, `${page}/dismissal`);
    expect(reply.text).to.include('The e-mail has been put aside.');
    expect((await client.get(`${home}?view=handled`)).text).to.include('Put aside');
    const trail = await auditTrailOf(organization._id, { kind: 'mail-draft', id: draft._id });
    expect(trail.find(({ action }) => action === 'inbox.dismissed')?.facts).to.deep.equal({
      dismissal: 'spam',
    });
    expect(await sweepInbox()).to.equal(0);
    const clock = sinon.useFakeTimers({ now: Date.now() + 31 * 86_400_000, toFake: ['Date'] });
    try {
      expect(await sweepInbox()).to.be.at.least(1);
    } finally {
      clock.restore();
    }
    const staff = await aMember(organization);
    const outcome = await openDraft(staff, draft._id).catch((error: unknown) => error);
    expect(outcome).to.include({ problem: 'not-found' });
  });

  it('is told to staff once, without a word of it', async () => {
    const other = await anOrganization();
    const to = await anInboundAddress(other);
    const officer = await aMember(other);
    for (const text of ['One', 'Two']) await mailIn(letter({ to, text }));
    const mails = await MailModel.find({ organizationId: other._id, template: 'inbox-news' })
      .comment(OF_A_TEST)
      .lean();
    expect(mails).to.have.lengthOf(2);
    expect(officer.role).to.equal('privacy-officer');
  });

  it('is taken in for addresses that whoever runs the installation registers, each once', async () => {
    const isInstallationAdministrator = true;
    const administrator = await clientOf(organization, 'administrator', {
      isInstallationAdministrator,
    });
    const page = `${home}/addresses`;
    expect((await client.get(page)).status).to.equal(403);
    const added = await administrator.submit(page, { address: 'Office@Meadow.test' });
    expect(added.text).to.include('office@meadow.test');
    const taken = await administrator.submit(page, { address: 'office@meadow.TEST' });
    expect(taken.status).to.equal(422);
    const removal = /action="([^"]+removal)"[^]*?office@meadow/u.exec(added.text)?.[1] ?? '';
    await mailIn(letter({ to: 'office@meadow.test' }));
    const left = await administrator.submit(page, {}, removal);
    expect(left.text).to.include('The address has been removed.');
    const gone = await mailIn(letter({ to: 'office@meadow.test' })).catch(
      (error: unknown) => error,
    );
    expect(gone).to.include({ responseCode: 550 });
  });

  it('cannot be claimed by a tenant, whose page says who registers its address', async () => {
    const tenant = await clientOf(organization, 'administrator');
    const page = `${home}/addresses`;
    const { text } = await tenant.get(page);
    expect(text).to.include(address).and.include('Only an administrator of this installation');
    expect(text).not.to.include('name="address"').and.not.to.include('/removal"');
    const fields = { _csrf: await tenant.token('/staff/account'), address: 'privacy@rival.test' };
    expect((await tenant.post(page, fields)).status).to.equal(403);
    const outcome = await mailIn(letter({ to: 'privacy@rival.test' })).catch(
      (error: unknown) => error,
    );
    expect(outcome).to.include({ responseCode: 550 });
    const row = await InboundAddressModel.findOne({ organizationId: organization._id, address })
      .orFail()
      .comment(OF_A_TEST)
      .lean();
    const removal = await tenant.post(`${page}/${row._id.toHexString()}/removal`, fields);
    expect(removal.status).to.equal(403);
    expect(removal.text).to.include('Only an administrator of this installation');
  });
});
