import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ConsentState } from '../../client-widget/types.ts';
import { launchBrowser } from '../support/browser.ts';
import { openSite, type Site } from './site.ts';

describe('Consent widget: beyond one page', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let site: Site;
  let sister: Site | undefined;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await site.close();
    await sister?.close();
    sister = undefined;
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const state = () => page.evaluate<ConsentState>('habeas.state()');
  const at = (host: string, { url }: Site) => url.replace('127.0.0.1', host);
  // Asking for the state has a press that waits for its paint counted first.
  const delivered = () =>
    page.waitForFunction('habeas.state() && !localStorage.getItem("privacy_choice_outbox")');

  it('shares the choice with the subdomains of the domain that the site names', async () => {
    site = await openSite({ config: { cookieDomain: 'fern.localhost' } });
    await page.goto(at('shop.fern.localhost', site));
    await press('Accept all');
    await page.goto(at('www.fern.localhost', site));
    expect((await state()).choices.marketing).to.equal(true);
    await page.evaluate('habeas.reset()');
    await page.getByRole('button', { name: 'Accept all' }).waitFor();
    expect(await context.cookies()).to.deep.equal([]);
  });

  it('keeps to its own host where the page is not below that domain', async () => {
    site = await openSite({ config: { cookieDomain: 'fern.localhost' } });
    await page.goto(at('preview.localhost', site));
    await press('Accept all');
    await page.reload();
    expect((await state()).decided).to.equal(true);
  });

  it('takes no notice of what another site left on the domain above', async () => {
    site = await openSite();
    const id = '0190a0a0-0000-7000-a000-000000000000';
    const value = `2.${id}.${id}.111.00.elsewhere`;
    await context.addCookies([
      { name: 'privacy_choice', value, domain: '.fern.localhost', path: '/' },
    ]);
    await page.goto(at('shop.fern.localhost', site));
    await press('Refuse all');
    await delivered();
    await page.reload();
    expect(await state()).to.deep.include({ decided: true });
    expect((await context.cookies()).map((one) => one.value)).to.include(value);
  });

  describe('in a group of sites', () => {
    beforeEach(async () => {
      sister = await openSite();
      const there = at('other.localhost', sister);
      site = await openSite({ body: `<a href="${there}page?x=1#top">Sister</a>` });
      const group = [at('own.localhost', site), there].map((url) => new URL(url).host);
      site.configure({ group });
      sister.configure({ group });
    });

    it('takes a choice along with a click, and records it there as carried', async () => {
      await page.goto(at('own.localhost', site));
      await press('Accept all');
      await page.waitForFunction('habeas.state().decided');
      await delivered();
      await page.getByRole('link', { name: 'Sister' }).click();
      await page.waitForFunction('window.habeas?.state().decided');
      expect(page.url()).to.equal(`${at('other.localhost', sister!)}page?x=1#top`);
      await delivered();
      const [first] = site.records;
      const [carried] = sister!.records;
      expect(carried).to.deep.include({ action: 'carried', choices: first?.choices });
      expect(carried?.visitorId).to.not.equal(first?.visitorId);
    });

    it('believes no address that another site has led to', async () => {
      await page.goto(at('own.localhost', site));
      await press('Accept all');
      await page.waitForFunction('document.cookie');
      const line = await page.evaluate<string>('document.cookie');
      await page.goto(`${at('other.localhost', sister!)}#${line}`);
      await page.getByRole('button', { name: 'Refuse all' }).waitFor();
      await page.waitForFunction('!location.hash');
      expect((await state()).decided).to.equal(false);
    });
  });

  it('tells consent modes before any tag, and again with each choice', async () => {
    site = await openSite();
    await page.goto(site.url);
    const told = () =>
      page.evaluate(
        'dataLayer.map(([, command, { ad_storage: ads }]) => [command, ads].join(" "))',
      );
    expect(await told()).to.deep.equal(['default denied']);
    await press('Accept all');
    await page.waitForFunction('dataLayer.length === 2');
    await page.reload();
    expect(await told()).to.deep.equal(['default granted']);
    expect(await page.evaluate('[uetq[1], clarity.q[0][1].ad_Storage]')).to.deep.equal([
      'default',
      'granted',
    ]);
    await page.evaluate('habeas.withdraw()');
    await page.waitForFunction('dataLayer.length === 2');
    expect(await told()).to.deep.equal(['default granted', 'update denied']);
  });

  it('honours Do Not Track where the site does, and writes down what other frameworks say', async () => {
    site = await openSite({
      config: { honoursDnt: true },
      head: '<script>window.__tcfapi = (command, version, tell) => tell({ tcString: "CPtest" })</script>',
    });
    await context.addInitScript('Object.defineProperty(navigator, "doNotTrack", { value: "1" })');
    await page.goto(site.url);
    await page.waitForFunction('window.habeas?.state().decided');
    await delivered();
    expect(site.records[0]).to.deep.include({
      action: 'dnt',
      signals: { gpc: false, dnt: true, tcf: 'CPtest', gpp: null },
    });
  });

  const answerIdentify = (choices: object, chosenAt: number) =>
    page.route('**/identify', (route) =>
      route.fulfill({
        json: { choice: { choices, services: {}, chosenAt: new Date(chosenAt).toISOString() } },
        headers: { 'access-control-allow-origin': '*' },
      }),
    );

  it('takes over what the same person chose on another device', async () => {
    site = await openSite();
    const choices = { necessary: true, preferences: true, analytics: false, marketing: false };
    await answerIdentify(choices, Date.now() - 86_400_000);
    await page.goto(site.url);
    expect(await page.evaluate('habeas.identify("token")')).to.equal(true);
    expect(await state()).to.deep.include({ choices, decided: true });
    await delivered();
    expect(site.records[0]).to.include({ action: 'linked' });
    expect(await page.evaluate('habeas.identify("token")')).to.equal(true);
    expect(site.records).to.have.length(1);
  });

  it('takes over nothing against the signal of this browser, or the age of its visitor', async () => {
    const all = { necessary: true, preferences: true, analytics: true, marketing: true };
    const none = { preferences: false, analytics: false, marketing: false };
    site = await openSite({ tag: 'src="SRC" data-minor' });
    await answerIdentify(all, Date.now() + 60_000);
    await page.goto(site.url);
    expect(await page.evaluate('habeas.identify("token")')).to.equal(true);
    expect((await state()).choices).to.include(none);
    expect(site.records).to.deep.equal([]);
    await site.close();
    site = await openSite();
    await page.addInitScript(
      'Object.defineProperty(navigator, "globalPrivacyControl", { value: true })',
    );
    await page.goto(site.url);
    await page.waitForFunction('window.habeas?.state().decided');
    expect(await page.evaluate('habeas.identify("token")')).to.equal(true);
    expect((await state()).choices).to.include({ ...none, preferences: true });
  });

  it('asks services apart from their category, in the cookie and in the record', async () => {
    const services = [
      { id: 'map', category: 'preferences' as const, name: 'Map', domains: [] },
      { id: 'pixel', category: 'marketing' as const, name: 'Pixel', domains: [] },
    ];
    site = await openSite({ config: { services } });
    await page.goto(site.url);
    await page.evaluate('habeas.set({ preferences: true }, { pixel: true })');
    await delivered();
    expect(site.records[0]?.services).to.deep.equal({ map: true, pixel: true });
    await page.reload();
    expect((await state()).services).to.deep.equal({ map: true, pixel: true });
    await page.evaluate('habeas.set({ preferences: false })');
    expect((await state()).services).to.deep.equal({ map: false, pixel: true });
  });
});
