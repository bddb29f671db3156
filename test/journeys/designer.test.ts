import { expect } from 'chai';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { defaultTexts } from '../../server/features/consent/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('A banner from draft to website', () => {
  useApp();
  let browser: Browser;
  let page: Page;
  let organization: Organization;
  let site: SiteRow;
  let base: string;
  let sample: FrameLocator;
  const asked: string[] = [];
  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    base = `${appOrigin()}/o/${organization.slug}/consent/sites/${site._id.toHexString()}`;
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en' });
    const client = await clientOf(organization, 'privacy-officer');
    const cookies = client.cookies().map((cookie) => ({ ...cookie, url: appOrigin() }));
    await page.context().addCookies(cookies);
    page.on('request', (request) => asked.push(request.url()));
    sample = page.frameLocator('iframe[name="designer-sample"]');
  });
  after(() => browser.close());

  const served = async () => (await new Client().get(`/c/${site.siteKey}.js`)).text;
  const button = (name: string) => sample.getByRole('button', { name, exact: true });

  it('is prepared, and seen beside the form as visitors will see it', async () => {
    await page.goto(`${base}/design/words/en/opt-in`);
    await sample.getByRole('heading', { name: 'Your privacy, your choice' }).waitFor();
    await page.getByLabel('Heading', { exact: true }).fill('We ask first');
    await page.getByRole('button', { name: 'Save to the draft' }).click();
    await page.getByText('Saved to the draft.').waitFor();
    await sample.getByRole('heading', { name: 'We ask first' }).waitFor();
    expect(await served()).not.to.contain('We ask first');
  });

  it('shows another region and language without leaving what is typed', async () => {
    await page.getByLabel('Button that accepts').fill('Yes, all');
    await page.getByLabel('Region').selectOption('US');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await sample.getByRole('heading', { name: 'Your privacy choices' }).waitFor();
    expect(await page.getByLabel('Button that accepts').inputValue()).to.equal('Yes, all');
    await page.goto(`${base}/design/preview?language=de&theme=dark`);
    await button(defaultTexts('de').models['opt-in'].acceptAll).waitFor();
  });

  it('opens the details in the preview, and keeps and sends no choice', async () => {
    await page.goto(`${base}/design/preview`);
    await button('Choose').click();
    await sample.getByRole('dialog').waitFor();
    await button('Save choices').click();
    await sample.getByRole('button', { name: 'Privacy choices' }).waitFor();
    await page.getByRole('link', { name: 'As a first visit again' }).click();
    await button('Refuse all').click();
    await sample.getByRole('button', { name: 'Privacy choices' }).waitFor();
    expect(asked.filter((url) => new URL(url).pathname.startsWith('/c/'))).to.deep.equal([]);
    const names = (await page.context().cookies()).map(({ name }) => name);
    expect(names).not.to.include('privacy_choice');
  });

  it('is published with a note, served to visitors, and taken back', async () => {
    await page.goto(`${base}/design`);
    await page.getByText('Nothing is missing.').waitFor();
    await page.getByLabel('What changed, and why').fill('Shorter.');
    await page.getByRole('button', { name: 'Publish as version 2' }).click();
    await page.getByText('Published. Websites show it').waitFor();
    expect(await served()).to.contain('We ask first');

    await page.getByRole('link', { name: 'Versions', exact: true }).click();
    await page.getByRole('link', { name: 'Version 1', exact: true }).click();
    await page.getByText('Publish again', { exact: true }).click();
    await page.getByRole('button', { name: 'Publish it again' }).click();
    await page.getByText('Published again as a new version.').waitFor();
    expect(await served()).not.to.contain('We ask first');
  });
});
