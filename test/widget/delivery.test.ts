import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { hasSettled, launchBrowser } from '../support/browser.ts';
import { openSite, type Site } from './site.ts';

describe('Consent widget: delivery of records', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let site: Site;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    site = await openSite();
    await page.goto(site.url);
  });
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  const accept = () => page.getByRole('button', { name: 'Accept all' }).click();
  const answered = () => page.waitForResponse((response) => response.url().endsWith('/choices'));
  // Asking for the state has a press that waits for its paint counted first.
  const isOutboxEmpty = () =>
    page.waitForFunction('habeas.state() && !localStorage.getItem("privacy_choice_outbox")');
  const waiting = () =>
    page.evaluate<{ clientKey: string; action: string }[]>(
      'JSON.parse(localStorage.getItem("privacy_choice_outbox") ?? "[]")',
    );

  it('puts a choice made offline into force, and sends it once when the network is back', async () => {
    await context.setOffline(true);
    await accept();
    expect(await page.evaluate('habeas.state().choices.analytics')).to.equal(true);
    const [kept] = await waiting();
    await context.setOffline(false);
    await isOutboxEmpty();
    await page.reload();
    await hasSettled(page);
    expect(site.records.map(({ clientKey }) => clientKey)).to.deep.equal([kept?.clientKey]);
  });

  for (const status of [500, 503, 429])
    it(`keeps the record after ${status} and sends it on the next visit`, async () => {
      site.answer = status;
      await Promise.all([answered(), accept()]);
      const [kept] = await waiting();
      site.answer = 201;
      await page.reload();
      await isOutboxEmpty();
      expect(site.records.map(({ clientKey }) => clientKey)).to.deep.equal([kept?.clientKey]);
    });

  it('tries again by itself after a pause', async () => {
    site.answer = 503;
    await Promise.all([answered(), accept()]);
    site.answer = 201;
    await isOutboxEmpty();
    expect(site.records).to.have.length(1);
  });

  it('has what delivers fetched again after a pause where it could not be had', async () => {
    await page.route(/\/rest\.js$/, (route) => route.abort(), { times: 1 });
    await accept();
    await isOutboxEmpty();
    expect(site.records).to.have.length(1);
  });

  it('sends several waiting choices in their order', async () => {
    await context.setOffline(true);
    await accept();
    await page.evaluate('habeas.withdraw()');
    expect(await waiting()).to.have.length(2);
    await context.setOffline(false);
    await isOutboxEmpty();
    const [first, second] = site.records;
    expect([first?.action, second?.action]).to.deep.equal(['accept-all', 'withdraw']);
    expect(second?.previousKey).to.equal(first?.clientKey);
  });

  it('keeps the order of a press and what the page says in the same moment', async () => {
    await context.setOffline(true);
    const state = await page.evaluate<{ decided: boolean }>(`(() => {
      document.querySelector('habeas-choices').shadowRoot.querySelector('.choice').click();
      habeas.withdraw();
      return habeas.state();
    })()`);
    expect(state).to.deep.include({ decided: true });
    expect((await waiting()).map(({ action }) => action)).to.deep.equal(['accept-all', 'withdraw']);
  });

  it('drops a record that the server refuses for good', async () => {
    site.answer = 422;
    await accept();
    await isOutboxEmpty();
    expect(site.records).to.deep.equal([]);
  });

  it('takes 200, a record already known, for delivered', async () => {
    site.answer = 200;
    await accept();
    await isOutboxEmpty();
  });

  it('takes nothing else that was written there for a record', async () => {
    await page.evaluate('localStorage.setItem("privacy_choice_outbox", "null")');
    await accept();
    await isOutboxEmpty();
    expect(site.records).to.have.length(1);
  });

  it('delivers a choice made by the click that leaves a page with no moment for anything else', async () => {
    await page.addInitScript(
      "if (location.pathname !== '/page2') requestIdleCallback = requestAnimationFrame = () => 0",
    );
    await page.reload();
    await page.evaluate(`document.querySelector('habeas-choices').shadowRoot.querySelector('.choice').addEventListener('click',
      () => { location.href = '/page2'; })`);
    await accept();
    await page.waitForURL('**/page2');
    await isOutboxEmpty();
    expect(new Set(site.records.map(({ clientKey }) => clientKey)).size).to.equal(1);
    expect(await page.evaluate('habeas.state().decided')).to.equal(true);
  });
});
