import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { aConfiguration, widgetModule, widgetScript } from './site.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

describe('Demo site', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  let page: Page;
  let complaints: string[];
  let asked: string[];

  before(async () => {
    browser = await launchBrowser();
    // One origin for everything: the strictest policy then needs no other.
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://demo.invalid');
      asked.push(pathname);
      void answer(pathname).then((body) => {
        response.statusCode = body === null ? 404 : request.method === 'POST' ? 201 : 200;
        response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'text/plain');
        response.setHeader(
          'content-security-policy',
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; require-trusted-types-for 'script'",
        );
        response.end(body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  async function answer(pathname: string): Promise<string | null> {
    const cookies = {
      preferences: ['fern_branch'],
      analytics: ['_fern_visits'],
      marketing: ['_fern_ads'],
    };
    if (pathname === '/c/demo.js') return widgetScript(aConfiguration({ cookies }));
    const module = /\/(rest|dialog|embeds)\.js$/.exec(pathname)?.[1];
    if (module) return widgetModule(module, aConfiguration({ cookies }));
    if (pathname === '/c/demo/choices') return '';
    const text = await readFile(`client-widget/demo${pathname}`, 'utf8').catch(() => null);
    return text?.replaceAll('{{widgetSrc}}', '/c/demo.js') ?? null;
  }

  async function visit(
    pathname: string,
    view: Parameters<Browser['newPage']>[0] = {},
  ): Promise<void> {
    page = await browser.newPage(view);
    complaints = [];
    asked = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url + pathname);
    await page.getByText('No choice yet').waitFor();
  }
  afterEach(() => page.context().close());

  const trackers = () => asked.filter((pathname) => pathname.startsWith('/trackers/'));

  it('runs its trackers only once they are allowed, shows each request, and stops them on withdrawal', async () => {
    await visit('/index.html');
    expect(trackers()).to.deep.equal([]);
    await page.getByRole('button', { name: 'Accept all' }).click();
    await page.getByText(/visit 1, report \d/u).waitFor();
    await page.getByText('Bramble & Thorn').waitFor();
    await page.frameLocator('iframe').getByRole('img').waitFor();
    const all = ['preferences.js', 'analytics.js', 'ads.js', 'map.html', 'pixel.svg'];
    await until('all are asked', () =>
      all.every((name) => trackers().includes(`/trackers/${name}`)),
    );
    await page.locator('#log li').first().waitFor();

    await page.getByRole('button', { name: 'Withdraw' }).click();
    // Not by a condition evaluated in the page, which its policy forbids.
    await page.locator('#log-count', { hasText: /^0$/u }).waitFor({ state: 'attached' });
    await page.getByText('Held back').first().waitFor();
    const cookies = () => page.context().cookies();
    await until('the cookies are gone', async () => (await cookies()).length === 1);
    expect((await cookies()).map(({ name }) => name)).to.deep.equal(['privacy_choice']);
    expect(complaints).to.deep.equal([]);
  });

  for (const pathname of ['/index.html', '/article.html'])
    for (const width of [360, 1280])
      for (const colorScheme of ['light', 'dark'] as const)
        it(`gives axe nothing to say: ${pathname}, ${width} wide, ${colorScheme}`, async () => {
          await visit(pathname, { viewport: { width, height: 800 }, colorScheme });
          expect(await axeViolations(page)).to.deep.equal([]);
          await page.getByRole('button', { name: 'Accept all' }).click();
          await page.getByText('Bramble & Thorn').waitFor();
          expect(await axeViolations(page)).to.deep.equal([]);
          expect(
            await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
          ).to.equal(true);
        });
});
