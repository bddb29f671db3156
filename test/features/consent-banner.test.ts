import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { CommandStartedEvent } from 'mongodb';
import {
  configurationByHash,
  hashOf,
  publishDefaultConfiguration,
} from '../../server/features/consent/configurations.ts';
import { purposesHashOf } from '../../server/features/consent/content.ts';
import { defaultContent } from '../../server/features/consent/default-configuration.ts';
import { ConfigurationModel } from '../../server/features/consent/model.ts';
import { encodingFor } from '../../server/features/consent/pieces.ts';
import { currentConfiguration } from '../../server/features/consent/service.ts';
import { system } from '../../server/features/audit/service.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { familyOf } from '../../server/features/consent/user-agent.ts';
import { newId, writeLine } from '../../client-widget/consent.ts';
import { consentOf, type ConsentSite } from '../../client-widget/server-side/consent.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { aVersion } from '../support/designs.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

interface Told {
  version: string;
  model: string;
  regime: string;
  language: string;
  configurationHash: string;
  categories: { id: string; legalBasis: string; title: string }[];
  texts: { title: string; refuseAll: string };
}

/** Runs only the configuration of a script: what the widget would be told. */
const toldBy = (script: string): Told =>
  runInNewContext(`(${/\(\(\)=>\{let C=(\{.*?\});/su.exec(script)![1]!})`) as Told;

describe('The encoding of the banner', () => {
  const cases = [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['', 'identity'],
    ['*', 'br'],
    ['deflate', 'identity'],
  ];
  for (const [header, encoding] of cases) {
    it(`is ${encoding} for "${header}"`, () => {
      expect(encodingFor(header!)).to.equal(encoding);
    });
  }
});

describe('What is kept of a User-Agent', () => {
  const cases = [
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Version/18.1 Mobile/15E148 Safari/604.1',
      'Safari',
      'phone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel) Chrome/131.0.0.0 Mobile Safari/537.36',
      'Chrome',
      'phone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-X) SamsungBrowser/27.0 Chrome/125 Safari/537.36',
      'Samsung Internet',
      'tablet',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51',
      'Edge',
      'computer',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
      'Firefox',
      'computer',
    ],
    ['Mozilla/5.0 (compatible; Somebot/2.1)', 'automated', 'computer'],
    ['', 'other', 'unknown'],
  ];
  for (const [userAgent, browser, device] of cases) {
    it(`is ${browser} on a ${device}`, () => {
      expect(familyOf(userAgent!)).to.deep.equal({ browser, device });
    });
  }
});

describe('The script of a site', () => {
  useApp();
  let site: SiteRow;
  before(async () => {
    site = await aSite(await anOrganization({ policyUrl: 'https://example.org/</script>\u2028' }));
  });

  const get = (headers: Record<string, string> = {}, query = '') =>
    new Client({ 'accept-encoding': 'identity' }).get(`/c/${site.siteKey}.js${query}`, headers);

  it('tells the site’s own server by what it decides', async () => {
    const rulesFor = async (query: string) => {
      const answer = await new Client().get(`/c/${site.siteKey}.json${query}`);
      expect(answer.status).to.equal(200);
      return JSON.parse(answer.text) as ConsentSite & { regime: string };
    };
    expect(await rulesFor('?region=US-CA')).to.include({ model: 'opt-out', regime: 'ccpa' });
    const rules = await rulesFor('');
    expect(rules).to.include({ model: 'opt-in', regime: 'gdpr' });
    const id = newId(Date.now());
    const cookie = writeLine(rules, { visitorId: id, clientKey: id, allowed: '010' }, false);
    expect(consentOf(rules, { cookie }).choices).to.deep.equal({
      necessary: true,
      preferences: false,
      analytics: true,
      marketing: false,
    });
  });

  it('tells the widget the law of the region, and in which words', async () => {
    const german = toldBy(
      (await get({ 'x-test-region': 'DE', 'accept-language': 'de-AT,de;q=0.9' })).text,
    );
    expect(german).to.include({ model: 'opt-in', regime: 'gdpr', language: 'de' });
    expect(german.texts.refuseAll).to.equal('Alle ablehnen');
    expect(german.categories).to.deep.equal(['preferences', 'analytics', 'marketing']);
    const californian = toldBy((await get({ 'x-test-region': 'US-CA' })).text);
    expect(californian).to.include({ model: 'opt-out', regime: 'ccpa', language: 'en' });
    expect(californian.texts.refuseAll).to.equal('Do not sell or share');
    expect(toldBy((await get()).text)).to.include({ model: 'opt-in', regime: 'gdpr' });
  });

  it('is one script for all regions under one law', async () => {
    const tags = ['DE', 'FR', 'NO'].map(async (region) =>
      (await get({ 'x-test-region': region })).headers.get('etag'),
    );
    expect(new Set(await Promise.all(tags)).size).to.equal(1);
  });

  it('speaks the language asked for, if the site does', async () => {
    expect(toldBy((await get({}, '?lang=de')).text).language).to.equal('de');
    expect(toldBy((await get({}, '?lang=fr')).text).language).to.equal('en');
  });

  it('may be cached and read anywhere, and sets no cookie', async () => {
    const { status, headers, text } = await get({}, '?lang=de');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.contain('text/javascript');
    expect(headers.get('cache-control')).to.match(/^public, max-age=300/u);
    expect(headers.get('vary')).to.equal('Accept-Encoding, Accept-Language, x-test-region');
    expect(headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
    expect(headers.get('access-control-allow-origin')).to.equal('*');
    expect(headers.get('set-cookie')).to.equal(null);
    expect(text.slice(0, text.indexOf('};'))).not.to.match(/[<\u2028]/u);
  });

  it('keeps a page waiting for no headers that only documents need', async () => {
    const { headers } = await get();
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('content-security-policy')).to.equal(null);
    expect(headers.get('x-frame-options')).to.equal(null);
    expect([...headers].join().length).to.be.below(600);
  });

  it('is sent again only when it changed', async () => {
    const tag = (await get()).headers.get('etag')!;
    // Left to itself, fetch would add no-cache.
    const known = { 'if-none-match': tag, 'cache-control': 'max-age=0' };
    const again = await get(known);
    expect(again.status).to.equal(304);
    expect(again.text).to.equal('');
    expect((await get(known, '?lang=de')).status).to.equal(200);
  });

  it('gives its modules addresses under which nothing ever changes', async () => {
    const { version } = toldBy((await get()).text);
    const module = (path: string) => new Client().get(`/c/${site.siteKey}/${path}`);
    const dialog = await module(`${version}/de/gdpr/dialog.js`);
    expect(dialog.status).to.equal(200);
    expect(dialog.text).to.contain('Datenschutz').and.to.contain('export{');
    expect(dialog.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
    expect(dialog.headers.get('access-control-allow-origin')).to.equal('*');
    expect(dialog.headers.get('vary')).to.equal('Accept-Encoding');
    const older = await module(`${version.split('-')[0]!}-00000000/en/ccpa/rest.js`);
    expect(older.headers.get('cache-control')).to.equal('no-cache');
    for (const path of [
      `99-00000000/en/gdpr/rest.js`,
      `${version}/xx/gdpr/rest.js`,
      `${version}/en/none/rest.js`,
      `${version}/en/gdpr/first.js`,
      `newest/en/gdpr/rest.js`,
    ])
      expect((await module(path)).status, path).to.equal(404);
  });

  it('travels compressed', async () => {
    const plain = await get();
    const client = new Client({ 'accept-encoding': 'br' });
    const response = await client.exchange(`/c/${site.siteKey}.js`);
    expect(response.headers.get('content-encoding')).to.equal('br');
    // fetch has decoded it: the length that travelled is in the header.
    expect(await response.text()).to.equal(plain.text);
    expect(Number(response.headers.get('content-length'))).to.be.below(plain.text.length / 2);
  });

  it('asks the database for nothing while it is known, and is another one once that is published', async () => {
    const busy = await aSite(await anOrganization());
    await currentConfiguration(busy);
    const address = `/c/${busy.siteKey}.js`;
    const { text } = await new Client().get(address);
    const asked: string[] = [];
    const note = ({ command }: CommandStartedEvent) => {
      asked.push(String(command.find));
    };
    const client = mongoose.connection.getClient();
    client.on('commandStarted', note);
    for (let count = 0; count < 3; count++) await new Client().get(address);
    client.off('commandStarted', note);
    expect(asked).to.deep.equal([]);
    await aVersion(busy, { minimumAge: 16 });
    expect((await new Client().get(address)).text).not.to.equal(text);
  });

  it('is never one whose publication was undone', async () => {
    const fresh = await aSite(await anOrganization());
    const publish = (minimumAge: number) =>
      publishDefaultConfiguration(system(fresh.organizationId), fresh, { minimumAge });
    const undone = inTransaction(async () => {
      await publish(16);
      const { content } = await currentConfiguration(fresh);
      throw new Error(`undone at ${content.minimumAge}`);
    });
    expect(await undone.catch(String)).to.equal('Error: undone at 16');
    await publish(14);
    expect((await currentConfiguration(fresh)).content.minimumAge).to.equal(14);
  });

  it('is a problem for a site that does not exist', async () => {
    expect((await new Client().get('/c/nowhere.js')).status).to.equal(404);
    expect((await new Client().get('/c/..%2F..%2Fsecret.js')).status).to.equal(404);
  });

  it('gets one first version, however many ask at once', async () => {
    const fresh = await aSite(await anOrganization());
    const versions = await Promise.all(
      [1, 2, 3, 4].map(() => publishDefaultConfiguration(system(fresh.organizationId), fresh)),
    );
    expect(new Set(versions.map(({ hash }) => hash)).size).to.equal(1);
    const { organizationId } = fresh;
    const count = ConfigurationModel.countDocuments({ organizationId }).comment(OF_A_TEST);
    expect(await count).to.equal(1);
  });

  it('takes no choice for its own that was made on another organisation’s site', async () => {
    const [one, other] = [await anOrganization(), await anOrganization()];
    const hashOn = async (owner: typeof one) =>
      (await currentConfiguration(await aSite(owner))).purposesHash;
    expect(await hashOn(one)).to.equal(await hashOn(one));
    expect(await hashOn(one)).not.to.equal(await hashOn(other));
  });

  it('goes on with choices that were made before purposes named their organisation', async () => {
    const organization = await anOrganization();
    const [older, newer] = [await aSite(organization), await aSite(organization)];
    const { organizationId } = older;
    const content = defaultContent(organization);
    const purposesHash = purposesHashOf(content);
    const row = {
      organizationId,
      siteId: older._id,
      content,
      purposesHash,
      publishedAt: new Date(),
    };
    await ConfigurationModel.create({
      ...row,
      version: 1,
      hash: hashOf(older.siteKey, 1, content),
    });
    expect((await aVersion(older)).purposesHash).to.equal(purposesHash);
    expect((await currentConfiguration(newer)).purposesHash).to.equal(purposesHash);
    const changed = { categories: content.categories.slice(0, 2) };
    expect((await aVersion(older, changed)).purposesHash).to.equal(
      (await aVersion(newer, changed)).purposesHash,
    );
    const back = await aVersion(older, { categories: content.categories });
    expect(back.purposesHash).to.equal(purposesHash);
  });

  it('has a fingerprint that can be made again from what is stored', async () => {
    const { version, content, hash } = await currentConfiguration(site);
    expect(hashOf(site.siteKey, version, content)).to.equal(hash);
    expect((await configurationByHash(site, hash))?.version).to.equal(version);
    expect(await configurationByHash(await aSite(await anOrganization()), hash)).to.equal(null);
  });
});
