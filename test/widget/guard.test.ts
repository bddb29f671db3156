import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeViolations, hasSettled, launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';

const ANALYTICS = 'https://www.google-analytics.com';
const PIXELS = 'https://connect.facebook.net';
const FRAMES = 'https://td.doubleclick.net';
const STRANGER = 'https://cdn.plants.example';

/** Every script tells that it ran, and leaves a cookie and an entry behind. */
const leaving = (name: string) =>
  `(window.ran??=[]).push('${name}');document.cookie='left-${name}=1';localStorage['left-${name}']=1;`;

/** What a page full of trackers has in its markup: of each kind one, and nobody marked them. */
const inMarkup =
  `<script src="${ANALYTICS}/first.js"></script>` +
  `<script src="${ANALYTICS}/second.js" defer></script>` +
  `<script src="${PIXELS}/third.js" async></script>` +
  `<img src="${PIXELS}/pixel.gif" alt=""><iframe src="${FRAMES}/frame" title="Ad"></iframe>`;

/** What the markup has code write into it. */
const written = `<script>document.write('<script src="${ANALYTICS}/written.js"></' + 'script>')</script>`;

/** Ways in which code loads something from `${base}/<name>.js`, by name. */
const ways: Record<string, string> = {
  'script.src': `const s = document.createElement('script'); s.src = at; document.head.append(s)`,
  'script, type last': `const s = document.createElement('script'); s.src = at; s.type = 'text/javascript'; document.head.appendChild(s)`,
  'script in the page, src last': `const s = document.createElement('script'); document.body.append(s); s.src = at`,
  setAttribute: `const s = document.createElement('script'); s.setAttribute('SRC', at); document.body.prepend(s)`,
  'a prepared tree': `const d = document.createElement('div'); const s = document.createElement('script'); s.src = at; d.append(s); document.body.insertBefore(d, null)`,
  'a fragment': `const f = document.createRange().createContextualFragment('<script src="' + at + '"><\\/script>'); document.body.firstElementChild.before(f)`,
  'a clone': `const s = document.createElement('script'); s.setAttributeNS(null, 'src', at); document.body.append(s.cloneNode(true))`,
  insertAdjacentElement: `const s = document.createElement('script'); s.src = at; document.body.insertAdjacentElement('beforeend', s)`,
  'new Image': `new Image().src = at`,
  'img in markup': `document.body.insertAdjacentHTML('beforeend', '<img alt="" src="' + at + '">')`,
  innerHTML: `const d = document.createElement('div'); d.innerHTML = '<p><img alt="" src=' + at + '></p>'; document.body.append(d)`,
  'iframe.src': `const f = document.createElement('iframe'); f.title = 'Ad'; f.src = at; document.body.append(f)`,
  'iframe in the page': `const f = document.createElement('iframe'); f.title = 'Ad'; document.body.append(f); f.src = at`,
  'iframe in markup': `document.body.insertAdjacentHTML('beforeend', '<iframe title=Ad src="' + at + '"></iframe>')`,
  fetch: `fetch(at).catch(() => 0)`,
  'fetch of a request': `fetch(new Request(at)).catch(() => 0)`,
  XMLHttpRequest: `const r = new XMLHttpRequest(); r.onerror = () => { window.failed = true }; r.open('GET', at); r.send()`,
  sendBeacon: `navigator.sendBeacon(at, 'x')`,
};

describe('Consent widget: known trackers that nobody marked', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let site: Site | undefined;
  /** What was asked of other hosts. */
  let asked: string[];
  /** How often this page was told to ask; a new address each time, for browsers share what is on its way. */
  let rounds: number;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    asked = [];
    rounds = 0;
    await context.route(/^https:/, (route) => {
      const url = route.request().url();
      asked.push(url);
      const [, name = ''] = /\/([\w-]+)\.js$/.exec(url) ?? [];
      const isScript = name !== '';
      return route.fulfill({
        contentType: isScript ? 'text/javascript' : 'text/html',
        headers: { 'access-control-allow-origin': '*' },
        body: isScript ? leaving(name) : `<script>localStorage.left = 1</script>`,
      });
    });
  });
  afterEach(async () => {
    await context.close();
    await site?.close();
  });

  async function visit(options: SiteOptions): Promise<Site> {
    site = await openSite(options);
    await page.goto(site.url, { waitUntil: 'load' });
    return site;
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const ran = () => page.evaluate<string[]>('window.ran ?? []');
  /** The page's policy may forbid what Playwright waits by. */
  const hasRun = (name: string) => until(`${name} runs`, async () => (await ran()).includes(name));
  /** What is left of trackers in the browser. */
  async function left(): Promise<string[]> {
    const cookies = await context.cookies();
    const entries = await page.evaluate<string[]>('Object.keys(localStorage)');
    return [...cookies.map(({ name }) => name), ...entries].filter((name) =>
      /^(left|_)/.test(name),
    );
  }
  /** Does each of these and returns the names of what then was asked of the host: what came before a last frame. */
  async function doEach(
    host: string,
    isExpected: boolean,
    which = Object.keys(ways),
  ): Promise<string[]> {
    rounds += 1;
    const at = (way: number) => `${host}/${rounds}-${way}.js`;
    const doing = which.map((name, way) => `{ const at = '${at(way)}'; ${ways[name] ?? ''} }`);
    const last = `https://hedge.example/last-${rounds}`;
    doing.push(`{ const at = '${last}'; ${ways['iframe.src'] ?? ''} }`);
    await page.evaluate(doing.join('\n'));
    const found = () => which.filter((_, way) => asked.includes(at(way)));
    await until(
      'the host is asked',
      () => asked.includes(last) && (!isExpected || found().length === which.length),
    );
    await hasSettled(page);
    return found();
  }

  it('run nothing and leave nothing before a choice, nor after a refusal', async () => {
    await visit({ head: inMarkup + written, body: `<main>${inMarkup}</main>` });
    await hasSettled(page);
    expect(await ran()).to.deep.equal([]);
    expect(asked).to.not.include(`${ANALYTICS}/written.js`);
    expect(await left()).to.deep.equal([]);
    await press('Refuse all');
    await page.reload();
    await hasSettled(page);
    expect(await ran()).to.deep.equal([]);
    expect(await left()).to.deep.equal([]);
  });

  it('are not even asked for when code inserts them', async () => {
    await visit({});
    expect(await doEach(ANALYTICS, false)).to.deep.equal([]);
    expect(await ran()).to.deep.equal([]);
    await page.waitForFunction('window.failed');
  });

  it('are released in the order of the page once they are allowed', async () => {
    await visit({ body: `<main>${inMarkup}${written}</main>` });
    await page.evaluate(`{ const at = '${ANALYTICS}/fourth.js'; ${ways['a clone'] ?? ''} }`);
    await page.evaluate('habeas.set({ analytics: true })');
    await hasRun('fourth');
    await hasRun('second');
    expect(await ran()).to.not.include('third');
    await page.evaluate('habeas.set({ marketing: true })');
    await hasRun('third');
    expect((await ran()).filter((name) => name !== 'third')).to.deep.equal([
      'first',
      'written',
      'fourth',
      'second',
    ]);
    await page.frameLocator('iframe').locator('body').waitFor({ state: 'attached' });
    expect(await page.getAttribute('iframe', 'src')).to.equal(`${FRAMES}/frame`);
    expect(await page.getAttribute('img', 'src')).to.equal(`${PIXELS}/pixel.gif`);
  });

  it('write no cookies of names that the site declared for something refused', async () => {
    const cookies = { analytics: ['_ga*'], marketing: ['_fbp'], preferences: [] };
    await visit({ config: { cookies } });
    const write = (name: string) => page.evaluate(`document.cookie = '${name}=1; Path=/'`);
    for (const name of ['_ga', '_ga_X1', '_fbp', 'basket']) await write(name);
    expect(await page.evaluate('document.cookie')).to.equal('basket=1');
    await page.evaluate('habeas.set({ analytics: true })');
    await hasSettled(page);
    for (const name of ['_ga', '_fbp']) await write(name);
    expect(await left()).to.deep.equal(['_ga']);
  });

  it('leave everybody else alone', async () => {
    await visit({});
    const everyWay = Object.keys(ways);
    expect(await doEach(STRANGER, true)).to.deep.equal(everyWay);
    const replies = await page.evaluate<unknown[]>(`(() => {
      const div = document.createElement('div');
      const text = document.createTextNode('x');
      div.innerHTML = null;
      return [
        document.body.appendChild(div) === div,
        div.insertBefore(text, null) === text,
        div.append('a', text, 'b'),
        div.textContent,
        div.setAttribute('title', 1),
        div.title,
        document.body.replaceChild(document.createElement('p'), div) === div,
      ];
    })()`);
    expect(replies).to.deep.equal([true, true, undefined, 'axb', undefined, '1', true]);
  });

  it('give the browser back to the page once all is allowed, and take hold again after a withdrawal', async () => {
    await visit({});
    const isNative = () =>
      page.evaluate<boolean>(
        `[fetch, Node.prototype.appendChild, Element.prototype.setAttribute,
          Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').set]
          .every((one) => one.toString().includes('[native code]'))`,
      );
    expect(await isNative()).to.equal(false);
    await press('Accept all');
    await hasSettled(page);
    expect(await isNative()).to.equal(true);
    expect(await doEach(ANALYTICS, true)).to.deep.equal(Object.keys(ways));
    await page.evaluate('habeas.withdraw()');
    await hasSettled(page);
    expect(await doEach(ANALYTICS, false)).to.deep.equal([]);
  });

  it('leave patches of the page in place', async () => {
    await visit({});
    await page.evaluate(`{
      const below = window.fetch;
      window.fetch = function patched(...given) { (window.seen ??= []).push(given[0]); return below.apply(this, given); };
    }`);
    await press('Accept all');
    await hasSettled(page);
    expect(await page.evaluate('fetch.name')).to.equal('patched');
    expect(await doEach(ANALYTICS, true, ['fetch'])).to.deep.equal(['fetch']);
    expect(await page.evaluate('seen')).to.include(`${ANALYTICS}/1-0.js`);
  });

  it('follow what the site says of its services and of hosts it lets through', async () => {
    await visit({
      config: {
        services: [
          {
            id: 'plant-chat',
            category: 'preferences',
            domains: ['plants.example'],
          },
          {
            id: 'counter',
            category: 'marketing',
            domains: ['google-analytics.com'],
          },
        ],
        allowed: ['connect.facebook.net'],
      },
    });
    expect(await doEach(STRANGER, false)).to.deep.equal([]);
    expect(await doEach(PIXELS, true)).to.deep.equal(Object.keys(ways));
    await page.evaluate('habeas.set({ analytics: true })');
    await hasSettled(page);
    expect(await doEach(ANALYTICS, false)).to.deep.equal([]);
    await page.evaluate('habeas.set({}, { counter: true })');
    await hasSettled(page);
    expect(await doEach(ANALYTICS, true)).to.deep.equal(Object.keys(ways));
  });

  it('are nobody’s business where the site switched this off', async () => {
    await visit({ config: { blocksTrackers: false } });
    expect(await doEach(ANALYTICS, true)).to.deep.equal(Object.keys(ways));
  });

  it('are held under a strict policy with Trusted Types without a complaint', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await visit({
      policy: `default-src 'none'; script-src 'self' HABEAS ${ANALYTICS}; img-src ${ANALYTICS}; connect-src HABEAS; require-trusted-types-for 'script'`,
      body: `<script src="${ANALYTICS}/first.js"></script><script src="${ANALYTICS}/second.js"></script>`,
    });
    await page.evaluate(`{
      const policy = trustedTypes.createPolicy('page', { createScriptURL: (url) => url, createHTML: (html) => html });
      const script = document.createElement('script');
      script.src = policy.createScriptURL('${ANALYTICS}/third.js');
      document.head.append(script);
      const div = document.createElement('div');
      div.innerHTML = policy.createHTML('<img alt="" src="${ANALYTICS}/fourth.js">');
      document.body.append(div);
    }`);
    await hasSettled(page);
    expect(await ran()).to.deep.equal([]);
    expect(asked.filter((url) => /third|fourth/.test(url))).to.deep.equal([]);
    await press('Accept all');
    await until('all have run', async () => (await ran()).length >= 3);
    expect(await ran()).to.have.members(['first', 'second', 'third']);
    expect(complaints).to.deep.equal([]);
  });
});

describe('Consent widget: held frames', () => {
  let browser: Browser;
  let page: Page;
  let site: Site | undefined;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
    await page.route(/^https:/, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>Film</title><p>The film.</p>' }),
    );
  });
  afterEach(async () => {
    await page.context().close();
    await site?.close();
  });

  const film = 'https://www.youtube.com/embed/x';
  const services = [
    {
      id: 'films',
      category: 'marketing' as const,
      domains: ['youtube.com'],
    },
  ];
  async function visit(body: string, options: SiteOptions = {}): Promise<void> {
    site = await openSite({ body: `<main><h1>Fernhill</h1>${body}</main>`, ...options });
    await page.goto(site.url);
  }
  const inFrame = () => page.frameLocator('iframe');
  const button = (name: string) => inFrame().getByRole('button', { name });

  it('ask inside the frame, and load it once', async () => {
    await visit(
      `<iframe data-consent="marketing" data-src="/map" width="400" height="300"></iframe>`,
    );
    await inFrame().getByText('127.0.0.1 would receive data about you').waitFor();
    expect(await button('Always show').count()).to.equal(0);
    expect(await page.getAttribute('iframe', 'title')).to.equal('127.0.0.1');
    await button('Show this once').press('Enter');
    await inFrame().getByText('A map.').waitFor();
    expect(await page.evaluate('document.activeElement.localName')).to.equal('iframe');
    await page.reload();
    await button('Show this once').waitFor();
    expect(site?.requests.filter((one) => one === '/map')).to.have.length(1);
  });

  it('name the service, and allow it from then on', async () => {
    await visit(`<iframe src="${film}" title="Pruning roses" sandbox="allow-scripts"></iframe>`, {
      config: { services },
    });
    await button('Always show The films').click();
    await inFrame().getByText('The film.').waitFor();
    expect(await page.getAttribute('iframe', 'sandbox')).to.equal('allow-scripts');
    expect(await page.evaluate('habeas.state().services')).to.deep.equal({ films: true });
    expect(await page.evaluate('habeas.state().choices.marketing')).to.equal(false);
    await page.reload();
    await inFrame().getByText('The film.').waitFor();
  });

  it('keep their place and size, break no strict policy, and read well', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.addInitScript(
      `window.shift = 0; new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.shift += value;
      }).observe({ type: 'layout-shift', buffered: true })`,
    );
    await visit(`<iframe src="${film}" width="480" height="270"></iframe><p>Below.</p>`, {
      config: { services },
      policy: `default-src 'none'; script-src HABEAS; connect-src HABEAS; frame-src https://www.youtube.com; require-trusted-types-for 'script'`,
    });
    await button('Show this once').waitFor();
    expect(await page.locator('iframe').boundingBox()).to.include({ width: 484, height: 274 });
    expect(await page.evaluate('window.shift')).to.equal(0);
    expect(await axeViolations(page)).to.deep.equal([]);
    await press('Accept all');
    await inFrame().getByText('The film.').waitFor();
    expect(complaints).to.deep.equal([]);
  });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
});
