import { expect } from 'chai';
import { presets } from '../../config/presets/all.ts';
import {
  purposeForm,
  recipientForm,
  categoryForm,
} from '../../server/features/inventory/schema.ts';
import { describeCategory, inventoryOf } from '../../server/features/inventory/service.ts';
import { organizationBySlug } from '../../server/features/organizations/service.ts';
import { inventoryOfPreset, presetById } from '../../server/features/presets/service.ts';
import { languageCodes, languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import { anAccount, signedIn } from '../support/staff.ts';

const of = (id: string) => presets.find((preset) => preset.id === id)!;
const retentionOf = (id: string, category: string) =>
  of(id).categories.find((one) => one.id === category)?.retention;

describe('The presets', () => {
  for (const preset of presets) {
    it(`are inventories that staff could have entered themselves: ${preset.id}`, () => {
      const content = inventoryOfPreset(preset, languageCodes);
      for (const [form, items] of [
        [purposeForm, content.purposes],
        [recipientForm, content.recipients],
        [categoryForm, content.categories],
      ] as const) {
        for (const { id, ...item } of items) {
          const typed =
            'sourceNames' in item ? { ...item, sourceNames: item.sourceNames.join('\n') } : item;
          const { error } = form.validate({ version: 1, ...typed });
          expect(error?.message, id).to.equal(undefined);
        }
      }
      const known = {
        purposes: new Set(content.purposes.map(({ id }) => id)),
        recipients: new Set(content.recipients.map(({ id }) => id)),
      };
      for (const category of content.categories) {
        expect([...known.purposes], category.id).to.include.members(category.purposeIds);
        expect([...known.recipients], category.id).to.include.members(category.recipientIds);
        for (const code of languageCodes) {
          const described = describeCategory(languageOf(code), content, category);
          expect(described.sources.length * described.purposes.length).to.be.greaterThan(0);
        }
      }
    });
  }

  it('offer opting out, complaints, appeals and reports whatever a notice lists', () => {
    for (const { rights } of presets) {
      expect(rights).to.include.members([
        'sale-opt-out',
        'marketing-opt-out',
        'complaint',
        'appeal',
        'child-report',
        'security-report',
      ]);
      expect(new Set(rights).size).to.equal(rights.length);
    }
  });

  it('keep the rights that each kind of notice names', () => {
    expect(of('managed-it').rights).to.include.members([
      'access',
      'access-categories',
      'correction',
      'deletion',
      'restriction',
      'portability',
      'objection',
      'limit-sensitive',
    ]);
    expect(of('patient-flow').rights).to.include.members(['access', 'correction', 'portability']);
    expect(of('clinic-management').rights).not.to.include('portability');
    expect(of('practice-management').rights).to.include.members(['restriction', 'objection']);
    expect(of('case-sharing').rights).to.include.members(['consent-withdrawal', 'restriction']);
  });

  it('follow the law of wherever somebody lives, state by state', () => {
    for (const { regimes } of presets) {
      expect(regimes).to.include.members(['ccpa', 'hipaa', 'us-tx', 'us-wa-health', 'can-spam']);
    }
    expect(of('case-sharing').regimes).to.include.members(['gdpr', 'uk-gdpr']);
    expect(of('clinic-management').regimes).to.include('lgpd');
  });

  it('promise 30 days and 30 days’ notice where the notice does, else what the law says', () => {
    expect(presets.map(({ promiseDays }) => promiseDays)).to.deep.equal([
      30,
      null,
      null,
      null,
      null,
    ]);
    expect(presets.map(({ noticePolicy }) => noticePolicy.daysAhead)).to.deep.equal([
      30,
      null,
      null,
      null,
      null,
    ]);
    expect(of('practice-management').noticePolicy.significant).to.deep.equal([
      'email',
      'in-product',
    ]);
  });

  it('know the ages 13, 16 and 18, patients in care, and Europe', () => {
    expect(of('managed-it').ageRule).to.include({ everywhere: 16, eeaAndUk: null });
    expect(of('practice-management').ageRule).to.include({ everywhere: 13, patientsExempt: true });
    expect(of('case-sharing').ageRule).to.include({ everywhere: 18, eeaAndUk: 16 });
  });

  it('hold health data for customers only, and subscribers’ people as a processor', () => {
    for (const { categories, roles } of presets) {
      const health = categories.filter(({ dataClass }) => dataClass === 'phi');
      expect(health.map(({ role }) => role)).to.deep.equal(health.map(() => 'businessAssociate'));
      expect(roles).to.include('businessAssociate');
    }
    expect(of('case-sharing').roles).to.include('processor');
  });

  it('keep logs 24 and 12 months, invoices 7 years, health records 7 to 10 years', () => {
    expect(retentionOf('managed-it', 'device-logs')).to.include({ atMostMonths: 24 });
    expect(retentionOf('patient-flow', 'device-logs')).to.include({ atMostMonths: 12 });
    expect(retentionOf('managed-it', 'billing')).to.include({ atLeastMonths: 84 });
    expect(retentionOf('managed-it', 'client-service-records')).to.deep.equal({
      anchor: 'engagement-end',
      atLeastMonths: 84,
      atMostMonths: null,
    });
    expect(retentionOf('practice-management', 'medication')).to.deep.equal({
      anchor: 'last-contact',
      atLeastMonths: 84,
      atMostMonths: 120,
    });
  });

  it('record what is hosted in the United States as a transfer', () => {
    for (const id of ['practice-management', 'case-sharing']) {
      const account = of(id).categories.find((one) => one.id === 'account');
      expect(account?.transfers).to.deep.equal([{ country: 'US', mechanism: 'undocumented' }]);
    }
  });

  it('use the four categories of cookies, or fewer', () => {
    expect(of('managed-it').cookieCategories).to.have.lengthOf(4);
    for (const { cookieCategories } of presets) expect(cookieCategories).to.include('necessary');
    expect(of('case-sharing').cookieCategories).not.to.include('marketing');
  });
});

describe('A new organisation from a preset', () => {
  useApp();

  it('is chosen among six kinds, filled in, and starts with its promises and its inventory', async () => {
    const client = await signedIn(await anAccount([], { isInstallationAdministrator: true }));
    const choice = await client.get('/staff/organizations/new');
    expect(choice.text.match(/new\?preset&#x3D;/gu)).to.have.lengthOf(6);
    const page = '/staff/organizations/new?preset=case-sharing';
    const form = await client.get(page);
    expect(form.text).to.include('Clinical case sharing').and.include('value="case-sharing"');
    const { rights, regimes } = presetById('case-sharing')!;
    const reply = await client.submit(
      page,
      {
        preset: 'case-sharing',
        slug: 'cases',
        name: 'Cases',
        timeZone: 'UTC',
        languages: ['en', 'de'],
        rights: [...rights],
        regimes: [...regimes],
        'contacts[privacyOffice][email]': 'office@example.org',
      },
      '/staff/organizations',
    );
    expect(reply.url).to.equal('/o/cases/settings');
    const organization = await organizationBySlug('cases');
    expect(organization.roles).to.include('processor');
    expect(organization.ageRule).to.deep.include({ everywhere: 18, eeaAndUk: 16 });
    const { version, categories, purposes } = await inventoryOf(organization._id);
    expect(version).to.equal(1);
    expect(categories.map(({ id }) => id)).to.include('case-records');
    expect(purposes.filter(({ basis }) => basis === 'legitimate-interests')).to.have.lengthOf(7);
    expect(purposes[0]?.name).to.have.keys('en', 'de');
  });

  it('keeps its choice when a field cannot be used', async () => {
    const client = await signedIn(await anAccount([], { isInstallationAdministrator: true }));
    const page = '/staff/organizations/new?preset=managed-it';
    const fields = { preset: 'managed-it', slug: '-', name: 'X' };
    const reply = await client.submit(page, fields, '/staff/organizations');
    expect(reply.status).to.equal(422);
    expect(reply.text).to.include('value="managed-it"').and.include('id="slug-error"');
  });
});
