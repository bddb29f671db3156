import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import { DraftModel } from '../../server/features/requests/desk-model.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { aWaitingDocument } from '../support/proofs.ts';
import { aMember, aRequest, aRequestByMail, requestByReference } from '../support/requests.ts';
import { anAccount, signedIn } from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

describe('The page of a request at the desk', () => {
  useApp();
  let organization: Organization;
  let mira: Client;
  let noah: Client;
  const pageOf = (id: unknown) => `/o/${organization.slug}/requests/${String(id)}`;
  const draftsIn = () =>
    DraftModel.countDocuments({ organizationId: organization._id }).comment(OF_A_TEST);

  before(async () => {
    organization = await anOrganization();
    const account = (name: string) => anAccount([[organization, 'privacy-officer']], { name });
    mira = await signedIn(await account('Mira Feld'));
    noah = await signedIn(await account('Noah Berg'));
  });

  it('says what is next, and offers it first', async () => {
    const { row } = await aRequest(organization);
    const page = pageOf(row._id);
    const fresh = await mira.get(page);
    expect(fresh.text).to.match(/desk-next-text">Assign</u);
    const assigned = await mira.submit(
      page,
      {
        version: `${row.version}`,
        assigneeId: /name="assigneeId" value="([0-9a-f]{24})"/u.exec(fresh.text)?.[1] ?? '',
      },
      `${page}/assignment`,
    );
    expect(assigned.text)
      .to.match(/desk-next-text">Answer</u)
      .and.match(/href="#complete"[^>]*>Write the answer</u);
  });

  it('names a document that waits before all else, also in the queue', async () => {
    const { row } = await aWaitingDocument(organization);
    const { text } = await mira.get(pageOf(row._id));
    expect(text).to.match(/desk-next-text">A document waits for your review</u);
    expect(text).to.match(
      new RegExp(`href="${pageOf(row._id)}/identity"[^>]*>Look at the doc`, 'u'),
    );
    const queue = await mira.get(`/o/${organization.slug}/requests`);
    expect(queue.text).to.include('A document waits for your review');
  });

  it('calls an answer in part what it is, here and in the queue', async () => {
    const { row } = await aRequest(organization);
    const staff = await aMember(organization);
    const fields = { category: 'Invoices', reason: 'other-exemption' };
    await addAnswerItem(staff, row._id, { kind: 'kept', formKey: randomUUID(), fields });
    const partial = { version: row.version + 1, kind: 'partial', text: 'Nearly all.' } as const;
    await completeRequest(staff, row._id, partial, []);
    for (const page of [pageOf(row._id), `/o/${organization.slug}/requests?group=closed`]) {
      const { text } = await mira.get(page);
      expect(text).to.include('Answered in part</span>').and.not.include('Completed</span>');
    }
  });

  it('says why nothing can be given out, and offers a package only where one is due', async () => {
    const unproved = await aRequestByMail(organization, { dataClass: 'phi' });
    const { text } = await mira.get(pageOf(unproved.row._id));
    expect(text).to.include('not yet known surely enough').and.include('Open the package');
    expect(text).not.to.include('Your role may not');
    const { row } = await aRequest(organization, { right: 'restriction' });
    expect((await mira.get(pageOf(row._id))).text).not.to.include('Open the package');
  });

  it('keeps a draft for its writer alone, on every device, until the decision', async () => {
    const { row } = await aRequest(organization);
    const page = pageOf(row._id);
    const text = 'We found three orders.';
    const saved = await mira.submit(page, { form: 'complete', text }, `${page}/draft`);
    expect(saved.text).to.include('Your draft has been saved').and.include(text);
    expect((await noah.get(page)).text).not.to.include(text);
    const stored = await DraftModel.findOne({
      organizationId: organization._id,
      requestId: row._id,
    })
      .comment(OF_A_TEST)
      .orFail()
      .lean();
    expect(JSON.stringify(stored)).not.to.include(text);
    await mira.submit(page, { form: 'message', text: 'Hello' }, `${page}/draft`);
    await mira.submit(page, { formKey: randomUUID(), text: 'Hello!' }, `${page}/messages`);
    expect(await draftsIn()).to.equal(1);
    const { version } = await requestByReference(organization, row.reference);
    const refusal = { version: `${version}`, ground: 'no-data-held', text: 'We hold nothing.' };
    await noah.submit(page, refusal, `${page}/refusal`);
    expect(await draftsIn()).to.equal(0);
  });

  it('forgets a draft whose text is empty again', async () => {
    const { row } = await aRequest(organization);
    const page = pageOf(row._id);
    await mira.submit(page, { form: 'message', text: 'Dear' }, `${page}/draft`);
    await mira.submit(page, { form: 'message', text: '' }, `${page}/draft`);
    expect(await draftsIn()).to.equal(0);
  });

  it('shows who else has it open, and whether it changed meanwhile', async () => {
    letClockStand();
    const { row } = await aRequest(organization);
    const page = pageOf(row._id);
    const first = await mira.get(page);
    expect(first.text).not.to.include('open too');
    expect((await noah.get(page)).text).to.include('Mira Feld has this open too.');
    const pulse = async () => {
      const fields = { _csrf: await mira.token(page) };
      return JSON.parse((await mira.post(`${page}/pulse`, fields)).text) as Record<string, string>;
    };
    const [, stamp] = /data-stamp="([^"]+)"/u.exec(first.text) ?? [];
    expect(await pulse()).to.deep.equal({ stamp, others: 'Noah Berg has this open too.' });
    const { version } = await requestByReference(organization, row.reference);
    const extension = { version: `${version}`, reason: 'complexity', text: 'Many archives.' };
    await noah.submit(page, extension, `${page}/extension`);
    expect((await pulse()).stamp).not.to.equal(stamp);
  });

  it('changes the tags that were changed here, and keeps those of colleagues', async () => {
    const { row } = await aRequest(organization);
    const page = pageOf(row._id);
    await mira.submit(page, { seen: '', tags: 'Late Payer, vip' }, `${page}/tags`);
    await noah.submit(page, { seen: '', tags: 'archive' }, `${page}/tags`);
    const { text } = await mira.submit(
      page,
      { seen: 'late-payer, vip', tags: 'vip' },
      `${page}/tags`,
    );
    expect((await requestByReference(organization, row.reference)).tags).to.deep.equal([
      'archive',
      'vip',
    ]);
    expect(text).to.match(/\?tag(?:=|&#x3D;)archive/u);
    const refused = await mira.submit(page, { seen: '', tags: 'so<so' }, `${page}/tags`);
    expect([refused.status, refused.text.includes('Ten tags at most')]).to.deep.equal([422, true]);
    expect(refused.text).to.include('so&lt;so');
  });
});
