import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ConsentState, DialogConfig, DialogService } from '../../client-widget/types.ts';
import { widgetLook } from '../../server/features/consent/colours.ts';
import { defaultTexts } from '../../server/features/consent/default-configuration.ts';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { aConfiguration, aDialog, openSite, type Site, type SiteOptions } from './site.ts';

const ROOT = `document.querySelector('habeas-choices').shadowRoot`;
const PHONE = { width: 360, height: 640 };
const BODY = `<main><h1>Fernhill</h1>${'<p>Plants.</p>'.repeat(60)}</main>`;
const LINKS = [
  { url: '/sell', text: 'Do not sell or share my personal information' },
  { url: '/limit', text: 'Limit the use of my sensitive personal information' },
];

const aService = (id: string, name: string): DialogService => ({
  id,
  name,
  provider: `${name} Ltd`,
  purpose: 'Counts visits.',
  cookies: ['_pulse (400 days)', '_pulse_session'],
  transfer: 'United States',
  policyUrl: 'https://pulse.example/privacy',
});
function withServices(): {
  dialog: DialogConfig;
  services: { id: string; category: 'analytics' }[];
} {
  const dialog = aDialog();
  const services = [aService('pulse', 'Pulse'), aService('heat', 'Heatwave')];
  return {
    dialog: {
      ...dialog,
      declarationUrl: '/cookies',
      categories: dialog.categories.map((one) =>
        one.id === 'analytics' ? { ...one, services } : one,
      ),
    },
    services: services.map(({ id }) => ({ id, category: 'analytics' })),
  };
}

describe('Consent widget: what visitors see', () => {
  let browser: Browser;
  let site: Site | undefined;
  let page: Page | undefined;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    await page?.context().close();
    await site?.close();
  });

  async function visit(options: SiteOptions = {}, view: BrowserContextOptions = {}): Promise<Page> {
    site = await openSite({ body: BODY, ...options });
    page = await browser.newPage(view);
    await page.goto(site.url);
    await page.locator('habeas-choices section').waitFor();
    return page;
  }
  const press = (at: Page, name: string) =>
    at.getByRole('button', { name, exact: true }).last().click();
  const cover = async (at: Page) =>
    ((await at.locator('habeas-choices section').boundingBox())?.height ?? 0) / PHONE.height;
  const isMixed = (at: Page) =>
    at.evaluate<boolean>(
      `${ROOT}.querySelector('[aria-describedby=about-analytics]')?.indeterminate`,
    );

  it('leaves two thirds of a phone in sight with long words: then the text scrolls, by keyboard as well', async () => {
    const at = await visit({}, { viewport: PHONE });
    for (const language of ['de', 'fr']) {
      const own: Record<string, string> = { ...defaultTexts(language).models['opt-in'] };
      const longer = Object.entries(own).map(([name, words]) => [
        name,
        `${words} ${words.slice(0, words.length * 0.4)}`,
      ]);
      const texts = { ...aConfiguration().texts, ...(Object.fromEntries(longer) as typeof own) };
      site?.configure({ language, texts, links: LINKS });
      await at.reload();
      await at.locator('habeas-choices .scroll[tabindex]').waitFor();
      expect(await cover(at)).to.be.at.most(1 / 3);
      expect(await axeViolations(at)).to.deep.equal([]);
      expect(await at.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(
        true,
      );
    }
  });

  it('lets somebody refuse at 400 % zoom, where the window is 320 by 256', async () => {
    const at = await visit({ config: { links: LINKS } }, { viewport: { width: 320, height: 256 } });
    const refuse = at.getByRole('button', { name: 'Refuse all' });
    const box = await refuse.boundingBox();
    expect(box && box.y >= 0 && box.y + box.height <= 256).to.equal(true);
    await refuse.click();
    await at.waitForFunction('habeas.state().decided');
  });

  it('asks for each service, and says so where those of a category differ', async () => {
    const { dialog, services } = withServices();
    const at = await visit({ dialog, config: { services: services.map(asWidgetService) } });
    await press(at, 'Choose');
    const whole = at.getByRole('checkbox', { name: 'Analytics' });
    const [pulse, heat] = ['Pulse', 'Heatwave'].map((name) => at.getByRole('switch', { name }));
    expect(await pulse?.isVisible()).to.equal(false);
    await at.getByText('2 services').click();
    expect(await axeViolations(at)).to.deep.equal([]);
    await pulse?.check();
    expect(await isMixed(at)).to.equal(true);
    await whole.click();
    expect(await heat?.isChecked()).to.equal(true);
    await heat?.uncheck();
    await press(at, 'Save choices');
    await at.getByRole('status').getByText('Your choice is saved.').waitFor();
    expect(await at.evaluate('habeas.state()')).to.deep.include({
      services: { pulse: true, heat: false },
    });
    expect(await at.evaluate('habeas.state().choices.analytics')).to.equal(false);
    await press(at, 'Privacy choices');
    await whole.waitFor();
    expect(await isMixed(at)).to.equal(true);
  });

  it('names provider, purpose, cookies, transfer and notice of a service, and the whole list', async () => {
    const { dialog } = withServices();
    const at = await visit({ dialog }, { viewport: PHONE, colorScheme: 'dark' });
    await press(at, 'Choose');
    await at.getByText('2 services').focus();
    await at.keyboard.press('Enter');
    const first = at.locator('habeas-choices details li').first();
    for (const words of ['Pulse Ltd', 'Counts visits.', '_pulse (400 days)', 'United States'])
      expect(await first.textContent()).to.contain(words);
    const notice = first.getByRole('link', { name: 'Their privacy notice: Pulse' });
    expect(await notice.getAttribute('href')).to.equal('https://pulse.example/privacy');
    expect(await notice.getAttribute('rel')).to.contain('noopener');
    await at.getByRole('link', { name: 'All cookies and services' }).waitFor();
    expect(await axeViolations(at)).to.deep.equal([]);
  });

  it('keeps the ways of an opt-out law at hand in both layers, and in its own words and sign', async () => {
    const at = await visit(
      {
        config: { model: 'opt-out', links: LINKS, regime: 'ccpa', sign: 'Privacy choices' },
      },
      { viewport: PHONE },
    );
    expect(await axeViolations(at)).to.deep.equal([]);
    const section = at.locator('habeas-choices section');
    for (const { url, text } of LINKS)
      expect(await section.getByRole('link', { name: text }).getAttribute('href')).to.equal(url);
    await press(at, 'Refuse all');
    await at.getByText('Privacy choices', { exact: true }).click();
    const dialog = at.getByRole('dialog');
    for (const { text } of LINKS) await dialog.getByRole('link', { name: text }).waitFor();
    expect(await axeViolations(at)).to.deep.equal([]);
  });

  it('says in both layers that the signal of the browser is honoured', async () => {
    site = await openSite({ body: BODY, config: { model: 'opt-out' } });
    page = await browser.newPage();
    await page.addInitScript(
      'Object.defineProperty(navigator, "globalPrivacyControl", { value: true })',
    );
    await page.goto(site.url);
    await page.getByText('We honour it').waitFor();
    await press(page, 'Choose');
    await page.getByRole('dialog').getByText('We honour it').waitFor();
  });

  it('hints at an age', async () => {
    const ageHint = 'Under 16? Please ask a parent or guardian first.';
    const at = await visit({ config: { ageHint } });
    await at.getByText(ageHint).waitFor();
    await press(at, 'Choose');
    await at.getByRole('dialog').getByText(ageHint).waitFor();
  });

  it('asks nothing of somebody whom the page declares too young, and says why', async () => {
    site = await openSite({ config: { model: 'opt-out' }, tag: 'src="SRC" data-minor' });
    const at = (page = await browser.newPage());
    await at.goto(site.url);
    expect(await at.getByRole('region').count()).to.equal(0);
    const state = await at.evaluate<ConsentState>('habeas.state()');
    expect(state).to.deep.include({ decided: true, chosenAt: null, minor: true });
    expect(state.choices).to.include({ analytics: false, marketing: false });
    await at.evaluate('habeas.open()');
    const dialog = at.getByRole('dialog');
    await dialog.getByText('Because of your age').waitFor();
    expect(await dialog.locator('input').count()).to.equal(0);
    expect(await dialog.getByText('Accept all').count()).to.equal(0);
  });

  it('says so where the preferences cannot be had, goes on answering, and tries again', async () => {
    const at = await visit();
    await at.route('**/dialog.js', (route) => route.abort());
    const choose = at.getByRole('button', { name: 'Choose' });
    await choose.click();
    await at.getByRole('status').getByText('This could not be loaded.').waitFor();
    expect(await axeViolations(at)).to.deep.equal([]);
    await at.unroute('**/dialog.js');
    await choose.click();
    await at.getByRole('dialog').waitFor();
    await at.keyboard.press('Escape');
    await press(at, 'Refuse all');
    await at.getByRole('status').getByText('Your choice is saved.').waitFor();
    expect(await axeViolations(at)).to.deep.equal([]);
  });

  it('tells a returning visitor too, beside the floating button', async () => {
    const at = await visit();
    await press(at, 'Accept all');
    // A record that still waits would fetch the rest by itself.
    await at.waitForFunction('habeas.state() && !localStorage.getItem("privacy_choice_outbox")');
    if (site) site.piece = 'back-guarded';
    await at.reload();
    const reopen = at.getByRole('button', { name: 'Privacy choices' });
    await reopen.waitFor();
    const box = await reopen.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).to.be.at.least(44);
    expect(await axeViolations(at)).to.deep.equal([]);
    await at.route('**/whole.js', (route) => route.abort());
    await reopen.click();
    await at.getByRole('status').getByText('This could not be loaded.').waitFor();
    await at.unroute('**/whole.js');
    await reopen.click();
    await at.getByRole('dialog').waitFor();
    await at.keyboard.press('Escape');
    expect(await at.evaluate(`${ROOT}.activeElement.title`)).to.equal('Privacy choices');
  });

  it('hides nothing of the page that the keyboard reaches', async () => {
    const links = '<p><a href="#">A plant</a></p>'.repeat(40);
    const at = await visit({ body: `<main>${links}</main>` }, { viewport: PHONE });
    await at.locator('main a').first().focus();
    const hidden = await at.evaluate<number[]>(`(() => {
      const edge = ${ROOT}.querySelector('section').getBoundingClientRect().top;
      return [...document.querySelectorAll('main a')].flatMap((link) => {
        link.focus();
        return link.getBoundingClientRect().bottom > edge ? [link.getBoundingClientRect().bottom] : [];
      });
    })()`);
    // At the very end of a page there is nothing left to scroll.
    expect(hidden.length).to.be.below(9);
    await press(at, 'Refuse all');
    await at.waitForFunction('document.documentElement.style.length === 0');
  });

  it('breaks no rule of the strictest policy, with Trusted Types, in any of its states', async () => {
    const { dialog, services } = withServices();
    site = await openSite({
      body: BODY,
      dialog,
      config: { services: services.map(asWidgetService) },
      policy:
        "default-src 'none'; script-src HABEAS; connect-src HABEAS; trusted-types 'none'; " +
        "require-trusted-types-for 'script'",
    });
    page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(site.url);
    await press(page, 'Choose');
    await page.getByText('2 services').click();
    await press(page, 'Save choices');
    await page.getByRole('status').getByText('Your choice is saved.').waitFor();
    site.piece = 'back-guarded';
    await page.reload();
    await press(page, 'Privacy choices');
    await press(page, 'Refuse all');
    await page.getByRole('status').getByText('Your choice is saved.').waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it('stands where the site wants its button, in the direction of the text', async () => {
    const at = await visit({ config: { look: { ...aConfiguration().look, corner: 'end' } } });
    const left = async () => {
      await press(at, 'Refuse all');
      return (await at.getByRole('button', { name: 'Privacy choices' }).boundingBox())?.x ?? 0;
    };
    expect(await left()).to.be.above(1000);
    site?.configure({ direction: 'rtl', language: 'he' });
    await at.context().clearCookies();
    await at.reload();
    expect(await left()).to.be.below(100);
  });

  it('wears the colours of a site in every theme, readable', async () => {
    const at = await visit();
    for (const theme of ['auto', 'brand'] as const)
      for (const accent of ['#ffe600', '#10233f'])
        for (const colorScheme of ['light', 'dark'] as const) {
          const look = widgetLook({ position: 'box', corner: 'start', theme, accent });
          site?.configure({ look });
          await at.emulateMedia({ colorScheme });
          await at.reload();
          await at.locator('habeas-choices section').waitFor();
          expect(await axeViolations(at, ['color-contrast']), `${theme} ${accent}`).to.deep.equal(
            [],
          );
        }
  });

  it('is not what the page is measured by, and moves nothing', async () => {
    const at = await visit(
      { body: '<main><h1>Fernhill, a shop for plants that are patiently grown</h1></main>' },
      { viewport: PHONE },
    );
    const found = await at.evaluate<string>(`new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().at(-1).element?.localName ?? 'none'))
        .observe({ type: 'largest-contentful-paint', buffered: true });
    })`);
    expect(found).to.equal('h1');
  });
});

const asWidgetService = (service: { id: string; category: 'analytics' }) => ({
  ...service,
  name: service.id,
  domains: [],
});
