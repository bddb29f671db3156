import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Organization } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest, requestByReference } from '../support/requests.ts';
import { anAccount, signedIn } from '../support/staff.ts';

describe('A day at the desk', () => {
  useApp();
  let browser: Browser;
  let organization: Organization;
  let references: string[];
  let mira: Client;
  let noah: Client;
  const queue = () => `${appOrigin()}/o/${organization.slug}/requests`;

  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic' });
    const member = (name: string) => anAccount([[organization, 'privacy-officer']], { name });
    mira = await signedIn(await member('Mira Feld'));
    noah = await signedIn(await member('Noah Berg'));
    references = [];
    for (const name of ['Ada Beispiel', 'Bruno Muster', 'Clara Probe']) {
      references.push((await aRequest(organization, { name })).row.reference);
    }
  });
  after(() => browser.close());

  async function open(client: Client): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en',
    });
    const cookies = client.cookies().map((cookie) => ({ ...cookie, url: appOrigin() }));
    await context.addCookies(cookies);
    return context.newPage();
  }

  it('is worked through by keys alone, and its view is kept', async () => {
    const page = await open(mira);
    // The script of the page shows this one.
    const listensToKeys = () => page.locator('[data-keys-open]').waitFor();
    await page.goto(queue());
    await page.keyboard.press('?');
    expect(await page.locator('dialog#keys').isVisible()).to.equal(true);
    await page.keyboard.press('Escape');
    for (const key of ['j', 'x', 'j', 'x', 't']) await page.keyboard.press(key);
    await page.keyboard.type('archive');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('2 requests were changed.').waitFor();
    expect((await requestByReference(organization, references[0] ?? '')).tags).to.deep.equal([
      'archive',
    ]);
    await page.goto(`${queue()}?tag=archive`);
    await page.locator('.views-form summary').first().press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Archive first');
    await page.keyboard.press('Enter');
    await page.locator('.view-chip', { hasText: 'Archive first' }).waitFor();
    await listensToKeys();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('.desk-next').waitFor();
    await listensToKeys();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.locator('.queue-table').waitFor();
    await listensToKeys();
    await page.keyboard.press('?');
    await page.locator('#keys-on').press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.locator('dialog#keys').isVisible()).to.equal(false);
    await page.context().close();
  });

  it('tells the slower of two what the other did, and loses no text', async () => {
    const { _id, reference } = await requestByReference(organization, references[2] ?? '');
    const here = `${queue()}/${_id.toHexString()}`;
    const [fast, slow] = [await open(noah), await open(mira)];
    await slow.goto(here);
    await fast.goto(here);
    await fast.getByText('Mira Feld has this open too.').waitFor();
    await slow.locator('#complete > summary').click();
    await slow.locator('#complete-text').fill('All that we hold is in the file.');
    await slow.locator('#complete-text').blur();
    await slow.getByText('Draft saved; only you see it').waitFor();
    await fast.getByRole('button', { name: 'Assign to me' }).first().click();
    await fast.getByText('The request has been assigned.').waitFor();
    await slow.evaluate('dispatchEvent(new Event("habeas:pulse"))');
    await slow.getByText('This request has changed meanwhile.').waitFor();
    await slow.locator('#complete button.button-primary').click();
    await slow.getByText('has changed since you opened the page').waitFor();
    expect(await slow.locator('#complete-text').inputValue()).to.equal(
      'All that we hold is in the file.',
    );
    expect((await requestByReference(organization, reference)).state).to.equal('in-progress');
    await Promise.all([fast.context().close(), slow.context().close()]);
  });
});
