import { expect } from 'chai';
import { chromium, type Browser } from 'playwright-core';
import type { Declaration } from '../../server/scanner/report.ts';
import { scanSite } from '../../server/scanner/scan.ts';
import { openPlantedSite, plantedNames, type PlantedSite } from './planted-site.ts';

const declaration: Declaration = {
  cookies: [
    { name: 'choice', category: 'necessary' },
    { name: '_ga', category: 'analytics' },
    { name: '_fbp', category: 'marketing' },
    { name: '_pk_*', category: 'analytics' },
    { name: '_hj*', category: 'analytics' },
    { name: 'ajs_*', category: 'analytics' },
    { name: 'ph_*', category: 'analytics' },
    { name: 'mp_*', category: 'analytics' },
    { name: '_uetsid', category: 'marketing' },
  ],
  hosts: [
    ...['google-analytics.com', 'hotjar.com', 'clarity.ms'].map((host) => ({
      host,
      category: 'analytics' as const,
    })),
    ...[
      ...['facebook.com', 'doubleclick.net', 'bing.com', 'tiktok.com', 'licdn.com'],
      ...['intercom.io', 'pinterest.com'],
    ].map((host) => ({ host, category: 'marketing' as const })),
  ],
};

describe('The scanner', () => {
  let site: PlantedSite;
  let browser: Browser;
  before(async () => {
    site = await openPlantedSite();
    browser = await chromium.launch({
      executablePath: process.env.CHROME_PATH ?? '',
      args: ['--no-sandbox', `--host-resolver-rules=MAP * 127.0.0.1:${site.port}`],
    });
  });
  after(async () => {
    await browser.close();
    await site.close();
  });
  const scan = (
    host: string,
    given: Declaration | null = declaration,
    pages = 1,
    mostMs = 60_000,
  ) =>
    scanSite(browser, { url: `http://${host}/`, pages, declaration: given, settleMs: 400, mostMs });

  it('finds each of twenty planted violations, and nothing else', async () => {
    const { violations, pages } = await scan('planted.test', declaration, 5);
    expect(pages).to.deep.equal(['http://planted.test/', 'http://planted.test/about']);
    for (const [code, names] of Object.entries(plantedNames)) {
      const found = violations.filter((one) => one.code === code).map(({ trace }) => trace?.name);
      expect(found, code).to.include.members(names);
    }
    const all = Object.values(plantedNames).flat();
    expect(all).to.have.length(20);
    expect(all).to.include.members(violations.map(({ trace }) => trace?.name));
  });

  it('finds nothing on a clean site', async () => {
    const report = await scan('clean.test');
    expect(report.violations).to.deep.equal([]);
    expect(report).to.include({ canAccept: true, canRefuse: true });
    expect(report.traces.map(({ name, phase }) => `${phase} ${name}`)).to.include.members([
      'before PHPSESSID',
      'accepted _ga',
      'accepted www.google-analytics.com',
    ]);
  });

  it('gives up a site that keeps it waiting', async () => {
    const failure = await scan('silent.test', declaration, 1, 4_000).catch(String);
    expect(failure).to.contain('took too long');
  });

  it('keeps no more of a site than anybody would read', async () => {
    const { traces, violations } = await scan('hoarder.test', null);
    expect(traces.length).to.be.within(1, 1_500);
    expect(violations.length).to.be.at.least(1);
    expect(Math.max(...traces.map(({ name }) => name.length))).to.be.at.most(200);
    expect(Math.max(...traces.map(({ page }) => page.length))).to.be.at.most(500);
  });

  for (const manager of ['vanilla-cookieconsent', 'Orejime', 'tarteaucitron']) {
    it(`works on a page that ${manager} guards`, async () => {
      const report = await scan(`${manager.toLowerCase().split('-')[0]}.test`, null);
      expect(report).to.include({ manager, canAccept: true, canRefuse: true });
      expect(report.violations).to.deep.equal([]);
      const calls = report.traces.filter(({ name }) => name === 'www.google-analytics.com');
      expect(calls.map(({ phase }) => phase)).to.deep.equal(['accepted']);
    });
  }
});
