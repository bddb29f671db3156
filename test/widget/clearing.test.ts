import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { openSite, type Site } from './site.ts';

describe('Consent widget: what a withdrawal clears', () => {
  let browser: Browser;
  let page: Page;
  let site: Site;

  const services = [
    {
      id: 'counter',
      category: 'analytics' as const,
      domains: ['counter.example'],
    },
  ];
  const cookies = { analytics: ['_ga*', 'plain'], marketing: ['ads'], counter: ['counted'] };

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    await page.context().close();
    await site.close();
  });

  /** A page below two domains and a folder, with everything allowed and something left of each kind. */
  async function visit(tag = 'src="SRC"'): Promise<void> {
    page = await browser.newPage();
    site = await openSite({ config: { services, cookies }, tag });
    const { port } = new URL(site.url);
    await page.goto(`http://www.shop.localhost:${port}/page1`);
    await page.getByRole('button', { name: 'Accept all' }).click();
    await page.waitForFunction('habeas.state().decided');
    await page.evaluate(`(async () => {
      const leave = (name, more = '') => { document.cookie = name + '=1; ' + more; };
      for (const name of ['_ga', 'ads', 'counted', 'basket']) leave(name, 'Path=/');
      leave('_ga_below', 'Domain=shop.localhost; Path=/');
      leave('plain', 'Path=/page1');
      for (const storage of [localStorage, sessionStorage])
        for (const name of ['_ga_store', 'ads', 'draft']) storage[name] = 1;
      for (const name of ['_ga_base', 'ads', 'drafts'])
        await new Promise((open) => { indexedDB.open(name).onsuccess = ({ target }) => { target.result.close(); open(); }; });
    })()`);
  }
  const left = () =>
    page.evaluate<string[]>(`(async () => [
      ...document.cookie.split('; ').map((one) => one.split('=')[0]),
      ...[localStorage, sessionStorage].flatMap((one) => Object.keys(one)),
      ...(await indexedDB.databases()).map(({ name }) => name),
    ].filter((name) => !name.startsWith('privacy_')).sort())()`);
  /** Records are delivered once the rest of the widget is there. */
  async function recorded(count: number): Promise<void> {
    await until('the choice is recorded', () => site.records.length >= count);
    // A page that is left before it hears the answer would send again.
    await page.waitForFunction('!localStorage.privacy_choice_outbox');
    expect(site.records).to.have.length(count);
  }
  async function becomes(expected: string[]): Promise<void> {
    await until('it is cleared', async () => (await left()).length === expected.length);
    expect(await left()).to.deep.equal(expected);
  }

  it('is declared for what was withdrawn: cookies of any domain and path, storage and databases', async () => {
    await visit();
    await page.evaluate('habeas.set({ analytics: false }, { counter: true })');
    await becomes(['ads', 'ads', 'ads', 'ads', 'basket', 'counted', 'draft', 'draft', 'drafts']);
    await page.evaluate('habeas.set({}, { counter: false })');
    await becomes(['ads', 'ads', 'ads', 'ads', 'basket', 'draft', 'draft', 'drafts']);
    await page.evaluate('habeas.withdraw()');
    await becomes(['basket', 'draft', 'draft', 'drafts']);
  });

  it('ends with a new start of the page only where the site asks for it', async () => {
    await visit();
    await page.evaluate('window.isOld = true; habeas.withdraw()');
    await becomes(['basket', 'draft', 'draft', 'drafts']);
    expect(await page.evaluate('window.isOld')).to.equal(true);
    await page.context().close();
    await site.close();

    await visit('src="SRC" data-reload-on-withdraw');
    await recorded(1);
    await page.evaluate('window.isOld = true; void habeas.withdraw()');
    await page.waitForFunction("!('isOld' in window)");
    await becomes(['basket', 'draft', 'draft', 'drafts']);
    await recorded(2);
  });
});
