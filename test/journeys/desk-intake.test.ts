import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { addDays, localDay } from '../../server/deadlines/days.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, launchBrowser, showIn } from '../support/browser.ts';
import { anInboundAddress, mailIn, useInbox } from '../support/inbox.ts';
import { latestMailTo, useMailbox } from '../support/mailbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { AUTHORITY } from '../support/agents.ts';
import { anAccount, PASSWORD, type Person } from '../support/staff.ts';

const EXCESS = 'document.documentElement.scrollWidth - innerWidth';

/** Nothing is wrong with the page on a phone or a desktop, in light or dark. */
async function expectAccessible(page: Page, what: string): Promise<void> {
  const before = page.viewportSize();
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await showIn(page, colorScheme);
      const name = `${what}, ${String(width)} ${colorScheme}`;
      expect(await axeViolations(page), name).to.deep.equal([]);
    }
    expect(await page.evaluate<number>(EXCESS), `${what}: too wide`).to.be.at.most(0);
  }
  if (before) await page.setViewportSize(before);
}

const localUrl = (text: string, part: string) => {
  const url = new RegExp(`https?://\\S+${part}\\S+`, 'u').exec(text)?.[0] ?? '';
  return `${appOrigin()}${new URL(url).pathname}`;
};

describe('What reaches the desk in other ways', () => {
  useApp();
  useMailbox();
  useInbox();
  let browser: Browser;
  let organization: Organization;
  let officer: Person;
  let desk: Page;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic', promiseDays: 30 });
    officer = await anAccount([[organization, 'privacy-officer']], { name: 'Robin Falk' });
    desk = await signIn(await contextOf({ viewport: { width: 1280, height: 800 } }));
  });
  after(() => browser.close());

  const contextOf = (options: Parameters<Browser['newContext']>[0] = {}) =>
    browser.newContext({ baseURL: appOrigin(), locale: 'en', ...options });

  async function signIn(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto('/staff/sign-in');
    await page.getByLabel('E-mail', { exact: false }).first().fill(officer.email);
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.locator('main button[type=submit]').first().click();
    await page.waitForURL(/\/o\//u);
    return page;
  }

  it('is a letter, which staff enter with the keyboard alone, from the day it came', async () => {
    await desk.goto(`/o/${organization.slug}/requests`);
    await desk.getByRole('link', { name: 'Enter a request' }).focus();
    await desk.keyboard.press('Enter');
    await desk.getByLabel('What does the person ask for?').focus();
    await desk.keyboard.type('Deletion');
    await desk.getByLabel('Where do they live?').focus();
    await desk.keyboard.type('Germany');
    await desk.keyboard.press('Enter');
    await desk.getByRole('button', { name: 'Continue' }).press('Enter');
    await desk.getByRole('heading', { name: 'Who asked, and how?' }).waitFor();
    await expectAccessible(desk, 'entry');
    await desk.locator('#channel-post').focus();
    await desk.keyboard.press('Space');
    const weekAgo = addDays(localDay(new Date(), 'Europe/Berlin'), -7);
    await desk.getByLabel('Day of receipt').fill(weekAgo);
    await desk.getByLabel('Name', { exact: true }).fill('Ada Beispiel');
    await desk.getByRole('button', { name: 'Enter the request' }).press('Enter');
    await desk.getByRole('alert').waitFor();
    await expectAccessible(desk, 'entry with errors');
    await desk.getByLabel('Why is it entered only now?').selectOption('found-late');
    await desk.getByLabel('Postal address').fill('Am Hang 3, 12345 Musterstadt');
    await desk.getByRole('button', { name: 'Enter the request' }).press('Enter');
    await desk.getByText('Confirm it by post or telephone.').waitFor();
    await desk.getByText('entered it later than it came in').waitFor();
  });

  it('is a mail, which becomes a draft, and then a request with a code for its sender', async () => {
    const to = await anInboundAddress(organization);
    const from = 'Clara Probe <clara.mail@person.test>';
    const text = 'Hello,\nplease delete everything that you hold about me.\nClara';
    await mailIn({ from, to, subject: 'My data', text });
    expect((await latestMailTo(officer.email)).text).to.include('Open the inbox');
    await desk.goto(`/o/${organization.slug}/inbox`);
    await desk.getByText('Perhaps: Deletion').waitFor();
    await desk.getByRole('link', { name: 'Clara Probe' }).click();
    await desk.getByText('please delete everything').waitFor();
    await desk.getByRole('link', { name: 'Enter as a request' }).click();
    expect(await desk.getByLabel('What does the person ask for?').inputValue()).to.equal(
      'deletion',
    );
    await desk.getByLabel('Where do they live?').selectOption('DE');
    await desk.getByRole('button', { name: 'Continue' }).click();
    expect(await desk.getByLabel('Name', { exact: true }).inputValue()).to.equal('Clara Probe');
    await expectAccessible(desk, 'entry of a mail');
    await desk.getByRole('button', { name: 'Enter the request' }).click();
    await desk.getByText('The request has been entered. The person is being told.').waitFor();
    expect((await latestMailTo('clara.mail@person.test')).text).to.match(/\d{4} \d{4}/u);
  });

  for (const answer of ['yes', 'no'] as const) {
    it(`is an agent, without JavaScript on a phone, and the person says ${answer}`, async () => {
      const phone = { viewport: { width: 360, height: 800 }, javaScriptEnabled: false };
      const agent = await (await contextOf(phone)).newPage();
      const [person, self] = [`paula-${answer}@person.test`, `dana-${answer}@agent.test`];
      await agent.goto(`/privacy/${organization.slug}`);
      await agent.getByRole('link', { name: 'I ask for somebody else' }).click();
      await agent.getByLabel('What do you ask for?').selectOption('access');
      await agent.getByLabel('Where do they live?').selectOption('DE');
      await agent.getByRole('button', { name: 'Continue' }).click();
      await agent.getByLabel('Their name').fill('Paula Person');
      await agent.getByLabel('Their e-mail address').fill(person);
      await agent.getByLabel('Your name').fill('Dana Bote');
      await agent.getByLabel('Your e-mail address').fill(self);
      await agent.getByLabel('Permission or document').setInputFiles({
        name: 'permission.pdf',
        mimeType: 'application/pdf',
        buffer: AUTHORITY,
      });
      await agent.getByRole('button', { name: 'Send the request' }).click();
      await agent.getByRole('heading', { name: 'Thank you' }).waitFor();
      await agent.goto(localUrl((await latestMailTo(self)).text, '/agent/'));
      await agent.getByRole('button', { name: 'This address is mine' }).click();
      await agent.getByText('We are waiting for the person').waitFor();

      const asked = await (await contextOf(phone)).newPage();
      await asked.goto(localUrl((await latestMailTo(person)).text, '/permission/'));
      await asked.getByText('Dana Bote').first().waitFor();
      await asked.getByRole('button', { name: answer === 'yes' ? 'Yes, they may' : 'No' }).click();
      await asked.getByText('Thank you, your answer counts.').waitFor();

      await agent.goto(localUrl((await latestMailTo(self)).text, '/agent/'));
      const standing = answer === 'yes' ? 'The request is being worked on.' : 'has ended.';
      await agent.getByText(standing).waitFor();
      await desk.goto(`/o/${organization.slug}/requests`);
      const rows = desk.getByRole('link', { name: 'Paula Person' });
      expect(await rows.count()).to.equal(1);
    });
  }
});
