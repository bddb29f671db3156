import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { ConsentModel } from '../../config/consent.ts';
import {
  bannerDirection,
  bannerLanguageCodes,
  defaultTexts,
} from '../../server/features/consent/service.ts';
import { launchBrowser } from '../support/browser.ts';
import { aDialog, openSite, type Site, type SiteOptions } from './site.ts';

const ROOT = `document.querySelector('habeas-choices').shadowRoot`;
const PHONE = { width: 360, height: 640 };

const DIRECTION = `getComputedStyle(${ROOT}.querySelector('section')).direction`;

/** What is cut off or leaves the screen, in the layer on top. */
const MISFITS = `(() => {
  const layer = ${ROOT}.querySelector('dialog[open]') ?? ${ROOT}.querySelector('section');
  const isOut = (box) => box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight;
  const isCut = (one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;
  const buttons = [...layer.querySelectorAll('.buttons button')];
  return [
    ...[layer, ...layer.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth),
    ...buttons.filter((one) => isCut(one) || isOut(one.getBoundingClientRect())),
    ...(document.documentElement.scrollWidth > innerWidth ? [document.body] : []),
  ].map((one) => one.localName + ' ' + one.className + ' ' + one.textContent.slice(0, 30));
})()`;

describe('Consent widget: every language on a small phone', () => {
  let browser: Browser;
  const options: SiteOptions = {};
  let site: Site;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
    site = await openSite(options);
    page = await browser.newPage({ viewport: PHONE });
  });
  after(async () => {
    await browser.close();
    await site.close();
  });

  /** The first layer as it stands, and nothing of it behind a scrollbar. */
  async function showFirst(language: string, model: ConsentModel): Promise<void> {
    const texts = defaultTexts(language).models[model];
    site.configure({ language, model, direction: bannerDirection(language), texts });
    await page.goto(site.url);
    const section = page.locator('habeas-choices section');
    await section.waitFor();
    expect(((await section.boundingBox())?.height ?? 0) / PHONE.height).to.be.below(1 / 3);
    expect(await section.locator('.scroll[tabindex]').count()).to.equal(0);
    expect(await page.evaluate(MISFITS)).to.deep.equal([]);
  }

  for (const language of bannerLanguageCodes) {
    it(`fits in ${language}, in both layers`, async () => {
      const { models, categories } = defaultTexts(language);
      const texts = models['opt-in'];
      const dialog = aDialog();
      options.dialog = {
        ...dialog,
        texts,
        categories: dialog.categories.map((one) => ({ ...one, ...categories[one.id] })),
      };
      // To refuse has the longest words under an opt-out law, and the body the shortest.
      if (models['opt-out'].refuseAll.length > 20) await showFirst(language, 'opt-out');
      await showFirst(language, 'opt-in');
      expect(await page.evaluate(DIRECTION)).to.equal(bannerDirection(language));
      await page.getByRole('button', { name: texts.choose, exact: true }).click();
      await page.getByRole('dialog', { name: texts.preferencesTitle }).waitFor();
      expect(await page.evaluate(MISFITS)).to.deep.equal([]);
    });
  }
});
