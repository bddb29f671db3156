import { expect } from 'chai';
import type { Role } from '../../config/permissions.ts';
import { SiteModel } from '../../server/features/organizations/model.ts';
import {
  organizationBySlug,
  organizationById,
  sitesOf,
  type Organization,
} from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { anAccount, clientOf, signedIn } from '../support/staff.ts';

const settings = {
  name: 'Example Clinic',
  timeZone: 'Europe/Dublin',
  languages: ['de', 'en'],
  regimes: ['gdpr', 'hipaa'],
  rights: ['access', 'deletion'],
  promiseDays: '14',
  policyUrl: 'https://www.example.org/privacy',
  'contacts[privacyOffice][email]': 'office@example.org',
  'contacts[privacyOffice][post]': 'Example Street 1\nDublin',
};

describe('The settings of an organisation', () => {
  useApp();
  let organization: Organization;
  let administrator: Client;
  let page: string;
  beforeEach(async () => {
    organization = await anOrganization({ languages: ['en', 'de'] });
    administrator = await clientOf(organization, 'administrator');
    page = `/o/${organization.slug}/settings`;
  });

  it('are changed by administrators; the default language stays first', async () => {
    const reply = await administrator.submit(page, settings);
    expect(reply.status).to.equal(200);
    expect(reply.text).to.include('Saved.').and.include('Example Clinic');
    const changed = await organizationById(organization._id);
    expect(changed).to.deep.include({
      name: 'Example Clinic',
      slug: organization.slug,
      timeZone: 'Europe/Dublin',
      languages: ['en', 'de'],
      regimes: ['gdpr', 'hipaa'],
      rights: ['access', 'deletion'],
      promiseDays: 14,
      promiseYields: false,
      requiresSecondFactor: false,
    });
    expect(changed.contacts.privacyOffice.post).to.include('Dublin');
  });

  it('take one value where several may stand, no promise, and the box for the second factor', async () => {
    await administrator.submit(page, {
      ...settings,
      languages: 'en',
      rights: 'access',
      regimes: 'ccpa',
      promiseDays: '',
      promiseYields: 'true',
      policyUrl: '',
      requiresSecondFactor: 'true',
    });
    const changed = await organizationById(organization._id);
    expect(changed).to.deep.include({
      languages: ['en'],
      rights: ['access'],
      regimes: ['ccpa'],
      promiseDays: null,
      promiseYields: true,
      policyUrl: null,
      requiresSecondFactor: true,
    });
  });

  it('keep what the privacy notice promises: parts, ages, notices and cookies', async () => {
    const reply = await administrator.submit(page, {
      ...settings,
      roles: ['controller', 'businessAssociate'],
      'ageRule[everywhere]': '13',
      'ageRule[eeaAndUk]': '',
      'ageRule[patientsExempt]': 'true',
      'noticePolicy[daysAhead]': '30',
      'noticePolicy[material]': ['posting', 'email'],
      cookieCategories: ['necessary', 'analytics'],
      'contacts[hipaaOfficer][email]': 'hipaa@example.org',
    });
    expect(reply.status).to.equal(200);
    const changed = await organizationById(organization._id);
    expect(changed).to.deep.include({
      roles: ['controller', 'businessAssociate'],
      ageRule: { everywhere: 13, eeaAndUk: null, patientsExempt: true },
      noticePolicy: { daysAhead: 30, material: ['posting', 'email'], significant: [] },
      cookieCategories: ['necessary', 'analytics'],
    });
    expect(changed.contacts.hipaaOfficer.email).to.equal('hipaa@example.org');
  });

  it('are shown again with a sentence per field when they cannot be used', async () => {
    const { rights, ...others } = settings;
    expect(rights).to.have.length(2);
    const reply = await administrator.submit(page, {
      ...others,
      name: '',
      timeZone: 'Middle/Earth',
      promiseDays: '0',
      policyUrl: 'javascript:alert(1)',
      'contacts[security][email]': 'nobody',
    });
    expect(reply.status).to.equal(422);
    for (const id of [
      'name',
      'timeZone',
      'rights',
      'promiseDays',
      'policyUrl',
      'contacts.security.email',
    ]) {
      expect(reply.text, id).to.include(`id="${id}-error"`);
    }
    expect(reply.text).to.include('office@example.org');
    expect((await organizationById(organization._id)).name).to.equal(organization.name);
  });

  it('take no unknown fields, no operators and no other short name', async () => {
    for (const extra of [
      { slug: 'another' },
      { 'name[$ne]': 'x' },
      { organizationId: '0'.repeat(24) },
    ]) {
      const reply = await administrator.submit(page, { ...settings, ...extra });
      expect(reply.status).to.equal(422);
    }
  });

  for (const [role, status] of [
    ['privacy-officer', 200],
    ['auditor', 200],
    ['agent', 403],
  ] as [Role, number][]) {
    it(`${status === 200 ? 'are read' : 'stay closed'} for the role ${role}, and are not changed`, async () => {
      const client = await clientOf(organization, role);
      const seen = await client.get(page);
      expect(seen.status).to.equal(status);
      expect(seen.text).not.to.match(/<button class="button button-primary/u);
      const form = { _csrf: await client.token('/staff/account') };
      expect((await client.post(page, { ...form, ...settings })).status).to.equal(403);
    });
  }

  it('are hidden from other organisations', async () => {
    const stranger = await clientOf(await anOrganization(), 'administrator');
    const form = { _csrf: await stranger.token('/staff/account') };
    expect((await stranger.get(page)).status).to.equal(404);
    expect((await stranger.post(page, { ...form, ...settings })).status).to.equal(404);
  });
});

describe('The websites of an organisation', () => {
  useApp();
  let organization: Organization;
  let administrator: Client;
  let page: string;
  beforeEach(async () => {
    organization = await anOrganization();
    administrator = await clientOf(organization, 'administrator');
    page = `/o/${organization.slug}/settings/sites`;
  });

  it('are added with their addresses, and show the tag to embed', async () => {
    const reply = await administrator.submit(page, {
      name: 'Shop',
      origins: 'https://shop.example.org/\n\n  http://localhost:8081  ',
    });
    const [site] = await sitesOf(organization._id);
    expect(site).to.deep.include({
      name: 'Shop',
      origins: ['https://shop.example.org', 'http://localhost:8081'],
    });
    expect(reply.url).to.equal(`${page}/${site?._id.toHexString() ?? ''}`);
    expect(reply.text).to.include(`/c/${site?.siteKey ?? ''}.js`);
    expect((await administrator.get(page)).text).to.include('Shop');
  });

  it('are changed, and keep their tag', async () => {
    const site = await aSite(organization);
    const here = `${page}/${site._id.toHexString()}`;
    await administrator.submit(here, { name: 'Renamed', origins: 'https://new.example.org' });
    const changed = await SiteModel.findOne({
      _id: site._id,
      organizationId: organization._id,
    }).lean();
    expect(changed).to.deep.include({
      name: 'Renamed',
      origins: ['https://new.example.org'],
      siteKey: site.siteKey,
    });
  });

  it('are refused without a name, without an address, or with one that is no origin', async () => {
    const site = await aSite(organization);
    for (const at of [page, `${page}/${site._id.toHexString()}`]) {
      for (const values of [
        { name: '', origins: 'https://www.example.org' },
        { name: 'Shop', origins: ' ' },
        { name: 'Shop', origins: 'www.example.org' },
        { name: 'Shop', origins: 'https://www.example.org/shop' },
        { name: 'Shop', origins: 'javascript:alert(1)' },
      ]) {
        const reply = await administrator.submit(at, values);
        expect(reply.status, JSON.stringify(values)).to.equal(422);
      }
    }
    expect(await sitesOf(organization._id)).to.have.length(1);
  });

  it('are hidden from other organisations, and not changed by other roles', async () => {
    const site = await aSite(organization);
    const id = site._id.toHexString();
    const foreign = await anOrganization();
    const stranger = await clientOf(foreign, 'administrator');
    expect((await stranger.get(`${page}/${id}`)).status).to.equal(404);
    expect((await stranger.get(`/o/${foreign.slug}/settings/sites/${id}`)).status).to.equal(404);
    const values = { name: 'Mine', origins: 'https://www.example.org' };
    const form = { _csrf: await stranger.token('/staff/account'), ...values };
    const own = `/o/${foreign.slug}/settings/sites/${id}`;
    expect((await stranger.post(own, form)).status).to.equal(404);
    const auditor = await clientOf(organization, 'auditor');
    expect((await auditor.get(`${page}/${id}`)).status).to.equal(200);
    const theirs = { _csrf: await auditor.token('/staff/account'), ...values };
    expect((await auditor.post(page, theirs)).status).to.equal(403);
    expect((await auditor.post(`${page}/${id}`, theirs)).status).to.equal(403);
  });
});

describe('The organisations of an installation', () => {
  useApp();
  const PAGE = '/staff/organizations';
  const fresh = {
    slug: 'second-office',
    name: 'Second Office',
    timeZone: 'UTC',
    languages: 'en',
    rights: ['access'],
    'contacts[privacyOffice][email]': '',
  };

  it('are opened by its administrators, who then administer them', async () => {
    const client = await signedIn(await anAccount([], { isInstallationAdministrator: true }));
    expect((await client.get(PAGE)).status).to.equal(200);
    const reply = await client.submit(`${PAGE}/new`, fresh, PAGE);
    expect(reply.url).to.equal('/o/second-office/settings');
    expect(reply.status).to.equal(200);
    expect((await organizationBySlug('second-office')).name).to.equal('Second Office');
    expect((await client.get(PAGE)).text).to.include('Second Office');
  });

  it('need a short name that is free and fits into an address', async () => {
    const taken = await anOrganization();
    const client = await signedIn(await anAccount([], { isInstallationAdministrator: true }));
    for (const slug of [taken.slug, '', '-x-', 'a b', '../x', 'ü'.repeat(3)]) {
      const reply = await client.submit(`${PAGE}/new`, { ...fresh, slug }, PAGE);
      expect(reply.status, slug).to.equal(422);
      expect(reply.text).to.include('id="slug-error"').and.include('Second Office');
    }
  });

  it('are nobody else’s business', async () => {
    const client = await clientOf(await anOrganization(), 'administrator');
    expect((await client.get(PAGE)).status).to.equal(404);
    expect((await client.get(`${PAGE}/new`)).status).to.equal(404);
    const form = { _csrf: await client.token('/staff/account') };
    expect((await client.post(PAGE, { ...form, ...fresh })).status).to.equal(404);
    expect((await client.post(PAGE, form)).status).to.equal(404);
  });
});
