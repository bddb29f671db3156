import { expect } from 'chai';
import { noCommitments } from '../../config/commitments.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { findingCodes, type PolicyConfiguration } from '../../server/features/policies/finding.ts';
import { isEnglish, passagesOf } from '../../server/features/policies/passages.ts';
import { currentPolicy, lintPolicy } from '../../server/features/policies/service.ts';
import { languageCodes, languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

const settings: PolicyConfiguration = {
  ...noCommitments,
  rights: ['access', 'correction', 'deletion', 'complaint'],
  regimes: ['gdpr', 'uk-gdpr'],
  promiseDays: 20,
  ageRule: { everywhere: 16, eeaAndUk: null, patientsExempt: false },
  noticePolicy: { daysAhead: 14, material: ['posting'], significant: [] },
  contacts: {
    privacyOffice: 'privacy@harbour.example',
    dataProtectionOfficer: '',
    hipaaOfficer: '',
    security: '',
  },
};

/** A notice without fault, beside the settings above. */
const sound = `Harbour Boats: how we treat your data
Last revised: 3 March 2025
What we hold
We hold your name, your address and the IP address of your device.
Cookies
- Needed: keeps you signed in.
- Analytics: counts visits. Choose in our cookie banner.
How long
Invoices are kept for 8 years. All else is deleted 6 months after your account is closed.
Your rights
- Access: ask for a copy of your data.
- Correction: have errors put right.
- Deletion: have your data removed.
Write to privacy@harbour.example. We answer requests within 20 days.
You may complain to a supervisory authority.
Children
We do not hold data of children under 16.
Changes
We tell you at least 14 days before a change.`;

const codesOf = (text: string, given: Partial<PolicyConfiguration> = {}) =>
  lintPolicy(text, { ...settings, ...given }).map(({ code }) => code);
const without = (pattern: RegExp) => sound.replace(pattern, '');
const withMore = (...lines: string[]) => [sound, ...lines].join('\n');

describe('The comparison of a privacy notice', () => {
  it('is silent about a notice that is sound and says what is set', () => {
    expect(lintPolicy(sound, settings)).to.deep.equal([]);
  });

  it('finds that data are not sold, beside marketing cookies or advertising partners', () => {
    const claim = 'We will never sell or share your data.';
    const found = lintPolicy(
      withMore(claim, 'Advertising partners tell us which offers you saw.'),
      settings,
    );
    expect(found).to.deep.equal([{ code: 'not-sold-but-marketing', quote: claim, facts: {} }]);
    const cookies = sound.replace('- Needed', '- Marketing: measures campaigns.\n- Needed');
    expect(codesOf(`${cookies}\n${claim}`)).to.deep.equal(['not-sold-but-marketing']);
    expect(codesOf(withMore(claim, 'You may stop our marketing mails.'))).to.deep.equal([]);
    expect(codesOf(cookies)).to.deep.equal([]);
  });

  it('finds visitors’ data called anonymous beside addresses of devices', () => {
    expect(codesOf(withMore('Our website collects anonymous data from visitors.'))).to.deep.equal([
      'anonymous-but-identified',
    ]);
    for (const less of [
      'We collect figures about visits, which are anonymized where possible.',
      'Aggregated, anonymous usage data help us to plan.',
    ]) {
      expect(codesOf(withMore(less)), less).to.deep.equal([]);
    }
    const alone = 'We collect anonymous data from visitors.';
    expect(codesOf(without(/ and the IP address of your device/u) + alone)).to.deep.equal([]);
  });

  it('finds end-to-end encryption claimed, and not where it is denied', () => {
    expect(codesOf(withMore('All is protected by end-to-end encryption.'))).to.deep.equal([
      'end-to-end-claimed',
    ]);
    expect(codesOf(withMore('Our storage is not end-to-end encrypted.'))).to.deep.equal([]);
  });

  it('finds rights only through account settings, where there are patients', () => {
    const only = without(/Write to .*days\.\n/u) + '\nWe answer requests within 20 days.';
    const inAccount = 'Please exercise your rights in your account settings.';
    expect(codesOf(`${only}\n${inAccount}\nWe also hold data of patients.`)).to.include(
      'account-settings-only',
    );
    expect(codesOf(`${only}\n${inAccount}`)).not.to.include('account-settings-only');
    expect(codesOf(withMore(inAccount, 'We hold data of patients.'))).to.deep.equal([]);
  });

  it('finds that there is no date, and reads the usual ways to write one', () => {
    expect(codesOf(without(/Last revised.*\n/u))).to.deep.equal(['no-date']);
    for (const date of ['March 3, 2025', '2025-03-03', '03/03/2025', '3rd March 2025']) {
      const dated = sound.replace('Last revised: 3 March 2025', `Effective date: ${date}`);
      expect(codesOf(dated), date).to.deep.equal([]);
    }
    const promised = sound.replace(
      'Last revised: 3 March 2025',
      'We change the "Last updated" date.',
    );
    expect(codesOf(promised)).to.deep.equal(['no-date']);
  });

  it('finds that no time for answers is given', () => {
    const silent = sound.replace(' within 20 days', '');
    expect(codesOf(silent, { promiseDays: null })).to.deep.equal(['no-answer-time']);
  });

  it('finds that people in Europe are told of no authority', () => {
    const silent = without(/You may complain.*\n/u);
    expect(codesOf(silent)).to.deep.equal(['no-complaint-route']);
    expect(codesOf(silent, { regimes: ['ccpa'] })).to.deep.equal([]);
  });

  it('finds that no period of retention is given; an event that ends it is one', () => {
    const vague = sound.replace(/Invoices are kept.*\n/u, 'We keep data as long as necessary.\n');
    expect(codesOf(vague)).to.deep.equal(['no-retention-period']);
    const event = sound.replace(
      /Invoices are kept.*\n/u,
      'We keep data while you have an account.\n',
    );
    expect(codesOf(event)).to.deep.equal([]);
  });

  it('finds consent inferred from use', () => {
    for (const words of [
      'By visiting this website you agree to this notice.',
      'Continued use of our boats means that you accept the changes.',
    ]) {
      expect(codesOf(withMore(words)), words).to.deep.equal(['consent-by-use']);
    }
    expect(codesOf(withMore('By using the map you see the harbour.'))).to.deep.equal([]);
  });

  it('finds the browser given as the only control over cookies', () => {
    const only = sound.replace('Choose in our cookie banner.', 'Block cookies in your browser.');
    expect(codesOf(only)).to.deep.equal(['browser-control-only']);
    expect(codesOf(withMore('You can also block cookies in your browser.'))).to.deep.equal([]);
  });

  it('finds rights, laws, cookies and ages that are named and not set', () => {
    expect(codesOf(sound, { rights: ['access', 'deletion', 'complaint'] })).to.deep.equal([
      'right-not-offered',
    ]);
    const [found] = lintPolicy(sound, {
      ...settings,
      rights: ['access', 'correction', 'complaint'],
    });
    expect(found).to.deep.equal({
      code: 'right-not-offered',
      quote: 'Deletion: have your data removed.',
      facts: { right: 'deletion' },
    });
    expect(codesOf(withMore('We follow the CCPA.'))).to.deep.equal(['law-not-set']);
    expect(codesOf(sound, { cookieCategories: ['necessary'] })).to.deep.equal(['cookies-not-set']);
    const young = sound.replace('under 16', 'under the age of 13');
    expect(codesOf(young)).to.deep.equal(['age-differs']);
    const ageRule = { everywhere: 18, eeaAndUk: 13, patientsExempt: false };
    expect(codesOf(young, { ageRule })).to.deep.equal([]);
  });

  it('finds promised days that differ from those set, on either side', () => {
    expect(codesOf(sound, { promiseDays: 30 })).to.deep.equal(['promise-differs']);
    expect(codesOf(sound, { promiseDays: null })).to.deep.equal(['promise-not-set']);
    const silent = sound.replace(' within 20 days', '');
    expect(codesOf(silent)).to.deep.equal(['no-answer-time', 'promise-not-stated']);
    const noticePolicy = { ...settings.noticePolicy, daysAhead: 30 };
    expect(codesOf(sound, { noticePolicy })).to.deep.equal(['notice-differs']);
  });

  it('finds contacts that are missing here or there', () => {
    expect(codesOf(withMore('Ask our Data Protection Officer.'))).to.deep.equal([
      'contact-not-set',
    ]);
    expect(codesOf(withMore('Report leaks to leaks@harbour.example.'))).to.deep.equal([
      'address-unknown',
    ]);
    expect(codesOf(sound.replace('Write to privacy@harbour.example. ', ''))).to.include(
      'no-contact-stated',
    );
  });

  it('takes texts apart at lines and sentences, under their headings', () => {
    expect(passagesOf('Your rights\n1. Use\n• Access, e.g. a copy. And more.')).to.deep.equal([
      { text: 'Your rights', heading: 'Your rights' },
      { text: '1. Use', heading: '1. Use' },
      { text: 'Access, e.g. a copy', heading: '1. Use' },
      { text: 'And more.', heading: '1. Use' },
    ]);
  });

  it('takes no longer than its length allows, whatever is written', () => {
    const ask = ['act in ', 'respond within 1 ', 'continued use means ', 'not ', '1', 'right '];
    for (const words of [...ask, 'a@', 'a.a', '. ', '( ', 'by using ', 'x ']) {
      const text = words.repeat(100_000 / words.length);
      expect(lintPolicy(text, settings), words).to.be.an('array');
    }
  });

  it('knows which texts it can read', () => {
    expect(isEnglish(sound)).to.equal(true);
    expect(isEnglish('Wir verarbeiten Ihre Daten nur, soweit das nötig ist.')).to.equal(false);
  });
});

describe('The page of the privacy notice', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let page: string;
  before(async () => {
    organization = await anOrganization({ promiseDays: 30 });
    officer = await clientOf(organization, 'privacy-officer');
    page = `/o/${organization.slug}/inventory/policy`;
  });

  it('stores the text as a version and shows what contradicts the settings, with the passage', async () => {
    expect((await officer.get(page)).text).to.include('No text yet');
    const fields = {
      version: '0',
      text: sound,
      publishedOn: '2025-03-03',
      effectiveOn: '2025-04-01',
    };
    const reply = await officer.submit(page, fields);
    expect(reply.status, reply.text.slice(0, 2000)).to.equal(200);
    expect(reply.text)
      .to.include('20 days promised, 30 set')
      .and.include('We answer requests within 20 days.')
      .and.include('Version 1');
    const stored = await currentPolicy(organization._id);
    expect(stored).to.include({ version: 1, effectiveOn: '2025-04-01' });
    expect(stored?.hash).to.match(/^[0-9a-f]{64}$/u);
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.include({ action: 'policy.stored' });
  });

  it('keeps earlier versions, and refuses what was typed over another text', async () => {
    const own = await anOrganization();
    const client = await clientOf(own, 'administrator');
    const at = `/o/${own.slug}/inventory/policy`;
    await client.submit(at, { version: '0', text: sound });
    await client.submit(at, { version: '1', text: `${sound}\nMore words.` });
    expect((await client.submit(at, { version: '1', text: sound })).status).to.equal(409);
    const past = await client.get(`${at}?version=1`);
    expect(past.text).to.include('no longer in force').and.not.include('More words.');
    expect((await client.get(`${at}?version=7`)).status).to.equal(404);
  });

  it('refuses an empty text and an effect before publication', async () => {
    for (const [field, fields] of [
      ['text', { text: '' }],
      ['effectiveOn', { text: sound, publishedOn: '2025-03-03', effectiveOn: '2025-03-02' }],
    ] as const) {
      const reply = await officer.submit(page, { version: '1', ...fields });
      expect(reply.status).to.equal(422);
      expect(reply.text).to.include(`id="${field}-error"`);
    }
  });

  it('has words for every finding, and says when a text cannot be read', async () => {
    const own = await anOrganization();
    const client = await clientOf(own, 'administrator');
    const at = `/o/${own.slug}/inventory/policy`;
    const german = 'Wir verarbeiten Ihre Daten nur, soweit das für unsere Leistungen nötig ist.';
    expect((await client.submit(at, { version: '0', text: german })).text).to.include(
      'Only English texts',
    );
    for (const code of findingCodes) {
      for (const part of ['title', 'todo']) {
        const key = `policies.finding.${code}.${part}`;
        for (const language of languageCodes)
          expect(languageOf(language).has(key), key).to.equal(true);
      }
    }
  });

  it('is read and not changed by auditors', async () => {
    const auditor = await clientOf(organization, 'auditor');
    expect((await auditor.get(page)).status).to.equal(200);
    const form = { _csrf: await auditor.token('/staff/account'), version: '1', text: sound };
    expect((await auditor.post(page, form)).status).to.equal(403);
  });
});
