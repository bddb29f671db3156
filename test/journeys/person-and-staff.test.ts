import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Organization } from '../../server/features/organizations/service.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, launchBrowser, showIn } from '../support/browser.ts';
import { codeIn } from '../support/journeys.ts';
import { latestMailTo, messagesTo, useMailbox, type ReceivedMail } from '../support/mailbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { proveInPerson, requestByReference } from '../support/requests.ts';
import { anAccount, PASSWORD, type Person } from '../support/staff.ts';
import { unzip } from '../support/unzip.ts';

const ADDRESS = 'clara.probe@person.test';
const LOOKS = [
  { width: 360, height: 800 },
  { width: 1280, height: 800 },
].flatMap((size) => (['light', 'dark'] as const).map((colorScheme) => ({ size, colorScheme })));

/** Nothing is wrong with the page on a phone or a desktop, in light or dark. */
async function expectAccessible(page: Page, what: string): Promise<void> {
  const before = page.viewportSize();
  for (const { size, colorScheme } of LOOKS) {
    await page.setViewportSize(size);
    await showIn(page, colorScheme);
    const name = `${what}, ${String(size.width)} ${colorScheme}`;
    expect(await axeViolations(page), name).to.deep.equal([]);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - innerWidth',
    );
    expect(overflow, `${name}: wider than its window`).to.be.at.most(0);
  }
  if (before) await page.setViewportSize(before);
}

/** The link of a mail, opened where this test's application listens. */
const localUrl = (text: string, part: string) => {
  const url = new RegExp(`https?://\\S+${part}\\S+`, 'u').exec(text)?.[0] ?? '';
  return `${appOrigin()}${new URL(url).pathname}`;
};
const wordsOf = ({ subject, text, html }: ReceivedMail) => [subject, text, html].join(' ');

describe('A person and the staff', () => {
  useApp();
  useMailbox();
  let browser: Browser;
  let organization: Organization;
  let officer: Person;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic', promiseDays: 30 });
    officer = await anAccount([[organization, 'privacy-officer']], { name: 'Robin Falk' });
  });
  after(() => browser.close());

  const contextOf = (options: Parameters<Browser['newContext']>[0] = {}) =>
    browser.newContext({ baseURL: appOrigin(), locale: 'en', acceptDownloads: true, ...options });

  async function signIn(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto('/staff/sign-in');
    await page.getByLabel('E-mail', { exact: false }).first().fill(officer.email);
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.locator('main button[type=submit]').first().click();
    await page.waitForURL(/\/o\//u);
    return page;
  }

  it('ask, prove, talk, answer and receive, the person without JavaScript on a phone', async () => {
    const phone = { viewport: { width: 360, height: 800 }, javaScriptEnabled: false };
    const person = await (await contextOf(phone)).newPage();
    await person.goto(`/privacy/${organization.slug}`);
    await person.getByText('See my data').click();
    await person.getByLabel('Where do you live?').selectOption('DE');
    await person.getByRole('button', { name: 'Continue' }).click();

    await person.getByText('General Data Protection Regulation').waitFor();
    await person.getByLabel('Your name').fill('Clara Probe');
    await person.getByLabel('Your e-mail address').fill(ADDRESS);
    await person.getByLabel('What would you like to see?').fill('My bills of last year.');
    await person.getByRole('button', { name: 'Send my request' }).click();
    await person.getByRole('heading', { name: 'Check your mail' }).waitFor();
    const portal = person.url();

    const first = await latestMailTo(ADDRESS);
    expect(wordsOf(first)).not.to.include('Clara').and.not.include('bills');
    const scanner = await (await contextOf()).newPage();
    await scanner.goto(localUrl(first.text, '/confirm/'));
    await person.reload();
    expect(await person.getByRole('heading', { name: 'Check your mail' }).count()).to.equal(1);
    await person.getByLabel('Code from our e-mail').fill('0000 0000');
    await person.getByRole('button', { name: 'Confirm my request' }).click();
    await person.getByText('This code is not right').first().waitFor();
    await person.getByLabel('Code from our e-mail').fill(codeIn(first.text));
    await person.getByRole('button', { name: 'Confirm my request' }).click();
    await person.getByText('Your address is confirmed').waitFor();

    const desk = await signIn(await contextOf({ viewport: { width: 1280, height: 800 } }));
    const news = await latestMailTo(officer.email);
    expect(wordsOf(news)).not.to.include('Clara');
    await desk.getByRole('link', { name: 'Requests', exact: true }).first().click();
    await desk.getByRole('link', { name: 'Clara Probe' }).click();
    expect(localUrl(news.text, '/requests/')).to.equal(desk.url());
    await desk.getByRole('button', { name: 'Assign to me' }).click();
    await desk.getByText('The request has been assigned.').waitFor();
    await desk.locator('summary', { hasText: 'Write to the person' }).click();
    await desk.getByLabel('Your message to the person').fill('Which clinic did you visit?');
    await desk.getByRole('button', { name: 'Send message' }).click();
    await desk.getByText('Your message is on its way.').waitFor();

    const told = await latestMailTo(ADDRESS);
    expect(wordsOf(told)).not.to.include('Which clinic').and.not.include('Clara');
    await person.reload();
    await person.getByText('Which clinic did you visit?').waitFor();
    await person.getByLabel('Your message').fill('The one by the river.');
    await person.getByRole('button', { name: 'Send message' }).click();
    await person.getByText('Your message has been sent.').waitFor();
    await person.getByRole('button', { name: 'Leave' }).click();

    await desk.reload();
    await desk.getByText('The one by the river.').waitFor();
    const row = await requestByReference(organization, portal.split('/').at(-1) ?? '');
    await proveInPerson(organization, row);
    await desk.reload();
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    await desk.getByLabel('Your answer to the person').fill('Your bills are in the file.');
    const bills = Buffer.from('clinic,amount\nriver,12\n'.repeat(20_000));
    const file = { name: 'bills.csv', mimeType: 'text/csv', buffer: bills };
    await desk.getByLabel('Files').setInputFiles(file);
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('The request is completed.').waitFor();

    const answered = await latestMailTo(ADDRESS);
    expect(wordsOf(answered)).not.to.include('bills').and.not.include('Clara');
    await person.goto(portal);
    await person.getByRole('button', { name: 'Send me a code' }).click();
    await person.getByText('If there is a request with this reference').waitFor();
    const before = messagesTo(ADDRESS).length;
    await answerCodeAsks();
    const fresh = await latestMailTo(ADDRESS);
    expect(messagesTo(ADDRESS)).to.have.length(before + 1);
    await person.getByLabel('Code from our e-mail').fill(codeIn(fresh.text));
    await person.getByRole('button', { name: 'Open my request' }).click();
    await person.getByText('Your bills are in the file.').waitFor();
    await person.getByRole('button', { name: 'Send me a code' }).click();
    await person.getByText('on its way').waitFor();
    const ofDownload = await latestMailTo(ADDRESS);
    await person.getByLabel('Code from our e-mail').fill(codeIn(ofDownload.text));
    const [download] = await Promise.all([
      person.waitForEvent('download'),
      person.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).to.match(/\.zip$/u);
    const files = await unzip(await readFile(await download.path()));
    expect(files.get('more/01-bills.csv')?.equals(bills)).to.equal(true);

    await desk.goto(`/o/${organization.slug}/audit`);
    await desk.getByText('Answer package downloaded').waitFor();
  });

  it('find every page accessible, in light and dark, on phone and desktop', async () => {
    const home = `/privacy/${organization.slug}`;
    const page = await (await contextOf()).newPage();
    const look = async (what: string, path: string) => {
      await page.goto(path);
      await expectAccessible(page, what);
    };
    await look('privacy centre', home);
    await look('missing choice', `${home}/request?right=&country=US`);
    await look('form', `${home}/request?right=objection&country=US&state=CA`);
    await page.getByRole('button', { name: 'Send my request' }).click();
    await expectAccessible(page, 'form with errors');
    await page.getByLabel('Which use shall we stop?').selectOption('profiling');
    await page.getByLabel('Your name').fill('Dario Fiktiv');
    await page.getByLabel('Your e-mail address').fill('dario@person.test');
    await page.getByRole('button', { name: 'Send my request' }).click();
    await page.getByRole('heading', { name: 'Your request has reached us' }).waitFor();
    await expectAccessible(page, 'request sent');
    const { text } = await latestMailTo('dario@person.test');
    await look('confirmation', localUrl(text, '/confirm/'));
    await look('not me', localUrl(text, '/not-me/'));
    await look('dead link', `${home}/confirm/abcdefgh`);
    await page.goto(localUrl(text, '/confirm/'));
    await page.locator('main button[type=submit]').click();
    await page.getByRole('heading', { name: 'Received' }).waitFor();
    await page.getByText('How was this date computed?').click();
    await expectAccessible(page, 'portal');

    const desk = await signIn(await contextOf());
    await expectAccessible(desk, 'overview');
    for (const path of ['/requests', '/requests?group=closed', '/requests?due=soon', '/audit']) {
      await desk.goto(`/o/${organization.slug}${path}`);
      await expectAccessible(desk, path);
    }
    await desk.goto(`/o/${organization.slug}/requests`);
    await desk.getByRole('link', { name: 'Dario Fiktiv' }).click();
    await desk.getByText('How was this computed?').click();
    for (const act of ['Write to the person', 'Note', 'Answer and complete', 'Refuse']) {
      await desk.locator('summary', { hasText: act }).click();
      await expectAccessible(desk, act);
    }
    await desk.getByRole('button', { name: 'Refuse and tell the person' }).click();
    await desk.getByRole('alert').waitFor();
    await expectAccessible(desk, 'refusal with errors');
  });

  it('can be used with the keyboard alone', async () => {
    const page = await (await contextOf()).newPage();
    await page.goto(`/privacy/${organization.slug}`);
    const focused = () =>
      page.evaluate<string>(
        '(document.activeElement.id || document.activeElement.textContent).trim()',
      );
    await page.keyboard.press('Tab');
    expect(await focused()).to.equal('Skip to the content');
    await page.keyboard.press('Enter');
    const order: string[] = [];
    for (let tabs = 0; tabs < 7; tabs += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
      if (order.at(-1) === 'right') await page.keyboard.press('Space');
    }
    expect(order).to.deep.equal([
      'Already asked? Follow your request',
      'I ask for somebody else',
      'right',
      'More requests',
      'country',
      'health',
      'Continue',
    ]);
  });
});
