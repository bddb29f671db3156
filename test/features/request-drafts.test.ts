import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Types } from 'mongoose';
import { inTransaction } from '../../server/database/transaction.ts';
import { saveLetter } from '../../server/features/letters/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import { draftDecision } from '../../server/features/requests/drafts.ts';
import { tellPerson } from '../../server/features/requests/mails.ts';
import { languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { typedEntry } from '../support/entries.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember, anUnverifiedRequest, aRequest, mailsTo } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('The letter of a decision', () => {
  useApp();
  let organization: Organization;
  let client: Client;
  before(async () => {
    organization = await anOrganization();
    client = await clientOf(organization, 'privacy-officer');
  });
  const draft = (
    id: Awaited<ReturnType<typeof aRequest>>['row']['_id'],
    given: Partial<Parameters<typeof draftDecision>[2]>,
  ) =>
    aMember(organization).then((officer) =>
      draftDecision(officer, id, {
        form: 'refuse',
        kind: 'completed',
        ground: null,
        reason: null,
        ...given,
      }),
    );

  it('says to whom, what, when, why and where to complain', async () => {
    const { row } = await aRequest(organization, { right: 'deletion', country: 'FR' });
    const refusal = await draft(row._id, { ground: 'legal-obligation' });
    expect(refusal)
      .to.include('Dear Ada Beispiel,')
      .and.include(row.reference)
      .and.include('Deletion of personal data')
      .and.include('A law requires us to keep these data.')
      .and.include('cnil.fr')
      .and.include('privacy-office@example.org');
    const page = `/privacy/${organization.slug}/requests/${row.reference}`;
    expect(refusal).to.include('have this looked at again').and.include(page);
    expect(await draft(row._id, { form: 'complete', kind: 'partial' })).to.include('at again');
    expect(await draft(row._id, { form: 'complete' })).not.to.include('looked at again');
    const later = await draft(row._id, { form: 'extend', reason: 'complexity' });
    const last = languageOf('en').day(row.deadlines.extendedDue ?? '');
    expect(later).to.include('Your request is complex.').and.include(`by ${last} at the latest`);
    expect(await draft(row._id, { form: 'complete' })).to.include('We have done what you asked');
    expect(await draft(row._id, { ground: 'identity-not-proved' })).to.include('To protect');
  });

  it('says on paper where to appeal by post and telephone, and nothing of the portal', async () => {
    const privacyOffice = {
      email: 'office@paper.test',
      phone: '+49 30 5678',
      post: 'Privacy office\nAm Markt 1\n12345 Musterstadt',
    };
    const nobody = { email: '', phone: '', post: '' };
    const own = await anOrganization({
      contacts: { privacyOffice, dataProtectionOfficer: nobody, security: nobody },
    });
    const desk = await clientOf(own, 'privacy-officer');
    const entry = typedEntry({ right: 'portability', level: '2', method: 'known-in-person' });
    const at = `/o/${own.slug}/requests/new?right=portability&country=DE`;
    const { url } = await desk.submit(at, entry, `/o/${own.slug}/requests/new`);
    const text = await draftDecision(
      await aMember(own),
      new Types.ObjectId(url.split('/').at(-1)),
      {
        form: 'refuse',
        kind: 'completed',
        ground: 'excessive',
        reason: null,
      },
    );
    expect(text)
      .to.include('have this looked at again')
      .and.include('Privacy office, Am Markt 1, 12345 Musterstadt, +49 30 5678, office@paper.test')
      .and.not.include('/privacy/');
  });

  it('comes into the form, above what was typed, and is shown as the person will see it', async () => {
    const { row } = await aRequest(organization);
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const fields = {
      version: row.version.toString(),
      ground: 'no-data-held',
      text: 'My own words.',
    };
    const at = `${page}/letters/refuse`;
    const filled = await client.submit(page, { ...fields, step: 'draft' }, at);
    const area = /<textarea[^>]*id="refuse-text".*?<\/textarea>/su.exec(filled.text)?.[0] ?? '';
    expect(area).to.match(/Dear Ada Beispiel.*We hold no data about you\..*My own words\./su);
    expect(filled.text).to.match(/<option value="no-data-held" selected>/u);
    const look = await client.submit(page, { ...fields, step: 'look' }, at);
    expect(look.text).to.include('How the person will see it');
    expect(/letter-look.*?<\/div><\/div>/su.exec(look.text)?.[0]).to.include('My own words.');
    expect((await client.get(page)).text, 'nothing is kept').not.to.include('My own words.');
  });

  it('suits the right that is used', async () => {
    const { row } = await aRequest(organization, { right: 'objection' });
    expect(await draft(row._id, { form: 'complete' })).to.include('You objected to the use');
    expect(await draft(row._id, {})).to.include('We have weighed your reasons');
  });

  it('lists what is kept until when, and what was changed', async () => {
    const officer = await aMember(organization);
    const add = (id: typeof officer.organizationId, kind: 'kept' | 'change', fields: object) =>
      addAnswerItem(officer, id, {
        formKey: randomUUID(),
        kind,
        fields: fields as Record<string, string>,
      });
    const { row } = await aRequest(organization, { right: 'deletion' });
    const kept = { category: 'Invoices', reason: 'legal-obligation', 'deleted-on': '2036-12-31' };
    await add(row._id, 'kept', kept);
    expect(await draft(row._id, { form: 'complete', kind: 'partial' })).to.include(
      '- Invoices: A law requires us to keep these data. Will be deleted on 31 December 2036.',
    );
    const { row: wrong } = await aRequest(organization, { right: 'correction' });
    await add(wrong._id, 'change', { field: 'Street', before: 'Old Lane', after: 'New Lane' });
    expect(await draft(wrong._id, { form: 'complete' })).to.include(
      '- Street: before "Old Lane", now "New Lane"',
    );
  });

  it('is in the organisation’s own words where it has some', async () => {
    const officer = await aMember(organization);
    const words = { version: 0, subject: '', body: 'No, {{name}}. {{ground}}' };
    await saveLetter(officer, { code: 'refused', language: 'en' }, words);
    const { row } = await aRequest(organization);
    expect(await draft(row._id, { ground: 'no-data-held' })).to.equal(
      'No, Ada Beispiel. We hold no data about you.',
    );
  });

  it('names authorities in a mail only once the mailbox is proved', async () => {
    const { row, email } = await aRequest(organization, { country: 'FR' });
    await inTransaction(() => tellPerson(organization, row, 'answered'));
    expect((await mailsTo(email)).at(-1)?.text).to.include('cnil.fr');
    const unproven = await anUnverifiedRequest(organization, {
      country: 'FR',
      email: 'unproven@person.test',
    });
    await inTransaction(() => tellPerson(organization, unproven, 'expired'));
    const mail = (await mailsTo('unproven@person.test')).at(-1);
    expect(mail?.text).to.include('You can also complain').and.not.include('cnil');
  });
});
