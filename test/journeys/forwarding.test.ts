import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import type { Organization } from '../../server/features/organizations/service.ts';
import { anAgreement } from '../support/agreements.ts';
import { useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { aServingOrganization } from '../support/forwarding.ts';
import { confirmPathIn, deskOf, personContext } from '../support/journeys.ts';
import { latestMailTo, useMailbox } from '../support/mailbox.ts';

const ADDRESS = 'patient@person.test';
const CLINIC = 'records@lakeside.test';

describe('A request about data of a clinic’s patient', () => {
  useApp();
  useMailbox();
  let browser: Browser;
  let organization: Organization;
  before(async () => {
    browser = await launchBrowser();
    organization = await aServingOrganization();
    await anAgreement(organization, { name: 'Lakeside Clinic', email: CLINIC });
  });
  after(() => browser.close());

  it('is asked for, passed on, read by the clinic once, and followed by the patient', async () => {
    const phone = { viewport: { width: 360, height: 800 }, javaScriptEnabled: false };
    const person = await (await personContext(browser, phone)).newPage();
    await person.goto(`/privacy/${organization.slug}`);
    await person.getByText('See my data').first().click();
    await person.getByLabel('Where do you live?').selectOption('DE');
    await person.getByRole('button', { name: 'Continue' }).click();
    await person.getByText('Choose what your request is about.').first().waitFor();
    await person.getByText('My care at a clinic or practice').click();
    await person.getByRole('button', { name: 'Continue' }).click();

    await person.getByText('passes your request on to them').waitFor();
    await person.getByLabel('Your name').fill('Clara Probe');
    await person.getByLabel('Your e-mail address').fill(ADDRESS);
    await person.getByRole('button', { name: 'Send my request' }).click();
    await person.getByText('Name the clinic, practice or company.').first().waitFor();
    await person.getByLabel('Name of the clinic').fill('lakeside clinic');
    await person.getByRole('button', { name: 'Send my request' }).click();
    await person.waitForURL(/\/requests\//u);
    const portal = person.url();
    await person.goto(confirmPathIn((await latestMailTo(ADDRESS)).text));
    await person.locator('main button[type=submit]').click();
    await person.getByRole('heading', { name: 'What you told us' }).waitFor();

    const desk = await deskOf(browser, organization);
    await desk.goto(`/o/${organization.slug}/requests`);
    await desk.getByRole('link', { name: 'Clara Probe' }).click();
    await desk.getByText('Held for a customer').waitFor();
    expect(await desk.getByText('Answer the request').count(), 'ways to answer').to.equal(0);
    await desk.locator('#forward > summary').click();
    await desk.getByRole('button', { name: 'Forward now' }).click();
    await desk.getByText('Forwarded to Lakeside Clinic').waitFor();

    const mail = await latestMailTo(CLINIC);
    expect(`${mail.subject} ${mail.text} ${mail.html}`).not.to.match(/Clara|Probe|person\.test/u);
    const link = new URL(/https?:\/\/\S+\/forwarded\/[\w-]+/u.exec(mail.text)?.[0] ?? '').pathname;
    const clinic = await (await personContext(browser)).newPage();
    await clinic.goto(link);
    await clinic.getByRole('button', { name: 'Show the request' }).click();
    await clinic.getByText('Clara Probe').waitFor();
    await clinic.goto(link);
    await clinic.getByText('This link has ended').first().waitFor();
    await desk.reload();
    await desk.getByText('The controller opened the request').waitFor();

    await person.goto(portal);
    await person.getByText('keep on behalf of Lakeside Clinic').waitFor();
  });
});
