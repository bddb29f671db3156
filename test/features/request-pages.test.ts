import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { newReference } from '../../server/features/requests/reference.ts';
import { useApp } from '../support/app.ts';
import { Client, type Reply } from '../support/client.ts';
import { aStagedFile } from '../support/files.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import {
  aMember,
  anUnverifiedRequest,
  aRequest,
  aRequestByMail,
  codeSentTo,
  linkSentTo,
  mailsTo,
  requestByReference,
} from '../support/requests.ts';
import { unzip } from '../support/unzip.ts';

const typed = (given: Record<string, string> = {}) => ({
  right: 'access',
  country: 'DE',
  state: '',
  dataClass: 'ordinary',
  formKey: randomUUID(),
  name: 'Ada Beispiel',
  email: 'ada@person.test',
  details: 'Everything about my orders.',
  ...given,
});

const formOf = (organization: Organization) =>
  `/privacy/${organization.slug}/request?right=access&country=DE`;

const referenceIn = ({ url }: Reply) => url.split('/').at(-1) ?? '';

describe('The privacy centre', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await anOrganization({ promiseDays: 30 });
  });

  it('offers the rights of the organisation, and no others', async () => {
    const modest = await anOrganization({ rights: ['access', 'deletion'], regimes: ['gdpr'] });
    const { status, text } = await new Client().get(`/privacy/${modest.slug}`);
    expect(status).to.equal(200);
    expect(text).to.include('See my data').and.include('Delete my data');
    expect(text).not.to.include('Object to a use').and.not.include('health or patient records');
  });

  it('speaks German to a German browser, and keeps the choice when the language changes', async () => {
    const client = new Client({ 'accept-language': 'de' });
    const { text } = await client.get(formOf(organization));
    expect(text).to.include('Meine Daten sehen');
    expect(text.replaceAll('&#x3D;', '=')).to.include('?right=access&amp;country=DE&amp;lang=en');
  });

  it('asks for what is missing in the choice, and for the State in the United States', async () => {
    const home = `/privacy/${organization.slug}`;
    const nothing = await new Client().get(`${home}/request?right=&country=DE`);
    expect(nothing.text).to.include('Choose what you would like us to do.');
    const empty = await new Client().get(`${home}/request?country=&state=`);
    expect(empty.text).to.include('Choose what you would like us to do.');
    expect(empty.text).to.include('Choose the country you live in.');
    const noState = await new Client().get(`${home}/request?right=access&country=US`);
    expect(noState.text).to.include('Choose the state or province you live in.');
    expect(noState.text).to.include('value="access" checked');
  });

  it('explains law and date before anything is sent', async () => {
    const home = `/privacy/${organization.slug}/request`;
    const german = await new Client().get(`${home}?right=access&country=DE`);
    expect(german.text).to.include('General Data Protection Regulation (GDPR)');
    expect(german.text).to.include('Your answer, at the latest');
    expect(german.text).to.include('Source: GDPR Art. 12(3)');
    const californian = await new Client().get(`${home}?right=objection&country=US&state=CA`);
    expect(californian.text).to.include('You need not prove anything');
    expect(await RequestModel.countDocuments({ organizationId: organization._id })).to.equal(0);
  });

  it('asks for the province in Canada, where Quebec has a law of its own', async () => {
    const home = `/privacy/${organization.slug}/request?right=access&country=CA`;
    const noProvince = await new Client().get(`${home}&state=TX`);
    expect(noProvince.text).to.include('Choose the state or province you live in.');
    expect(noProvince.text).to.include('<option value="QC">Quebec</option>');
    const form = await new Client().get(`${home}&state=QC`);
    expect(form.text.replaceAll('&#x3D;', '=')).to.include('value="QC"');
    const sent = await new Client().submit(home, typed({ country: 'CA', state: 'QC' }));
    expect((await requestByReference(organization, referenceIn(sent))).state).to.equal(
      'unverified',
    );
    const refused = await new Client().submit(home, typed({ country: 'CA', state: 'TX' }));
    expect(refused.status).to.equal(422);
  });

  it('takes a request in and says where to look next', async () => {
    const reply = await new Client().submit(formOf(organization), typed());
    expect(reply.status).to.equal(200);
    expect(reply.text).to.include('Check your mail').and.include('What happens next');
    const row = await requestByReference(organization, referenceIn(reply));
    expect(row.state).to.equal('unverified');
    expect(reply.text).not.to.include('ada@person.test');
  });

  it('keeps what was typed when a field cannot be used', async () => {
    const fields = typed({ email: 'not-an-address', name: 'Ada "Quote" Beispiel' });
    const reply = await new Client().submit(formOf(organization), fields);
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('value="not-an-address"');
    expect(reply.text).to.include('Ada &quot;Quote&quot; Beispiel');
    expect(reply.text).to.include('Everything about my orders.');
    expect(reply.text).to.include(`value="${fields.formKey}"`);
    expect(reply.text).to.include('href="#email"');
  });

  it('asks what to correct, since nobody else can know', async () => {
    const page = `/privacy/${organization.slug}/request?right=correction&country=DE`;
    const fields = typed({ right: 'correction', 'answers[field]': 'My surname' });
    const reply = await new Client().submit(page, fields);
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('Please fill this in').and.include('href="#answers.wanted"');
    expect(reply.text).to.include('value="My surname"');
  });

  it('answers a form that was sent twice with the same request', async () => {
    const client = new Client();
    const fields = typed({ email: 'twice@person.test' });
    const first = await client.submit(formOf(organization), fields);
    const second = await client.submit(formOf(organization), fields);
    expect(referenceIn(second)).to.equal(referenceIn(first));
    expect(await mailsTo('twice@person.test')).to.have.length(1);
  });

  it('shows the dates of a fresh request only to the browser that sent it', async () => {
    const reply = await new Client().submit(formOf(organization), typed());
    const other = await new Client().get(reply.url);
    expect(other.text).not.to.include('What happens next');
  });

  it('refuses a reference with a typing mistake and keeps it', async () => {
    const home = `/privacy/${organization.slug}`;
    const reply = await new Client().submit(home, { reference: '7K3M-9QXT-3' }, `${home}/follow`);
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('typing mistake').and.include('value="7K3M-9QXT-3"');
  });

  it('answers an unknown reference exactly like a known one', async () => {
    const { reference } = await anUnverifiedRequest(organization);
    const unknown = newReference();
    const plain = (text: string, own: string) =>
      text.replaceAll(own, 'REFERENCE').replaceAll(/name="_csrf" value="[^"]+"/gu, '');
    const look = async (own: string) => {
      const client = new Client();
      const page = `/privacy/${organization.slug}/requests/${own}`;
      const shown = await client.get(page);
      const asked = await client.submit(page, {}, `${page}/code`);
      const wrong = await client.submit(page, { code: '1234 5678' }, `${page}/enter`);
      return [shown, asked, wrong].map(({ status, text }) => [status, plain(text, own)]);
    };
    expect(await look(unknown)).to.deep.equal(await look(reference));
  });

  it('gives 404 for an organisation that does not exist', async () => {
    expect((await new Client().get('/privacy/nobody')).status).to.equal(404);
  });
});

describe('Links in mails', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await anOrganization();
  });

  it('change nothing when they are only opened', async () => {
    const email = 'scanner@person.test';
    const row = await anUnverifiedRequest(organization, { email });
    const home = `/privacy/${organization.slug}`;
    for (const page of ['confirm', 'not-me'] as const) {
      const link = `${home}/${page}/${await linkSentTo(email, page)}`;
      expect((await new Client().get(link)).status).to.equal(200);
      expect((await new Client().exchange(link, { method: 'HEAD' })).status).to.equal(200);
    }
    const after = await requestByReference(organization, row.reference);
    expect(after.state).to.equal('unverified');
    expect(after.version).to.equal(row.version);
  });

  it('confirm with the button, once', async () => {
    const email = 'button@person.test';
    const { reference } = await anUnverifiedRequest(organization, { email });
    const link = `/privacy/${organization.slug}/confirm/${await linkSentTo(email, 'confirm')}`;
    const client = new Client();
    const reply = await client.submit(link, {});
    expect(reply.url).to.match(new RegExp(`/requests/${reference}$`, 'u'));
    expect(reply.text).to.include('Your address is confirmed');
    expect((await requestByReference(organization, reference)).state).to.equal('new');
    const again = await new Client().get(link);
    expect(again.status).to.equal(410);
    expect(again.text).to.include('This is confirmed already');
  });

  it('end a request that was not theirs', async () => {
    const email = 'stranger@person.test';
    const { reference } = await anUnverifiedRequest(organization, { email });
    const link = `/privacy/${organization.slug}/not-me/${await linkSentTo(email, 'not-me')}`;
    const reply = await new Client().submit(link, { silence: 'yes' });
    expect(reply.text).to.include('The request has been ended');
    expect(reply.text).to.include('no more codes');
    expect((await requestByReference(organization, reference)).state).to.equal('disowned');
  });

  it('say kindly that they are dead', async () => {
    const home = `/privacy/${organization.slug}`;
    for (const page of ['confirm', 'not-me']) {
      expect((await new Client().get(`${home}/${page}/abcdefgh`)).status).to.equal(410);
    }
  });
});

describe('The portal', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await anOrganization();
  });

  it('opens with a fresh code, and shows state, dates and messages', async () => {
    const { row, email } = await aRequest(organization, { name: 'Clara Probe' });
    const { reply } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('Received: we will look at it soon');
    expect(reply.text).to.include('Clara Probe').and.include(email);
    expect(reply.text).to.include('How was this date computed?');
  });

  it('says first that something is needed of the person', async () => {
    const { row, email } = await aRequestByMail(organization, { right: 'deletion' });
    const { reply } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('We need something from you');
  });

  it('takes a message once, however often its form is sent', async () => {
    const { row, email } = await aRequest(organization);
    const { client, page } = await inPortal(organization, row.reference, email);
    const message = { formKey: randomUUID(), text: 'One more thing.' };
    await client.submit(page, message, `${page}/messages`);
    const { text } = await client.submit(page, message, `${page}/messages`);
    expect(text.split('One more thing.')).to.have.length(2);
  });

  it('asks for words before it sends a message', async () => {
    const { row, email } = await aRequest(organization);
    const { client, page } = await inPortal(organization, row.reference, email);
    const empty = { formKey: randomUUID(), text: ' ' };
    const reply = await client.submit(page, empty, `${page}/messages`);
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('Write your message before you send it.');
  });

  it('keeps what was written when the visit has ended', async () => {
    const { row, email } = await aRequest(organization);
    const { client, page } = await inPortal(organization, row.reference, email);
    const token = await client.token(page);
    await client.submit(page, {}, `${page}/leave`);
    const message = { _csrf: token, formKey: randomUUID(), text: 'My long message.' };
    const reply = await client.post(`${page}/messages`, message);
    expect(reply.status).to.equal(401);
    expect(reply.text).to.include('My long message.').and.include('Ask for a new code');
    const appeal = await client.post(`${page}/appeal`, message);
    expect(appeal.status).to.equal(401);
    expect(appeal.text).to.include('My long message.');
  });

  it('of another request stays closed', async () => {
    const [mine, other] = [await aRequest(organization), await aRequest(organization)];
    const { client, page } = await inPortal(organization, mine.row.reference, mine.email);
    const foreign = `/privacy/${organization.slug}/requests/${other.row.reference}`;
    const { text } = await client.get(foreign);
    expect(text).to.include('Send me a code').and.not.include(other.email);
    const message = { formKey: randomUUID(), text: 'Not mine.' };
    const reply = await client.submit(page, message, `${foreign}/messages`);
    expect(reply.status).to.equal(401);
    expect((await client.get(page)).text).not.to.include('Not mine.');
  });

  it('shows the answer, but its files only for a fresh code', async () => {
    const { row, email } = await aRequest(organization);
    const officer = await aMember(organization);
    const content = Buffer.from('a'.repeat(300_000));
    const staged = await aStagedFile(organization, { name: 'Übersicht.txt', content });
    const { version } = await requestByReference(organization, row.reference);
    await completeRequest(officer, row._id, { version, text: 'Here it is.' }, staged);
    const { client, page, reply } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('Here it is.').and.not.include('Übersicht.txt');
    const file = staged[0]!.toHexString();
    expect((await client.get(`${page}/files/${file}`)).status).to.equal(404);
    await client.submit(page, {}, `${page}/package/code`);
    const body = new URLSearchParams({
      _csrf: await client.token(page),
      code: await codeSentTo(email),
    });
    const archive = await client.exchange(`${page}/package`, { method: 'POST', body });
    const files = await unzip(Buffer.from(await archive.arrayBuffer()));
    expect(files.get('more/01-Übersicht.txt')?.equals(content)).to.equal(true);
    expect(archive.headers.get('content-disposition')).to.match(/^attachment/u);
  });

  it('withdraws the version that was seen, and no other', async () => {
    const { row, email } = await aRequest(organization);
    const { client, page } = await inPortal(organization, row.reference, email);
    const stale = await client.submit(page, { version: '99' }, `${page}/withdraw`);
    expect(stale.status).to.equal(409);
    expect(stale.text).to.include('has changed meanwhile');
    const { version } = await requestByReference(organization, row.reference);
    const done = await client.submit(page, { version: `${version}` }, `${page}/withdraw`);
    expect(done.text).to.include('You have withdrawn this request');
  });
});
