import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { withdrawRequest } from '../../server/features/requests/portal.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { anUnverifiedRequest, aRequest, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('The desk of the staff', () => {
  useApp();
  let organization: Organization;
  const pageOf = (id: unknown) => `/o/${organization.slug}/requests/${String(id)}`;
  beforeEach(async () => {
    organization = await anOrganization({ name: 'Meadow Clinic' });
  });

  it('explains an empty queue and the way to the first request', async () => {
    const client = await clientOf(organization, 'agent');
    const { text } = await client.get(`/o/${organization.slug}/requests`);
    expect(text).to.include('No requests yet').and.include(`/privacy/${organization.slug}`);
    const overview = await client.get(`/o/${organization.slug}`);
    expect(overview.text).to.include('Your privacy office is open');
  });

  it('lists requests, narrows them, and counts them on the overview', async () => {
    await aRequest(organization, { name: 'Ada Beispiel' });
    await aRequest(organization, { name: 'Bruno Muster', right: 'deletion', country: 'AR' });
    await anUnverifiedRequest(organization, { name: 'Clara Probe' });
    const client = await clientOf(organization, 'agent');
    const queue = `/o/${organization.slug}/requests`;
    const all = await client.get(queue);
    expect(all.text).to.include('Ada Beispiel').and.include('Bruno Muster');
    expect(all.text).not.to.include('Clara Probe');
    const narrowed = await client.get(
      `${queue}?group=open&right=deletion&regime=none&assignee=&due=`,
    );
    expect(narrowed.text).to.include('Bruno Muster').and.not.include('Ada Beispiel');
    expect((await client.get(`${queue}?group=unverified`)).text).to.include('Clara Probe');
    expect((await client.get(`${queue}?due=overdue`)).text).to.include('No request matches');
    const { text } = await client.get(`/o/${organization.slug}`);
    expect(text).to.include('Needs attention next').and.include('Ada Beispiel');
  });

  it('narrows the closed ones by every filter', async () => {
    const names = ['Ada Beispiel', 'Bruno Muster'];
    for (const name of names) {
      const { row, person } = await aRequest(organization, { name });
      await withdrawRequest(person, { version: row.version });
    }
    const client = await clientOf(organization, 'agent');
    const shown = async (filters: string) => {
      const { text } = await client.get(`/o/${organization.slug}/requests?group=closed&${filters}`);
      return names.filter((name) => text.includes(name));
    };
    for (const filters of ['right=access', 'regime=gdpr', 'assignee=none']) {
      expect(await shown(filters), filters).to.deep.equal(names);
    }
    for (const filters of ['right=deletion', 'assignee=me', 'due=overdue', 'due=soon']) {
      expect(await shown(filters), filters).to.deep.equal([]);
    }
  });

  it('counts closed requests up to a thousand', async () => {
    const client = await clientOf(organization, 'agent');
    const closed = (count: number) =>
      Array.from({ length: count }, () => ({
        organizationId: organization._id,
        group: 'closed',
        reference: randomUUID(),
        formKey: randomUUID(),
      }));
    const queue = async () => (await client.get(`/o/${organization.slug}/requests`)).text;
    await RequestModel.collection.insertMany(closed(999));
    expect(await queue()).to.match(/>999</u);
    await RequestModel.collection.insertMany(closed(2));
    expect(await queue()).to.match(/>1,000\+</u);
  });

  it('refuses filters that nobody offers', async () => {
    const client = await clientOf(organization, 'agent');
    const reply = await client.get(`/o/${organization.slug}/requests?right[$gt]=`);
    expect(reply.status).to.equal(422);
  });

  it('shows a request with notes that the person never sees', async () => {
    const { row, email } = await aRequest(organization);
    const client = await clientOf(organization, 'agent');
    const page = pageOf(row._id);
    const note = { formKey: randomUUID(), note: 'Ask the archive.' };
    const reply = await client.submit(page, note, `${page}/notes`);
    expect(reply.text).to.include('Ask the archive.').and.include('Only staff see this');
    const message = { formKey: randomUUID(), text: 'We are on it.' };
    await client.submit(page, message, `${page}/messages`);
    const portal = await inPortal(organization, row.reference, email);
    expect(portal.reply.text).to.include('We are on it.').and.not.include('Ask the archive.');
  });

  it('refuses with a coded ground only, keeping the typed words', async () => {
    const { row } = await aRequest(organization);
    const client = await clientOf(organization, 'privacy-officer');
    const page = pageOf(row._id);
    const fields = { version: '2', ground: '', text: 'We hold nothing about you.' };
    const reply = await client.submit(page, fields, `${page}/refusal`);
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('Choose the ground').and.include(fields.text);
    const { version } = await requestByReference(organization, row.reference);
    const done = await client.submit(
      page,
      { ...fields, version: `${version}`, ground: 'no-data-held' },
      `${page}/refusal`,
    );
    expect(done.text).to.include('No data held').and.include('Refused');
  });

  it('lets the slower of two decide again, with what was typed', async () => {
    const { row } = await aRequest(organization);
    const { version } = await requestByReference(organization, row.reference);
    const page = pageOf(row._id);
    const [fast, slow] = [
      await clientOf(organization, 'privacy-officer'),
      await clientOf(organization, 'privacy-officer'),
    ];
    const extension = { version: `${version}`, reason: 'complexity', text: 'Many archives.' };
    expect((await fast.submit(page, extension, `${page}/extension`)).status).to.equal(200);
    const refusal = { version: `${version}`, ground: 'excessive', text: 'Third time this week.' };
    const reply = await slow.submit(page, refusal, `${page}/refusal`);
    expect(reply.status).to.equal(409);
    expect(reply.text).to.include('has changed since').and.include('Third time this week.');
    expect((await requestByReference(organization, row.reference)).state).to.equal('new');
  });

  it('shows typed words even when their form is no longer offered', async () => {
    const { row } = await aRequest(organization);
    const { version } = await requestByReference(organization, row.reference);
    const page = pageOf(row._id);
    const client = await clientOf(organization, 'privacy-officer');
    const form = new FormData();
    form.set('_csrf', await client.token(page));
    form.set('version', `${version}`);
    form.set('text', 'All your data are in the file.');
    form.append('files', new Blob(['{}'], { type: 'application/json' }), 'data.json');
    const done = await client.upload(`${page}/completion`, form);
    expect(done.text).to.include('data.json').and.include('Completed');
    const late = await client.submit(
      page,
      { formKey: randomUUID(), text: 'Too late.' },
      `${page}/messages`,
    );
    expect(late.status).to.equal(409);
    expect(late.text).to.include('Too late.');
  });

  it('offers each role what it may do, and keeps the rest shut', async () => {
    const { row } = await aRequest(organization);
    const { version } = await requestByReference(organization, row.reference);
    const page = pageOf(row._id);
    const agent = await clientOf(organization, 'agent');
    const shown = await agent.get(page);
    expect(shown.text).to.include('Write to the person').and.not.include('/refusal');
    const fields = { version: `${version}`, ground: 'excessive', text: 'No, sorry.' };
    expect((await agent.submit(page, fields, `${page}/refusal`)).status).to.equal(403);
    const auditor = await clientOf(organization, 'auditor');
    expect((await auditor.get(page)).text).not.to.include('Write to the person');
    const note = { formKey: randomUUID(), text: 'Hello' };
    expect((await auditor.submit(page, note, `${page}/notes`)).status).to.equal(403);
    expect((await agent.get(`/o/${organization.slug}/audit`)).status).to.equal(403);
  });

  it('is invisible to other organisations', async () => {
    const { row } = await aRequest(organization);
    const stranger = await clientOf(await anOrganization(), 'administrator');
    for (const path of ['', '/requests', '/audit', `/requests/${row._id.toHexString()}`]) {
      const { status } = await stranger.get(`/o/${organization.slug}${path}`);
      expect(status, path).to.equal(404);
    }
    const other = await anOrganization();
    const neighbour = await clientOf(other, 'administrator');
    const crossed = await neighbour.get(`/o/${other.slug}/requests/${row._id.toHexString()}`);
    expect(crossed.status).to.equal(404);
  });

  it('records every look, and shows the trail without personal data', async () => {
    const { row, email } = await aRequest(organization, { name: 'Dario Fiktiv' });
    const client = await clientOf(organization, 'privacy-officer');
    await client.get(pageOf(row._id));
    const { text } = await client.get(`/o/${organization.slug}/audit`);
    expect(text).to.include('Request read').and.include('Address confirmed');
    expect(text).not.to.include('Dario Fiktiv').and.not.include(email);
  });
});
