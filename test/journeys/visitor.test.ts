import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { config } from '../../config/index.ts';
import { createDemoSite } from '../../server/demo-site.ts';
import { system } from '../../server/features/audit/service.ts';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import { publishDefaultConfiguration } from '../../server/features/consent/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, hasSettled, launchBrowser } from '../support/browser.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { granted } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { anAccount, PASSWORD } from '../support/staff.ts';
import { until } from '../support/until.ts';

describe('A visitor’s consent, from banner to record', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let demo: Server;
  let demoUrl: string;
  let browser: Browser;
  let proxy: Server;
  /** Where visitors come from, as a trusted proxy finds out. */
  let region: string | undefined;

  before(async () => {
    demo = createServer();
    demoUrl = `${await listening(demo)}/`;
    organization = await anOrganization();
    site = await aSite(organization, [new URL(demoUrl).origin]);
    await publishDefaultConfiguration(system(organization._id), site, {
      cookies: {
        preferences: ['fern_branch'],
        analytics: ['_fern_visits'],
        marketing: ['_fern_ads'],
      },
    });
    demo.on('request', createDemoSite({ widgetSrc: `${config.publicUrl}/c/${site.siteKey}.js` }));
    proxy = createServer((asked, answer) => {
      const { method, url = '/', headers } = asked;
      const named = { ...headers, ...(region !== undefined && { 'x-test-region': region }) };
      const onward = request(new URL(url, appOrigin()), { method, headers: named }, (reply) => {
        answer.writeHead(reply.statusCode ?? 500, reply.rawHeaders);
        reply.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
    // The public address of the application leads to this proxy.
    const { host } = new URL(config.publicUrl);
    const behind = new URL(await listening(proxy)).host;
    browser = await launchBrowser(`--host-resolver-rules=MAP ${host} ${behind}`);
  });
  after(async () => {
    await browser.close();
    for (const server of [demo, proxy]) {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  });

  async function listening(server: Server): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A visitor on the demo site, with every request and complaint of the browser written down. */
  async function aVisitor(
    given: { region?: string; locale?: string; gpc?: boolean } = {},
  ): Promise<{ context: BrowserContext; page: Page; trackers: string[]; complaints: string[] }> {
    const { locale = 'en-GB', gpc = false } = given;
    region = given.region;
    const context = await browser.newContext({ locale });
    if (gpc) {
      await context.addInitScript(
        'Object.defineProperty(navigator, "globalPrivacyControl", { value: true })',
      );
    }
    const page = await context.newPage();
    const trackers: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.includes('/trackers/')) trackers.push(pathname);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(demoUrl);
    return { context, page, trackers, complaints };
  }

  const banner = (page: Page) => page.locator('habeas-choices section');
  const press = (page: Page, name: string) =>
    page.locator('habeas-choices').getByRole('button', { name, exact: true }).last().click();

  /** The records of a visitor once there are so many, oldest first. */
  async function recordsOf(page: Page, count: number) {
    const { organizationId, _id: siteId } = site;
    const find = async () => {
      // The demo site loads itself again after a withdrawal.
      const visitorId = await page
        .evaluate<string | null>('globalThis.habeas?.state().visitorId ?? null')
        .catch(() => null);
      if (visitorId === null) return [];
      return ConsentRecordModel.find({ organizationId, siteId, visitorId }).sort({ _id: 1 }).lean();
    };
    let rows = await find();
    await until('the choice is recorded', async () => {
      rows = await find();
      return rows.length >= count;
    });
    expect(rows).to.have.length(count);
    return rows;
  }

  const namesOf = (paths: string[]) => [
    ...new Set(paths.map((path) => path.replace(/^.*\//u, ''))),
  ];

  it('asks before anything optional runs, and offers refusal as plainly as acceptance', async () => {
    const { context, page, trackers, complaints } = await aVisitor();
    await banner(page).waitFor();
    await hasSettled(page);
    expect(trackers).to.deep.equal([]);
    expect(await context.cookies()).to.deep.equal([]);
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).to.equal(0);
    const { organizationId } = site;
    expect(await ConsentRecordModel.countDocuments({ organizationId })).to.equal(0);
    const sizes = await page.evaluate<string[]>(
      `['Accept all', 'Refuse all', 'Choose'].map((name) => {
        const buttons = document.querySelector('habeas-choices').shadowRoot.querySelectorAll('section button');
        const button = [...buttons].find(({ textContent }) => textContent.trim() === name);
        const { color, backgroundColor, fontSize, fontWeight, borderColor } = getComputedStyle(button);
        return [color, backgroundColor, fontSize, fontWeight, borderColor, button.offsetHeight].join();
      })`,
    );
    expect(sizes[0]).to.contain('rgb');
    expect(new Set(sizes).size).to.equal(1);
    expect(await axeViolations(page)).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    await context.close();
  });

  it('follows a visitor who refuses, allows one purpose, and withdraws', async () => {
    const { context, page, trackers, complaints } = await aVisitor({ region: 'DE' });
    await press(page, 'Refuse all');
    await banner(page).waitFor({ state: 'detached' });
    await recordsOf(page, 1);
    await page.reload();
    await hasSettled(page);
    expect(await banner(page).count()).to.equal(0);
    expect(trackers).to.deep.equal([]);

    await press(page, 'Privacy choices');
    await page.getByRole('switch', { name: 'Analytics' }).check();
    await press(page, 'Save choices');
    await recordsOf(page, 2);
    await until('what is allowed loads', () => namesOf(trackers).length > 1);
    await hasSettled(page);
    expect(namesOf(trackers).sort()).to.deep.equal(['analytics.js', 'pixel.svg']);
    expect((await context.cookies()).map(({ name }) => name).sort()).to.deep.equal([
      '_fern_visits',
      'privacy_choice',
    ]);

    const again = page.waitForEvent('load');
    await page.locator('[data-act="withdraw"]').click();
    await again;
    const rows = await recordsOf(page, 3);
    await hasSettled(page);
    trackers.length = 0;
    await page.reload();
    await hasSettled(page);
    expect(trackers).to.deep.equal([]);
    expect((await context.cookies()).map(({ name }) => name)).to.deep.equal(['privacy_choice']);

    expect(rows.map(({ action }) => action)).to.deep.equal(['refuse-all', 'choose', 'withdraw']);
    expect(rows.map(({ choices }) => choices)).to.deep.equal([
      granted(false),
      { ...granted(false), analytics: true },
      granted(false),
    ]);
    expect(rows.map(({ previousKey }) => previousKey)).to.deep.equal([
      null,
      rows[0]?.clientKey,
      rows[1]?.clientKey,
    ]);
    for (const row of rows) {
      expect(row).to.deep.include({
        regime: 'gdpr',
        model: 'opt-in',
        region: 'DE',
        language: 'en',
        page: demoUrl,
        gpc: false,
        configurationVersion: 1,
      });
    }
    expect(complaints).to.deep.equal([]);
    await context.close();
  });

  it('speaks German, and remembers an acceptance', async () => {
    const { context, page, trackers } = await aVisitor({ locale: 'de-DE' });
    await press(page, 'Alle annehmen');
    const [row] = await recordsOf(page, 1);
    expect(row).to.deep.include({ action: 'accept-all', choices: granted(true), language: 'de' });
    const expected = ['analytics.js', 'ads.js', 'preferences.js'];
    await until('what is allowed loads', () =>
      expected.every((name) => namesOf(trackers).includes(name)),
    );
    await page.reload();
    await hasSettled(page);
    expect(await banner(page).count()).to.equal(0);
    await context.close();
  });

  it('lets optional purposes run in California until the visitor opts out', async () => {
    const { context, page, trackers } = await aVisitor({ region: 'US-CA' });
    await banner(page).waitFor();
    await until('what may run loads', () => namesOf(trackers).includes('analytics.js'));
    await press(page, 'Do not sell or share');
    const [row] = await recordsOf(page, 1);
    expect(row).to.deep.include({ model: 'opt-out', regime: 'ccpa', region: 'US-CA' });
    expect(row?.choices).to.deep.equal(granted(false));
    expect(row?.legalBasis.marketing).to.equal('notice-and-opt-out');
    await hasSettled(page);
    trackers.length = 0;
    await page.reload();
    await hasSettled(page);
    expect(trackers).to.deep.equal([]);
    await context.close();
  });

  it('informs a visitor in New Zealand, asks nothing, and lets an objection count', async () => {
    const { context, page, trackers, complaints } = await aVisitor({ region: 'NZ' });
    await banner(page).waitFor();
    await until('what may run loads', () => namesOf(trackers).includes('analytics.js'));
    expect(await banner(page).getByRole('button').allInnerTexts()).to.deep.equal([
      'Choose',
      'Close',
    ]);
    expect(await axeViolations(page)).to.deep.equal([]);
    await press(page, 'Close');
    await page.reload();
    await hasSettled(page);
    expect(await banner(page).count()).to.equal(0);
    expect((await context.cookies()).map(({ name }) => name)).not.to.include('privacy_choice');

    await press(page, 'Privacy choices');
    await press(page, 'Switch all off');
    const [row] = await recordsOf(page, 1);
    expect(row).to.deep.include({ model: 'notice', region: 'NZ', choices: granted(false) });
    await hasSettled(page);
    trackers.length = 0;
    await page.reload();
    await hasSettled(page);
    expect(trackers).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    await context.close();
  });

  it('takes the browser’s privacy signal for an answer, and says so', async () => {
    const { context, page, trackers } = await aVisitor({ region: 'US-CA', gpc: true });
    const [row] = await recordsOf(page, 1);
    expect(row).to.deep.include({ action: 'gpc', gpc: true });
    expect(row?.choices).to.deep.include({ analytics: false, marketing: false });
    await banner(page).getByText('We honour it').waitFor();
    await hasSettled(page);
    expect(namesOf(trackers)).not.to.include.members(['analytics.js']);
    expect(namesOf(trackers)).not.to.include.members(['ads.js']);
    await context.close();
  });

  it('keeps a choice made while the server is away, and delivers it once', async () => {
    const { context, page } = await aVisitor();
    await banner(page).waitFor();
    await context.route('**/choices', (route) => route.abort());
    await press(page, 'Refuse all');
    await hasSettled(page);
    expect(await page.evaluate('localStorage.length')).to.equal(1);
    await context.unroute('**/choices');
    await page.reload();
    await until('it is delivered', async () => (await page.evaluate('localStorage.length')) === 0);
    await recordsOf(page, 1);
    await context.close();
  });

  it('shows staff each choice and its proof', async () => {
    const { email } = await anAccount([[organization, 'privacy-officer']]);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${config.publicUrl}/staff/sign-in`);
    await page.fill('#email', email);
    await page.fill('#password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.startsWith('/staff/sign-in'));
    const home = `${config.publicUrl}/o/${organization.slug}/consent`;
    await page.goto(home);
    expect(await axeViolations(page)).to.deep.equal([]);
    await page.getByRole('link', { name: 'See records' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    await page.waitForLoadState();
    const all = await page.locator('tbody tr').count();
    await page.getByLabel('Choice').selectOption('withdraw');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/action=withdraw/u);
    expect(await page.locator('tbody tr').count()).to.be.within(1, all - 1);
    expect(await axeViolations(page)).to.deep.equal([]);
    await page.locator('a.row-link').first().click();
    await page.getByRole('heading', { name: 'What was shown' }).waitFor();
    await page.waitForLoadState();
    const text = await page.locator('main').innerText();
    for (const words of [
      'Withdrew',
      'Germany',
      'GDPR, Opt-in',
      'Your privacy, your choice',
      'Version 1',
    ]) {
      expect(text).to.contain(words);
    }
    expect(await page.locator('.timeline > li').count()).to.equal(3);
    const buttons = page.locator('.words-buttons li');
    expect(await buttons.allInnerTexts()).to.deep.equal(['Accept all', 'Refuse all', 'Choose']);
    expect(await axeViolations(page)).to.deep.equal([]);
    const { organizationId, _id: siteId } = site;
    const noticed = await ConsentRecordModel.findOne({ organizationId, siteId, model: 'notice' })
      .comment(OF_A_TEST)
      .orFail();
    const records = `${home}/sites/${siteId.toHexString()}/records`;
    await page.goto(`${records}/${noticed._id.toHexString()}`);
    expect(await buttons.allInnerTexts()).to.deep.equal(['Choose', 'Close']);
    await context.close();
  });
});
