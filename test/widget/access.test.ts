import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { axeViolations, hasSettled, launchBrowser } from '../support/browser.ts';
import { aConfiguration, openSite, type Site, type SiteOptions } from './site.ts';

const PHONE = { width: 360, height: 640 };
const DESKTOP = { width: 1280, height: 800 };
const BODY = `<main><h1>Fernhill</h1><p><a href="/page2">Second page</a></p>${'<p>Plants.</p>'.repeat(60)}</main>`;

describe('Consent widget: looks and access', () => {
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
  /** What has the focus, in the page or in the widget. */
  const focused = (at: Page) =>
    at.evaluate<string>(`(() => {
      const { activeElement } = document;
      const inner = activeElement?.shadowRoot?.activeElement ?? activeElement;
      return inner?.getAttribute('aria-label') ?? (inner?.title || inner?.textContent || '');
    })()`);
  const press = (at: Page, name: string) =>
    at.getByRole('button', { name, exact: true }).last().click();

  async function choose(at: Page): Promise<void> {
    await press(at, 'Choose');
    await at.getByRole('dialog').waitFor();
  }

  for (const [name, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP }))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const position of ['bar', 'box', 'centre'] as const)
        it(`gives axe nothing to say: ${position}, ${name}, ${colorScheme}`, async () => {
          const look = { ...aConfiguration().look, position };
          const at = await visit({ config: { look } }, { viewport, colorScheme });
          expect(await axeViolations(at)).to.deep.equal([]);
          await choose(at);
          expect(await axeViolations(at)).to.deep.equal([]);
          await press(at, 'Accept all');
          await at.getByRole('button', { name: 'Privacy choices' }).waitFor();
          expect(await axeViolations(at)).to.deep.equal([]);
        });

  it('gives axe nothing to say from right to left, with the signal shown', async () => {
    const at = await visit(
      { config: { direction: 'rtl', language: 'ar', model: 'opt-out' } },
      { viewport: PHONE, colorScheme: 'dark' },
    );
    expect(await axeViolations(at)).to.deep.equal([]);
    const box = await at.getByRole('button', { name: 'Close' }).boundingBox();
    expect(box?.x).to.be.below(20);
  });

  it('leaves two thirds of a phone in sight, however long the text', async () => {
    const at = await visit({}, { viewport: PHONE });
    const height = async () => (await at.locator('habeas-choices section').boundingBox())?.height;
    expect(await height()).to.be.at.most(640 / 3);
    const { texts } = aConfiguration();
    site?.configure({ texts: { ...texts, body: texts.body.repeat(4) }, policyUrl: null });
    await at.reload();
    await at.locator('habeas-choices section').waitFor();
    expect(await height()).to.be.at.most(640 / 3);
    expect(await axeViolations(at)).to.deep.equal([]);
  });

  it('gives the three answers the same size, place in line and dress', async () => {
    for (const viewport of [PHONE, DESKTOP]) {
      const at = await visit({}, { viewport });
      const looks = await at.evaluate<string[][]>(`
        [...document.querySelector('habeas-choices').shadowRoot.querySelectorAll('.buttons button')].map((button) => {
          const { width, height, top } = button.getBoundingClientRect();
          const { color, backgroundColor, fontSize, fontWeight, borderTopWidth } = getComputedStyle(button);
          return [width.toFixed(1), height, top, color, backgroundColor, fontSize, fontWeight, borderTopWidth];
        })`);
      expect(looks).to.have.length(3);
      expect(looks[1]).to.deep.equal(looks[0]);
      expect(looks[2]).to.deep.equal(looks[0]);
      await at.context().close();
      await site?.close();
    }
  });

  it('makes every target at least 44 by 44 pixels', async () => {
    const at = await visit({}, { viewport: PHONE });
    await choose(at);
    const small = await at.evaluate<string[]>(`
      [...document.querySelector('habeas-choices').shadowRoot.querySelectorAll('button, label')]
        .filter((target) => target.getBoundingClientRect().height < 44 || target.getBoundingClientRect().width < 44)
        .map((target) => target.outerHTML)`);
    expect(small).to.deep.equal([]);
  });

  it('is met first by the keyboard, and takes the focus from nobody', async () => {
    const at = await visit();
    expect(await focused(at)).to.not.include('Accept');
    const order: string[] = [];
    for (let stop = 0; stop < 6; stop++) {
      await at.keyboard.press('Tab');
      order.push(await focused(at));
    }
    expect(order).to.deep.equal([
      'Privacy notice',
      'Accept all',
      'Refuse all',
      'Choose',
      'Close',
      'Second page',
    ]);
  });

  it('can be used by keyboard alone: the focus stays in the preferences and comes back', async () => {
    const at = await visit();
    for (let stop = 0; stop < 4; stop++) await at.keyboard.press('Tab');
    await at.keyboard.press('Enter');
    await at.getByRole('dialog').waitFor();
    const seen = new Set<string>();
    for (let stop = 0; stop < 12; stop++) {
      await at.keyboard.press('Tab');
      seen.add(await focused(at));
    }
    expect([...seen]).to.include.members(['Close', 'Accept all', 'Refuse all', 'Save choices']);
    expect([...seen]).to.not.include('Second page');
    await at.keyboard.press('Escape');
    expect(await focused(at)).to.equal('Choose');
    await at.keyboard.press('Enter');
    await at.getByRole('dialog').waitFor();
    await at.getByRole('switch', { name: 'Analytics' }).focus();
    await at.keyboard.press('Space');
    await at.getByRole('button', { name: 'Save choices' }).focus();
    await at.keyboard.press('Enter');
    await at.locator('habeas-choices dialog').waitFor({ state: 'detached' });
    await at.locator('habeas-choices .corner').waitFor();
    expect(await focused(at)).to.equal('Privacy choices');
    expect(await at.evaluate('habeas.state().choices.analytics')).to.equal(true);
    await at.keyboard.press('Enter');
    await at.getByRole('dialog').waitFor();
    await at.keyboard.press('Escape');
    expect(await focused(at)).to.equal('Privacy choices');
  });

  it('closes the banner by Esc from inside it', async () => {
    const at = await visit();
    await at.keyboard.press('Tab');
    await at.keyboard.press('Escape');
    await at.locator('habeas-choices section').waitFor({ state: 'detached' });
    expect(await at.evaluate('habeas.state().choices.analytics')).to.equal(false);
  });

  it('speaks as a named region, with its heading and text', async () => {
    const at = await visit();
    const region = at.getByRole('region', { name: 'Your privacy, your choice' });
    await region.getByRole('heading', { name: 'Your privacy, your choice' }).waitFor();
    expect(await at.locator('habeas-choices section').getAttribute('aria-modal')).to.equal(null);
    await choose(at);
    await at.getByRole('dialog', { name: 'Privacy choices' }).waitFor();
    const toggle = at.getByRole('switch', { name: 'Marketing', exact: true });
    expect(await toggle.getAttribute('aria-describedby')).to.equal('about-marketing');
  });

  it('shifts nothing on the page, not when it comes, opens or goes', async () => {
    const at = await visit({
      head: '<style>body{display:grid;gap:2rem}body>*{margin:1rem}body>*+*{margin-top:3rem}</style>',
    });
    await choose(at);
    await press(at, 'Save choices');
    await hasSettled(at);
    const shift = await at.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
        .observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 100);
    })`);
    expect(shift).to.equal(0);
  });

  it('stays usable at 400 % zoom, where the window is 320 by 256', async () => {
    const at = await visit({}, { viewport: { width: 320, height: 256 } });
    await choose(at);
    await at.getByRole('switch', { name: 'Marketing' }).check();
    await press(at, 'Save choices');
    await at.waitForFunction('habeas.state().choices.marketing');
    expect(await at.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true);
  });

  it('keeps its edges in forced colours', async () => {
    const at = await visit({}, { forcedColors: 'active' });
    await choose(at);
    expect(await axeViolations(at)).to.deep.equal([]);
    const border = await at.evaluate(
      `getComputedStyle(document.querySelector('habeas-choices').shadowRoot.querySelector('.choice')).borderTopWidth`,
    );
    expect(border).to.equal('1px');
  });

  it('is put back when the page replaces its body', async () => {
    const at = await visit();
    await at.evaluate(
      'document.documentElement.replaceChild(document.createElement("body"), document.body)',
    );
    await press(at, 'Refuse all');
    await at.getByRole('button', { name: 'Privacy choices' }).waitFor();
  });
});
