import { expect } from 'chai';
import { rightIds } from '../../config/rights.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { submitRequest } from '../../server/features/requests/intake.ts';
import { letterCodes, mailCodes } from '../../config/letters.ts';
import {
  arrivalLetter,
  staffNews,
  tellPerson,
  tellStaff,
} from '../../server/features/requests/mails.ts';
import { languageCodes, languageOf } from '../../server/language.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import {
  aMember,
  aRequest,
  mailsTo,
  requestByReference,
  typedRequest,
} from '../support/requests.ts';

describe('Mails about requests', () => {
  let organization: Organization;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
  });
  after(dropDatabase);

  for (const code of languageCodes) {
    it(`say everything in ${code}`, async () => {
      const language = languageOf(code);
      for (const right of rightIds) language.t(`request-mail.right.${right}`);
      for (const news of staffNews) {
        for (const part of ['subject', 'heading', 'text']) {
          expect(language.t(`request-mail.staff.${news}.${part}`)).not.to.equal('');
        }
      }
      const typed = typedRequest();
      const { reference } = await submitRequest(organization, typed, code);
      const row = await requestByReference(organization, reference);
      for (const news of mailCodes) {
        await inTransaction(() => tellPerson(organization, row, news));
      }
      const mails = await mailsTo(typed.email);
      expect(mails).to.have.length(1 + mailCodes.length);
      for (const { subject, text, html } of mails) {
        expect(subject).to.match(/\S/u);
        expect(text).not.to.match(/\{\w+\}|undefined|\[object/u);
        expect(html).to.include(`lang="${code}"`);
      }
    });
  }

  it('tell a person nothing of what was asked, written or answered, nor a name', async () => {
    const { row, email } = await aRequest(organization, { name: 'Ada Verschwiegen' });
    for (const news of letterCodes) {
      await inTransaction(() => tellPerson(organization, row, news, { name: 'Verschwiegen' }));
    }
    for (const { text, html, subject } of await mailsTo(email)) {
      expect(`${subject} ${text} ${html}`).not.to.match(/Verschwiegen|orders/u);
    }
  });

  it('thank for a complaint or a report in words of their own', async () => {
    const { row, email } = await aRequest(organization);
    for (const right of ['complaint', 'security-report', 'appeal'] as const) {
      await inTransaction(() => tellPerson(organization, row, arrivalLetter({ ...row, right })));
    }
    const subjects = (await mailsTo(email)).slice(-3).map(({ subject }) => subject);
    expect(subjects).to.deep.equal([
      `Complaint ${row.reference}: received`,
      `Report ${row.reference}: received`,
      `Request ${row.reference}: we look again`,
    ]);
  });

  it('tell staff nothing of the person', async () => {
    const officer = await aMember(organization);
    const { row, email } = await aRequest(organization, { name: 'Ada Verschwiegen' });
    for (const news of staffNews) await inTransaction(() => tellStaff(organization, row, news));
    const mails = await mailsTo(officer.account.email);
    expect(mails.length).to.be.at.least(staffNews.length);
    for (const { text, html, subject } of mails) {
      expect(`${subject} ${text} ${html}`)
        .not.to.include('Verschwiegen')
        .and.not.to.include(email)
        .and.not.to.include('orders');
    }
  });

  it('lead to the portal, which asks for a code, and never straight in', async () => {
    const { row, email } = await aRequest(organization);
    for (const news of mailCodes) {
      await inTransaction(() => tellPerson(organization, row, news));
    }
    const news = (await mailsTo(email)).filter(({ template }) => template === 'request-news');
    for (const { text } of news) expect(text).not.to.match(/\/confirm\/|\/not-me\//u);
    expect(news[0]?.text).to.include(`/privacy/${organization.slug}/requests/${row.reference}`);
  });
});
