import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect } from 'chai';
import express, { type RequestHandler } from 'express';
import type { Browser, Page } from 'playwright-core';
import { digitsOf, newId, writeLine } from '../../client-widget/consent.ts';
import type * as ServerSide from '../../client-widget/server-side/index.ts';
import type { Choices, ServiceChoices } from '../../client-widget/types.ts';
import { hasSettled, launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';

const site: ServerSide.ConsentSite = {
  model: 'opt-in',
  categories: ['preferences', 'analytics', 'marketing'],
  renewAfterDays: 180,
  refusalDays: 180,
  purposesHash: 'beef',
  honoursGpc: true,
  services: [
    { id: 'counter', category: 'analytics', domains: ['google-analytics.com'] },
    { id: 'videos', category: 'marketing', domains: ['youtube.com', 'ytimg.com'] },
  ],
  allowed: [],
};

const refused: Choices = {
  necessary: true,
  preferences: false,
  analytics: false,
  marketing: false,
};
const everything = { preferences: true, analytics: true, marketing: true };

/** The cookies of somebody who chose this much, some days ago. */
function cookieOf(choices: Partial<Choices>, services: ServiceChoices = {}, days = 1): string {
  const id = newId(Date.now() - days * 86_400_000);
  const allowed = digitsOf(site, { ...refused, ...choices }, services);
  return `basket=1; ${writeLine(site, { visitorId: id, clientKey: id, allowed }, false)}`;
}

describe('Consent on the site’s own server', () => {
  let library: typeof ServerSide;

  before(async () => {
    const file = path.resolve('dist/client-widget/server-side.js');
    library = (await import(file)) as typeof ServerSide;
  });

  describe('the choice in the header of cookies', () => {
    const cases: [string, ServerSide.VisitorHeaders, string[]][] = [
      ['allows nothing before it is made', {}, []],
      [
        'allows a category with its services',
        { cookie: cookieOf({ analytics: true }) },
        ['analytics', 'counter'],
      ],
      [
        'keeps what was decided apart',
        { cookie: cookieOf({ analytics: true }, { counter: false, videos: true }) },
        ['analytics', 'videos'],
      ],
      ['lapses with time', { cookie: cookieOf({ analytics: true }, {}, 200) }, []],
      [
        'yields to a signal of the browser that came later',
        { cookie: cookieOf({ preferences: true, analytics: true }), 'sec-gpc': '1' },
        ['preferences'],
      ],
    ];
    for (const [title, headers, allowed] of cases)
      it(title, () => {
        const { isAllowed } = library.consentOf(site, headers);
        const purposes = ['preferences', 'analytics', 'marketing', 'counter', 'videos', 'unknown'];
        expect(purposes.filter(isAllowed)).to.deep.equal(allowed);
      });
  });

  it('makes a policy of it that opens the hosts of what is allowed, and none once all is', () => {
    const policyWith = (headers: ServerSide.VisitorHeaders) =>
      library.consentPolicy(site, library.consentOf(site, headers), {
        all: ['https://privacy.fernhill.example'],
        'script-src': ['https://cdn.fernhill.example'],
      });
    expect(policyWith({})).to.equal(
      [
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: https://privacy.fernhill.example https://cdn.fernhill.example",
        "img-src 'self' data: blob: https://privacy.fernhill.example",
        "connect-src 'self' data: blob: https://privacy.fernhill.example",
        "frame-src 'self' data: blob: https://privacy.fernhill.example",
      ].join('; '),
    );
    expect(policyWith({ cookie: cookieOf({ analytics: true }) })).to.include(
      'https://privacy.fernhill.example google-analytics.com *.google-analytics.com;',
    );
    expect(policyWith({ cookie: cookieOf(everything) })).to.equal(null);
  });

  it('holds back trackers in markup, and touches nothing else', () => {
    const consent = library.consentOf(site, {});
    const hold = (html: string) => library.holdTrackers(html, site, consent);
    const untouched =
      '<p class=src>src="https://www.google-analytics.com/a.js"</p><script src="/own.js"></script>' +
      '<img alt="" data-src="https://www.facebook.com/tr"><a href="https://www.facebook.com/">us</a>' +
      '<script src=https://cdn.fernhill.example/x.js></script>';
    expect(hold(untouched)).to.equal(untouched);
    expect(
      hold('<script async src="//www.google-analytics.com/a.js?x=1&amp;y"></script>'),
    ).to.equal(
      '<script async data-consent="counter" data-src="//www.google-analytics.com/a.js?x=1&amp;y"></script>',
    );
    expect(hold("<IFRAME title=x src = 'https://www.facebook.com/plugins'></IFRAME>")).to.equal(
      `<IFRAME title=x data-consent="marketing" data-src = 'https://www.facebook.com/plugins'></IFRAME>`,
    );
  });

  describe('a page full of trackers', () => {
    let browser: Browser;
    let page: Page;
    let server: Server | undefined;
    let asked: string[];

    const markup =
      '<!doctype html><html lang="en"><head><title>Fernhill</title>' +
      '<script src="https://www.google-analytics.com/a.js"></script>' +
      '<link rel="preload" as="script" href="https://connect.facebook.net/b.js">' +
      '<script async src="https://connect.facebook.net/b.js"></script></head><body>' +
      '<img alt="" src="https://www.facebook.com/tr"><iframe title="x" src="https://www.youtube.com/embed/x"></iframe>' +
      '<script>navigator.sendBeacon("https://stats.g.doubleclick.net/c");fetch("https://bat.bing.com/d").catch(() => 0)</script>' +
      '<script>(window.ran ??= []).push("own")</script></body></html>';

    before(async () => {
      browser = await launchBrowser();
    });
    after(() => browser.close());
    beforeEach(async () => {
      page = await browser.newPage();
      asked = [];
      await page.context().route(/^https:/, (route) => {
        asked.push(new URL(route.request().url()).hostname);
        return route.fulfill({ contentType: 'text/javascript', body: '' });
      });
    });
    afterEach(async () => {
      await page.context().close();
      server?.close();
      server?.closeAllConnections();
    });

    async function visit(options?: ServerSide.ConsentOptions, cookie?: string): Promise<void> {
      const app = express();
      if (options) app.use(library.requireConsent(site, options) as unknown as RequestHandler);
      app.get('/', (_request, response) => {
        response.send(markup);
      });
      server = app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await page.setExtraHTTPHeaders(cookie === undefined ? {} : { cookie });
      await page.goto(url);
      await hasSettled(page);
      expect(await page.evaluate('window.ran')).to.deep.equal(['own']);
    }
    const everybody = [
      'bat.bing.com',
      'connect.facebook.net',
      'stats.g.doubleclick.net',
      'www.facebook.com',
      'www.google-analytics.com',
      'www.youtube.com',
    ];

    /** A page is not held up by what it sends in the background. */
    const everybodyIsAsked = () =>
      until('everybody is asked', () => new Set(asked).size >= everybody.length);

    it('sends something everywhere without the recipe', async () => {
      await visit();
      await everybodyIsAsked();
      expect([...new Set(asked)].sort()).to.deep.equal(everybody);
    });

    it('sends nothing with the policy alone, before any script of ours has come', async () => {
      await visit({});
      expect(asked).to.deep.equal([]);
    });

    it('sends nothing with policy and rewritten markup', async () => {
      await visit({ rewritesPages: true });
      expect(asked).to.deep.equal([]);
      expect(await page.locator('[data-consent]').count()).to.equal(4);
    });

    it('sends to those that were allowed, and to all once everything is', async () => {
      await visit({}, cookieOf({ analytics: true }));
      expect([...new Set(asked)]).to.deep.equal(['www.google-analytics.com']);
      asked.length = 0;
      await page.setExtraHTTPHeaders({ cookie: cookieOf(everything) });
      await page.reload();
      await everybodyIsAsked();
      expect([...new Set(asked)].sort()).to.deep.equal(everybody);
    });
  });
});
