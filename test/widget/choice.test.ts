import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { judge } from '../../client-widget/consent.ts';
import type { ConsentState } from '../../client-widget/types.ts';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { aConfiguration, openSite, type Site } from './site.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const GPC = 'Object.defineProperty(navigator, "globalPrivacyControl", { value: true })';

describe('Consent widget: choosing', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let site: Site;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    site = await openSite();
  });
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  const press = (name: string, from: Page = page) =>
    from.getByRole('button', { name, exact: true }).last().click();
  const banner = () => page.locator('habeas-choices section');
  const state = () => page.evaluate<ConsentState>('habeas.state()');
  /** Waits for records that have not arrived yet. */
  async function arrived(count: number) {
    await until('the choice is recorded', () => site.records.length >= count);
    // A page that is left before it hears the answer would send again.
    await page.waitForFunction('!localStorage.privacy_choice_outbox');
    expect(site.records).to.have.length(count);
    return site.records;
  }
  const storage = () =>
    page.evaluate<string[]>('Object.keys(localStorage).concat(Object.keys(sessionStorage))');

  it('stores nothing and identifies nobody before a choice', async () => {
    await page.goto(site.url);
    await banner().waitFor();
    expect(await context.cookies()).to.deep.equal([]);
    expect(await storage()).to.deep.equal([]);
    expect(await state()).to.deep.include({ decided: false, visitorId: null, chosenAt: null });
    expect(site.records).to.deep.equal([]);
  });

  it('records acceptance and keeps it in a first-party cookie', async () => {
    await page.goto(`${site.url}page?order=4711#top`);
    await press('Accept all');
    await banner().waitFor({ state: 'detached' });
    const [record] = await arrived(1);
    expect(record).to.deep.include({
      configurationHash: 'c0ffee',
      action: 'accept-all',
      choices: { necessary: true, preferences: true, analytics: true, marketing: true },
      model: 'opt-in',
      regime: 'gdpr',
      language: 'en',
      signals: { gpc: false, dnt: false, tcf: null, gpp: null },
      page: `${site.url}page`,
      previousKey: null,
    });
    expect(record?.clientKey).to.match(UUID);
    expect(record?.visitorId).to.match(UUID);
    expect(Date.now() - Date.parse(record?.chosenAt ?? '')).to.be.within(0, 5_000);
    const [cookie, ...others] = await context.cookies();
    expect(others).to.deep.equal([]);
    expect(cookie).to.include({ name: 'privacy_choice', path: '/', sameSite: 'Lax' });
    expect(((cookie?.expires ?? 0) * 1000 - Date.now()) / 86_400_000).to.be.closeTo(365, 1);
    const line = `privacy_choice=${cookie?.value ?? ''}`;
    expect(judge(aConfiguration(), line, false, Date.now())).to.deep.include({
      allowed: '111',
      decided: true,
      visitorId: record?.visitorId,
      clientKey: record?.clientKey,
    });
    await page.waitForFunction('localStorage.length === 0');
  });

  it('does not ask again, and shows nothing but the floating button', async () => {
    await page.goto(site.url);
    await press('Refuse all');
    await arrived(1);
    await page.reload();
    await page.getByRole('button', { name: 'Privacy choices' }).waitFor();
    expect(await banner().count()).to.equal(0);
    expect(await page.locator('habeas-choices dialog').count()).to.equal(0);
    expect((await state()).choices.analytics).to.equal(false);
    expect(site.records).to.have.length(1);
  });

  it('records a selection made in the preferences, where nothing is ticked beforehand', async () => {
    await page.goto(site.url);
    await press('Choose');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('switch', { checked: true }).count()).to.equal(0);
    expect(await page.getByRole('switch').count()).to.equal(3);
    await page.getByRole('switch', { name: 'Analytics' }).check();
    await press('Save choices');
    const [record] = await arrived(1);
    expect(record).to.deep.include({
      action: 'choose',
      choices: { necessary: true, preferences: false, analytics: true, marketing: false },
    });
    await press('Privacy choices');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('switch', { checked: true }).count()).to.equal(1);
  });

  it('withdraws with one click in the preferences, as a new record, and clears declared cookies', async () => {
    site.configure({ cookies: { analytics: ['_fa', '_fa_*'], marketing: ['ads'] } });
    await page.goto(site.url);
    await press('Accept all');
    await arrived(1);
    await page.evaluate(
      'document.cookie = "_fa_1=x"; document.cookie = "own=1"; localStorage.setItem("ads", "1")',
    );
    await press('Privacy choices');
    await press('Refuse all');
    const [first, second] = await arrived(2);
    expect(second).to.deep.include({
      action: 'withdraw',
      visitorId: first?.visitorId,
      previousKey: first?.clientKey,
      choices: { necessary: true, preferences: false, analytics: false, marketing: false },
    });
    await page.waitForFunction(
      '!document.cookie.includes("_fa_1") && !localStorage.getItem("ads")',
    );
    expect((await context.cookies()).map(({ name }) => name)).to.have.members([
      'privacy_choice',
      'own',
    ]);
  });

  it('takes closing the banner as refusing under opt-in, and closing the preferences as nothing', async () => {
    await page.goto(site.url);
    await press('Choose');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('habeas-choices dialog').waitFor({ state: 'detached' });
    expect(site.records).to.deep.equal([]);
    await press('Close');
    const [record] = await arrived(1);
    expect(record?.action).to.equal('refuse-all');
    expect((await state()).choices.marketing).to.equal(false);
  });

  it('asks again for new purposes, for the same visitor, but not for new words', async () => {
    await page.goto(site.url);
    await press('Accept all');
    const [first] = await arrived(1);
    site.configure({ configurationHash: 'decade' });
    await page.reload();
    await page.getByRole('button', { name: 'Privacy choices' }).waitFor();
    expect(await banner().count()).to.equal(0);
    site.configure({ purposesHash: 'added' });
    await page.reload();
    await banner().waitFor();
    expect((await state()).choices.analytics).to.equal(false);
    await press('Accept all');
    expect((await arrived(2))[1]).to.include({
      visitorId: first?.visitorId,
      previousKey: first?.clientKey,
      configurationHash: 'decade',
    });
  });

  it('asks again when the choice is old', async () => {
    await page.goto(site.url);
    await press('Accept all');
    await arrived(1);
    site.configure({ renewAfterDays: 0 });
    await page.reload();
    await banner().waitFor();
    expect((await state()).decided).to.equal(false);
  });

  describe('under opt-out', () => {
    beforeEach(() => {
      const { texts } = aConfiguration();
      site.configure({
        model: 'opt-out',
        regime: 'ccpa',
        texts: { ...texts, acceptAll: 'OK', refuseAll: 'Do not sell or share' },
      });
    });

    it('lets optional purposes run until they are refused', async () => {
      await page.goto(site.url);
      await banner().waitFor();
      expect((await state()).choices.marketing).to.equal(true);
      await press('Do not sell or share');
      const [record] = await arrived(1);
      expect(record).to.deep.include({ action: 'refuse-all', model: 'opt-out', regime: 'ccpa' });
      expect((await state()).choices.marketing).to.equal(false);
    });

    it('has no answer in the preferences that would overrule what was just switched off', async () => {
      await page.goto(site.url);
      await press('Choose');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('switch', { name: 'Marketing' }).uncheck();
      expect(await dialog.locator('button.choice').allInnerTexts()).to.deep.equal([
        'Do not sell or share',
        'Save choices',
      ]);
      await press('Save choices');
      const [record] = await arrived(1);
      const choices = { necessary: true, preferences: true, analytics: true, marketing: false };
      expect(record).to.deep.include({ action: 'choose', choices });
    });

    it('closes the notice without recording a choice, for good', async () => {
      await page.goto(site.url);
      await press('Close');
      await page.reload();
      await page.getByRole('button', { name: 'Privacy choices' }).waitFor();
      expect(await banner().count()).to.equal(0);
      expect(await context.cookies()).to.deep.equal([]);
      expect(site.records).to.deep.equal([]);
    });

    it('honours Global Privacy Control, says so and records it once', async () => {
      await context.addInitScript(GPC);
      await page.goto(site.url);
      await banner().getByText('We honour it').waitFor();
      const [record] = await arrived(1);
      expect(record).to.deep.include({
        action: 'gpc',
        signals: { gpc: true, dnt: false, tcf: null, gpp: null },
        choices: { necessary: true, preferences: true, analytics: false, marketing: false },
      });
      await page.reload();
      await press('Privacy choices');
      await page.getByRole('dialog').getByText('We honour it').waitFor();
      expect(site.records).to.have.length(1);
    });
  });

  it('lets an informed consent stand beside the signal', async () => {
    await context.addInitScript(GPC);
    await page.goto(site.url);
    await press('Choose');
    await page.getByRole('dialog').waitFor();
    await press('Accept all');
    await arrived(2);
    await page.reload();
    expect(await state()).to.deep.include({ gpc: true, decided: true });
    expect((await state()).choices.marketing).to.equal(true);
    expect(site.records.map(({ action }) => action)).to.deep.equal(['gpc', 'accept-all']);
  });

  it('takes up a choice made in another tab', async () => {
    const other = await context.newPage();
    await page.goto(site.url);
    await other.goto(site.url);
    await press('Choose');
    await page.getByRole('dialog').waitFor();
    await press('Accept all', other);
    await banner().waitFor({ state: 'detached' });
    await page.locator('habeas-choices dialog').waitFor({ state: 'detached' });
    expect((await state()).choices.analytics).to.equal(true);
    await until('the choice is recorded', () => site.records.length > 0);
    await page.waitForFunction('!localStorage.privacy_choice_outbox');
    // Where both tabs deliver it, the server knows it again by its key.
    expect(new Set(site.records.map(({ clientKey }) => clientKey)).size).to.equal(1);
  });

  it('offers the page a state, changes, and every act', async () => {
    await page.goto(site.url);
    await page.evaluate(`
      window.heard = [];
      document.addEventListener('habeas:change', ({ detail }) => heard.push(detail.choices.analytics));
      window.stop = habeas.onChange(({ decided }) => heard.push(decided));
      habeas.set({ analytics: true })`);
    await page.waitForFunction('heard.length === 2');
    await page.evaluate('stop(); habeas.withdraw()');
    await page.waitForFunction('heard.length === 3');
    await page.evaluate('habeas.reset()');
    await banner().waitFor();
    await page.waitForFunction('heard.length === 4');
    expect(await page.evaluate('heard')).to.deep.equal([true, true, false, false]);
    expect(await context.cookies()).to.deep.equal([]);
    await page.evaluate('habeas.open()');
    await page.getByRole('dialog').waitFor();
    expect((await arrived(2)).map(({ action }) => action)).to.deep.equal(['choose', 'withdraw']);
  });

  for (const tag of ['src="SRC"', 'src="SRC" async', 'src="SRC" defer'])
    it(`starts from <script ${tag}>`, async () => {
      await site.close();
      site = await openSite({ tag });
      await page.goto(site.url);
      await banner().waitFor();
      expect(await page.evaluate('document.body.firstElementChild.localName')).to.equal(
        'habeas-choices',
      );
    });
});
