import { expect } from 'chai';
import { draftOf } from '../../server/features/designer/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { aTypedService, aVersion, seenNow } from '../support/designs.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('Services in the designer', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let site: SiteRow;
  let design: string;
  before(async () => {
    organization = await anOrganization();
    officer = await clientOf(organization, 'privacy-officer');
  });
  beforeEach(async () => {
    site = await aSite(organization);
    design = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}/design`;
  });

  const save = async (part: string, fields: Record<string, string | string[]>) =>
    officer.submit(`${design}/${part}`, { seen: await seenNow(site), ...fields });
  const servicesNow = async () => (await draftOf(site)).content.services;

  it('may let known trackers through, and say so at the field and before publishing', async () => {
    const quiet = await save('technical', { allowed: 'fonts.example.org' });
    expect(quiet.text).not.to.contain('Known for following visitors');
    const told = await save('technical', {
      allowed: 'fonts.example.org\nwww.google-analytics.com',
    });
    expect(told.text).to.contain('Known for following visitors: www.google-analytics.com.');
    const overview = await officer.get(design);
    expect(overview.text)
      .to.contain('Known trackers may load without consent: www.google-analytics.com.')
      .and.to.contain('Nothing is missing')
      .and.to.match(/design\/technical#allowed/u);
  });

  it('are offered no more once they are there, whatever id they got', async () => {
    const name = 'Microsoft Advertising (Bing Ads)';
    const offer = async () => (await officer.get(`${design}/purposes`)).text;
    expect(await offer()).to.contain(`>${name}</option>`);
    await save('services/new', { ...aTypedService, name });
    expect(await offer()).not.to.contain(`>${name}</option>`);
  });

  it('speak a new language by our own translations, else by the first one, and say which', async () => {
    await save('words', { languages: ['en'], first: 'en' });
    const ours = 'Counts visits and shows which pages help people.';
    await save('services/new', { ...aTypedService, name: 'Ours', 'purpose[en]': ours });
    const own = { ...aTypedService, name: 'Theirs', 'purpose[en]': 'Counts bees.' };
    await save('services/new', { ...own, 'purpose[de]': 'Zählt Bienen.' });
    await save('words', { languages: ['en', 'de', 'fr'], first: 'en' });
    const [translated, theirs] = await servicesNow();
    expect(translated?.purpose.fr).to.match(/^Compte les visites/u);
    expect(translated?.purpose.de).to.equal('Zählt Besuche.');
    expect(theirs?.purpose).to.deep.equal({
      en: 'Counts bees.',
      de: 'Zählt Bienen.',
      fr: 'Counts bees.',
    });
    const overview = await officer.get(design);
    expect(overview.text)
      .to.contain('French: still in the words of the first language: Theirs.')
      .and.to.contain('design/services/theirs#purpose-fr')
      .and.not.to.contain('German: still');
    const form = await officer.get(`${design}/services/theirs`);
    expect(form.text).to.contain('Still in English.');
  });

  it('tell what each of their cookies is for, in each language, for the list of cookies', async () => {
    const cookies = '_acme cookie 30\n_acme_* cookie 0';
    const typed = {
      ...aTypedService,
      cookies,
      'cookiePurpose[en]': '_acme: Tells visits: apart.\n',
    };
    await save('services/new', typed);
    const [service] = await servicesNow();
    expect(service?.cookies.map(({ purpose }) => purpose)).to.deep.equal([
      { en: 'Tells visits: apart.' },
      {},
    ]);
    const page = 'services/acme-statistics';
    expect((await officer.get(`${design}/${page}`)).text).to.contain(
      '_acme: Tells visits: apart.\n_acme_*:',
    );
    const stray = await save(page, { ...typed, 'cookiePurpose[de]': '_other: Für etwas anderes.' });
    expect(stray.status).to.equal(422);
    expect(stray.text).to.contain('href="#cookiePurpose-de"').and.to.contain('Für etwas anderes.');
    expect((await save(page, { ...typed, 'cookiePurpose[en]': 'no colon' })).status).to.equal(422);
    await save(page, { ...typed, 'cookiePurpose[en]': '', 'cookiePurpose[de]': '_acme: Zählt.' });
    const services = await servicesNow();
    expect(services[0]?.cookies[0]?.purpose).to.deep.equal({ de: 'Zählt.' });
    await aVersion(site, { services });
    const declared = await new Client().get(`/c/${site.siteKey}/declaration.json?lang=de`);
    expect(declared.text).to.contain('"purpose":"Zählt."');
  });
});
