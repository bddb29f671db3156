import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { hasSettled, launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { aConfiguration, openSite, type Site, type SiteOptions } from './site.ts';

const held = (attributes: string, text = '') =>
  `<script type="text/plain" ${attributes}>${text}</script>`;
const inline = (name: string) => `(window.ran??=[]).push('${name}')`;

const STRICT =
  "default-src 'none'; script-src 'self' HABEAS; connect-src HABEAS; style-src 'self'; require-trusted-types-for 'script'";

describe('Consent widget: holding back', () => {
  let browser: Browser;
  let page: Page;
  let site: Site | undefined;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.context().close();
    await site?.close();
  });

  async function visit(options: SiteOptions): Promise<Site> {
    site = await openSite(options);
    await page.goto(site.url);
    return site;
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const ran = () => page.evaluate<string[]>('window.ran ?? []');
  /** The page's policy may forbid what Playwright waits by. */
  const hasRun = (name: string) => until(`${name} runs`, async () => (await ran()).includes(name));

  const everything =
    held('data-consent="analytics" src="/t/analytics.js"') +
    held('data-consent="analytics" data-src="/t/also-analytics.js"') +
    held('data-consent="preferences"', inline('preferences')) +
    held('data-consent="marketing" data-type="module" src="/t/marketing.js"') +
    '<iframe data-consent="marketing" data-src="/map" title="Map"></iframe>' +
    '<img data-consent="marketing" data-src="/pixel" data-srcset="/pixel2x 2x" alt="">';

  it('lets nothing optional leave the browser before a choice, nor after a refusal', async () => {
    const { requests } = await visit({ body: everything });
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
    await press('Refuse all');
    await hasSettled(page);
    await page.reload();
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
    expect(await ran()).to.deep.equal([]);
  });

  it('lets nothing optional run when the widget cannot be loaded', async () => {
    const { requests } = await visit({
      body: everything,
      tag: 'src="http://127.0.0.1:9/c/fernhill.js"',
    });
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
    expect(await ran()).to.deep.equal([]);
  });

  it('releases what was granted and nothing else', async () => {
    const { requests } = await visit({ body: everything });
    await page.evaluate('habeas.set({ analytics: true })');
    await hasRun('analytics');
    await hasRun('also-analytics');
    expect(requests).to.have.members(['/t/analytics.js', '/t/also-analytics.js']);
    await page.evaluate('habeas.set({ marketing: true })');
    await hasRun('marketing');
    await until('the rest is asked', () => requests.length >= 5);
    expect(requests.slice(2)).to.have.members(['/t/marketing.js', '/map', '/pixel']);
    expect(await ran()).to.not.include('preferences');
  });

  const sequence =
    held('data-consent="analytics" defer src="/t/slow-deferred.js"') +
    held('data-consent="analytics" src="/t/slow-first.js"') +
    held('data-consent="analytics"', inline('second')) +
    held('data-consent="analytics" data-type="module"', inline('module')) +
    held('data-consent="analytics" async src="/t/async.js"') +
    held('data-consent="analytics" src="/t/third.js"') +
    held('data-consent="analytics"', inline('fourth'));
  const inOrder = ['slow-first', 'second', 'third', 'fourth', 'slow-deferred', 'module'];
  const withoutAsync = async () => (await ran()).filter((name) => name !== 'async');

  it('releases scripts in the order of the page: plain, then deferred and modules, async at any time', async () => {
    await visit({ body: sequence });
    await press('Accept all');
    await hasRun('module');
    await hasRun('async');
    expect(await withoutAsync()).to.deep.equal(inOrder);
  });

  it('keeps that order for a returning visitor, while the page is still being read', async () => {
    await visit({ head: sequence, body: held('data-consent="analytics"', inline('last')) });
    await press('Accept all');
    await hasRun('module');
    await page.reload();
    await hasRun('module');
    await hasRun('async');
    expect(await withoutAsync()).to.deep.equal([
      ...inOrder.slice(0, 4),
      'last',
      ...inOrder.slice(4),
    ]);
  });

  it('sees marked elements that are added later', async () => {
    const { requests } = await visit({});
    const add = (name: string) => `{
      const script = document.createElement('script');
      script.type = 'text/plain';
      script.dataset.consent = 'analytics';
      script.dataset.src = '/t/${name}.js';
      const section = document.createElement('section');
      section.append(script);
      document.body.append(section);
    }`;
    await page.evaluate(add('early'));
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
    await press('Accept all');
    await hasRun('early');
    await page.evaluate(add('late'));
    await hasRun('late');
    expect(await ran()).to.deep.equal(['early', 'late']);
  });

  it('releases style sheets, and what is marked with a service, known to the site or not', async () => {
    const { requests } = await visit({
      config: { services: [{ id: 'maps', category: 'preferences', domains: [] }] },
      body:
        '<link rel="stylesheet" data-consent="preferences" data-href="/style.css">' +
        held('data-service="maps" src="/t/maps.js"') +
        held('data-consent="analytics" data-service="unknown" src="/t/unknown.js"'),
    });
    await page.evaluate('habeas.set({ preferences: true, analytics: true }, { maps: false })');
    await hasRun('unknown');
    await until('both are asked', () => requests.length >= 2);
    expect(requests).to.have.members(['/style.css', '/t/unknown.js']);
    await page.evaluate('habeas.set({}, { maps: true })');
    await hasRun('maps');
  });

  it('does not wait for good for a script that the browser will never run', async () => {
    await page.addInitScript(
      'const later = setTimeout; window.setTimeout = (act, after) => later(act, after > 9000 ? 100 : after)',
    );
    await visit({ body: '<div></div>' });
    await page.evaluate(
      `document.querySelector('div').innerHTML = ${JSON.stringify(
        held('data-consent="analytics" src="/t/never.js"'),
      )}`,
    );
    await page.evaluate('habeas.set({ analytics: true })');
    await page.evaluate(`{
      const script = document.createElement('script');
      Object.assign(script, { type: 'text/plain', text: "(window.ran ??= []).push('after')" });
      script.dataset.consent = 'analytics';
      document.body.append(script);
    }`);
    await hasRun('after');
    expect(await ran()).to.deep.equal(['after']);
  });

  it('runs each script once, however often the choice changes', async () => {
    await visit({ body: held('data-consent="analytics" src="/t/once.js"') });
    await page.evaluate('habeas.set({ analytics: true })');
    await hasRun('once');
    await page.evaluate('habeas.withdraw(); habeas.set({ analytics: true, marketing: true })');
    await hasSettled(page);
    expect(await ran()).to.deep.equal(['once']);
  });

  it('lets optional purposes run at once under opt-out, and not after an objection', async () => {
    const { requests } = await visit({ config: { model: 'opt-out' }, body: everything });
    await until('all is asked', () => requests.length === 5);
    requests.length = 0;
    await press('Refuse all');
    await page.reload();
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
  });

  it('holds analytics and marketing back under opt-out when the browser sends the signal', async () => {
    await page.addInitScript(
      'Object.defineProperty(navigator, "globalPrivacyControl", { value: true })',
    );
    const { requests } = await visit({ config: { model: 'opt-out' }, body: everything });
    await hasRun('preferences');
    await hasSettled(page);
    expect(requests).to.deep.equal([]);
  });

  it('breaks no rule of a strict policy with Trusted Types, from first sight to release', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const { records } = await visit({
      policy: STRICT,
      config: { look: { ...aConfiguration().look, paint: '.auto{--fill:#1d5c3f;--on-fill:#fff}' } },
      body:
        held('data-consent="analytics" src="/t/by-src.js"') +
        held('data-consent="analytics" data-src="/t/by-data-src.js"'),
    });
    await press('Choose');
    await page.getByRole('dialog').waitFor();
    await press('Accept all');
    await hasRun('by-src');
    await hasRun('by-data-src');
    await press('Privacy choices');
    await press('Refuse all');
    await until('both are recorded', () => records.length > 1);
    expect(records).to.have.length(2);
    expect(complaints).to.deep.equal([]);
  });

  it('runs inline scripts under a policy that asks for a nonce', async () => {
    await visit({
      policy: "script-src 'nonce-r4nd0m'; require-trusted-types-for 'script'",
      tag: 'src="SRC" nonce="r4nd0m"',
      body:
        held('data-consent="analytics" nonce="r4nd0m"', inline('with-nonce')) +
        held('data-consent="analytics"', inline('without-nonce')) +
        held('data-consent="analytics" nonce="r4nd0m" data-src="/t/last.js"'),
    });
    await press('Accept all');
    await hasRun('last');
    expect(await ran()).to.deep.equal(['with-nonce', 'last']);
  });
});
