import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FileModel } from '../../server/features/files/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, launchBrowser, showIn } from '../support/browser.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { allowDocuments, aPhoto } from '../support/proofs.ts';
import { aRequestByMail, mailsTo, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';
import type { Client } from '../support/client.ts';

const PHONE = { width: 360, height: 800 };

describe('A document as proof of a person', () => {
  useApp();
  let browser: Browser;
  let organization: Organization;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic' });
    await allowDocuments(organization);
  });
  after(() => browser.close());

  /** A browser with the cookies of a visitor. */
  async function pageOf(client: Client, options: Parameters<Browser['newContext']>[0] = {}) {
    const context: BrowserContext = await browser.newContext({
      baseURL: appOrigin(),
      locale: 'en',
      ...options,
    });
    await context.addCookies(client.cookies().map((one) => ({ ...one, url: appOrigin() })));
    return context.newPage();
  }

  async function expectAccessible(page: Page, what: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await showIn(page, colorScheme);
      expect(await axeViolations(page), `${what}, ${colorScheme}`).to.deep.equal([]);
    }
    const excess = 'document.documentElement.scrollWidth - innerWidth';
    expect(await page.evaluate<number>(excess), `${what}: too wide`).to.be.at.most(0);
  }

  it('is asked for, sent from a phone, seen once, decided about, and gone', async () => {
    const { row, email } = await aRequestByMail(organization, { dataClass: 'phi' });
    const request = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const desk = await pageOf(await clientOf(organization, 'privacy-officer'), {
      viewport: { width: 1280, height: 800 },
    });
    await desk.goto(request);
    expect(await desk.getByText('Answer and complete').count()).to.equal(0);
    await desk.getByRole('link', { name: 'See why, and what you can do' }).click();
    await desk.getByText('Ask for a document').click();
    await desk.getByRole('button', { name: 'Ask the person' }).click();
    await desk.getByText('Write the reason in a sentence.').first().waitFor();
    await desk.getByLabel('Why no milder way does').fill('No other record to compare with.');
    await desk.getByRole('button', { name: 'Ask the person' }).click();
    await desk.getByText('The person has been asked for a document.').waitFor();
    expect((await mailsTo(email)).at(-1)?.text).to.include('do not send the document by mail');

    const { client, page: portal } = await inPortal(organization, row.reference, email);
    const person = await pageOf(client, { viewport: PHONE, javaScriptEnabled: false });
    await person.goto(portal);
    await person.getByRole('link', { name: 'See what is asked, and why' }).click();
    await person.getByText('Cover your photo and your signature.').waitFor();
    const photo = await aPhoto();
    const file = (buffer: Buffer) => ({ name: 'card.jpg', mimeType: 'image/jpeg', buffer });
    await person.getByLabel('The document').setInputFiles(file(Buffer.from('GIF89a')));
    await person.getByRole('button', { name: 'Send encrypted' }).click();
    await person.getByText('This is no JPEG, PNG or PDF.').first().waitFor();
    await person.getByLabel('The document').setInputFiles(file(photo));
    await person.getByRole('button', { name: 'Send encrypted' }).click();
    await person.getByText('Your document has arrived, encrypted.').waitFor();

    await desk.goto(`${request}/identity`);
    await desk.getByText('Waits for a reviewer').waitFor();
    await desk.getByRole('button', { name: 'Open once' }).click();
    const shown = desk.getByAltText('The document as the person sent it');
    await shown.waitFor();
    const drawn = `document.querySelector('.document img').naturalWidth`;
    expect(await desk.evaluate<number>(drawn)).to.equal(640);
    await expectAccessible(desk, 'the review');
    await desk.getByLabel('Kind').selectOption('identity-card');
    await desk.getByLabel('Issued by').selectOption('DE');
    await desk.getByRole('button', { name: 'Accept and delete' }).click();
    await desk.getByText('The decision is recorded, and the document is deleted.').waitFor();
    await desk.getByText('Accepted, deleted').waitFor();
    expect(await desk.getByRole('button', { name: 'Open once' }).count()).to.equal(0);
    const { _id: organizationId } = organization;
    expect(await FileModel.countDocuments({ organizationId })).to.equal(0);

    expect((await requestByReference(organization, row.reference)).provenLevel).to.equal(3);
    await person.reload();
    await person.getByText('We know that it is you').waitFor();
    await desk.goto(request);
    await desk.getByText('Answer and complete').waitFor();
  });
});
