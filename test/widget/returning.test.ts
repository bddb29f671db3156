import { once } from 'node:events';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ConsentState } from '../../client-widget/types.ts';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

/** A site whose own server passes `/own/` on to us, as the recipes do, and a browser that comes back to it. */
describe('A visitor who comes back to a site that passes us on', () => {
  useApp();
  let server: Server;
  let url: string;
  let site: SiteRow;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What was asked of us, and how large the answer was. */
  let asked: { path: string; bytes: number; cookie: string }[] = [];
  const held = `<script type="text/plain" data-consent="analytics">(window.ran ??= []).push('analytics')</script>`;

  before(async () => {
    server = createServer((request, response) => {
      const { url: path = '/', method, headers } = request;
      if (!path.startsWith('/own/')) {
        response.setHeader('content-type', 'text/html');
        response.end(
          `<!doctype html><html lang="en"><head><title>Fernhill</title><script src="/own/c/${site.siteKey}.js"></script></head><body><h1>Fernhill</h1>${held}</body></html>`,
        );
        return;
      }
      const passed = ask(new URL(path.slice(4), appOrigin()), { method, headers }, (answer) => {
        asked.push({
          path: path.slice(4),
          bytes: Number(answer.headers['content-length'] ?? 0),
          cookie: (answer.headers['set-cookie'] ?? []).join(),
        });
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(passed);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    site = await aSite(await anOrganization(), [url]);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(url);
    asked = [];
  });
  afterEach(() => context.close());

  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click();
  const state = () => page.evaluate<ConsentState>('habeas.state()');
  // Asking for the state has a press that waits for its paint counted first.
  const recorded = () =>
    page.waitForFunction('habeas.state() && !localStorage.getItem("privacy_choice_outbox")');
  const actions = async () => {
    const rows = await ConsentRecordModel.find({
      organizationId: site.organizationId,
      siteId: site._id,
      visitorId: (await state()).visitorId,
    })
      .sort({ recordedAt: 1 })
      .comment(OF_A_TEST)
      .lean();
    return rows.map(({ action }) => action);
  };
  async function comeBack(): Promise<void> {
    await recorded();
    asked = [];
    // A new page in the same browser: a reload would ask for fresh copies of everything.
    await page.close();
    page = await context.newPage();
    await page.goto(url);
  }

  /** The same visitor, without the script that the cache would hold, and with the rest out of reach. */
  async function returnWithoutRest(): Promise<void> {
    const storageState = await context.storageState();
    await context.close();
    context = await browser.newContext({ storageState });
    page = await context.newPage();
    await page.route('**/whole.js*', (route) => route.abort());
  }

  it('gets the core alone, with everything in force', async () => {
    await press('Accept all');
    await comeBack();
    await page.waitForFunction('window.ran?.includes("analytics")');
    expect(await state()).to.deep.include({ decided: true, model: 'opt-in' });
    expect((await state()).choices.marketing).to.equal(true);
    expect(await page.evaluate('dataLayer[0][2].ad_storage')).to.equal('granted');
    await page.getByRole('button', { name: 'Privacy choices' }).waitFor();
  });

  it('keeps the cookie that the server of the site has set', async () => {
    await press('Accept all');
    await recorded();
    const answer = asked.find(({ path }) => path.endsWith('/choices'));
    const [cookie] = await context.cookies();
    expect(answer?.cookie).to.match(
      new RegExp(`^privacy_choice=${cookie?.value ?? ''}; Max-Age=\\d{8}; Path=/; SameSite=Lax$`),
    );
    expect(cookie).to.include({ path: '/', sameSite: 'Lax', httpOnly: false });
  });

  it('withdraws from the core, for good, and the focus comes back to the button', async () => {
    await press('Accept all');
    await comeBack();
    await page.getByRole('button', { name: 'Privacy choices' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    const focused = 'document.activeElement.shadowRoot.activeElement.title';
    expect(await page.evaluate(focused)).to.equal('Privacy choices');
    await page.evaluate('window.heard = []; habeas.onChange(({ decided }) => heard.push(decided))');
    await page.evaluate('habeas.withdraw()');
    await page.waitForFunction('heard.length === 1');
    expect((await state()).choices.analytics).to.equal(false);
    await comeBack();
    expect(await actions()).to.deep.equal(['accept-all', 'withdraw']);
    await page.getByRole('button', { name: 'Privacy choices' }).waitFor();
    expect((await state()).choices.analytics).to.equal(false);
    expect(await page.evaluate('window.ran')).to.equal(undefined);
  });

  it('is asked again after a reset, and once the cookie is gone', async () => {
    await press('Accept all');
    await comeBack();
    await page.evaluate('habeas.reset()');
    await page.getByRole('button', { name: 'Accept all' }).waitFor();
    await press('Accept all');
    await comeBack();
    await context.clearCookies();
    await page.goto(`${url}/other`);
    await page.getByRole('button', { name: 'Refuse all' }).waitFor();
    expect((await state()).choices.analytics).to.equal(false);
  });

  it('hears of a choice made in another tab', async () => {
    await press('Accept all');
    await comeBack();
    const other = await context.newPage();
    await other.goto(url);
    await other.evaluate('habeas.withdraw()');
    await page.waitForFunction('!habeas.state().choices.analytics');
  });

  it('takes a choice to its record later where the server was away', async () => {
    await page.route('**/choices', (route) => route.abort());
    await press('Accept all');
    await page.waitForFunction('localStorage.getItem("privacy_choice_outbox")');
    await page.close();
    page = await context.newPage();
    await page.goto(url);
    await recorded();
    expect(await actions()).to.deep.equal(['accept-all']);
  });

  it('is not troubled where the rest cannot be had, and is asked again once it can', async () => {
    await press('Accept all');
    await recorded();
    await returnWithoutRest();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(url);
    const refused = page.waitForEvent('requestfailed');
    await page.evaluate(
      `document.cookie = 'privacy_choice=; Max-Age=0; Path=/'; dispatchEvent(new Event('storage'))`,
    );
    await refused;
    await page.unroute('**/whole.js*');
    await page.evaluate(`dispatchEvent(new Event('storage'))`);
    await page.getByRole('button', { name: 'Refuse all' }).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it('is told where the preferences cannot be had, and can try again', async () => {
    await press('Accept all');
    await recorded();
    await returnWithoutRest();
    await page.goto(url);
    await press('Privacy choices');
    const failure = page.getByText('This could not be loaded. Please try again.');
    await Promise.all([page.waitForEvent('requestfailed'), failure.click()]);
    await page.unroute('**/whole.js*');
    await failure.click();
    await page.getByRole('dialog').waitFor();
  });
});
