import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { ConsentRecordModel, type ConsentService } from '../../server/features/consent/model.ts';
import {
  choiceAt,
  publishDefaultConfiguration,
  recordChoice,
} from '../../server/features/consent/service.ts';
import { defaultContent } from '../../server/features/consent/default-configuration.ts';
import { system } from '../../server/features/audit/service.ts';
import { changeSite, type SiteRow } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { aChoice, granted, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

const rowsOf = ({ _id, organizationId }: SiteRow) =>
  ConsentRecordModel.find({ organizationId, siteId: _id }).lean();

describe('A choice on its way to the record', () => {
  useApp();
  let site: SiteRow;
  beforeEach(async () => {
    site = await aSite(await anOrganization());
  });

  it('is stored when it is acknowledged, with what the law asks for', async () => {
    const choice = await aChoice(site, {
      action: 'choose',
      choices: { ...granted(false), analytics: true },
      language: 'de',
    });
    const reply = await sendChoice(site, choice, {
      'x-test-region': 'DE',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    });
    expect(reply.status).to.equal(201);
    expect(reply.headers.get('access-control-allow-origin')).to.equal(SITE_ORIGIN);
    const [row] = await rowsOf(site);
    expect(row).to.deep.include({
      clientKey: choice.clientKey,
      visitorId: choice.visitorId,
      action: 'choose',
      choices: choice.choices,
      legalBasis: {
        necessary: 'strictly-necessary',
        preferences: 'consent',
        analytics: 'consent',
        marketing: 'consent',
      },
      regime: 'gdpr',
      region: 'DE',
      configurationVersion: 1,
      configurationHash: choice.configurationHash,
      language: 'de',
      gpc: false,
      browser: 'Firefox',
      device: 'computer',
      previousKey: null,
    });
  });

  it('counts once however often it is delivered', async () => {
    const choice = await aChoice(site);
    const replies = await Promise.all([1, 2, 3, 4].map(() => sendChoice(site, choice)));
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 201]);
    expect(await rowsOf(site)).to.have.length(1);
  });

  it('is refused when its key was used for another choice', async () => {
    const choice = await aChoice(site);
    await sendChoice(site, choice);
    const other = { ...choice, action: 'refuse-all', choices: granted(false) };
    const reply = await sendChoice(site, other);
    expect(reply.status).to.equal(409);
    expect(await rowsOf(site)).to.have.length(1);
  });

  it('may use a key that a visitor of another site used', async () => {
    const other = await aSite(await anOrganization());
    const choice = await aChoice(site);
    await sendChoice(site, choice);
    const { configurationHash } = await aChoice(other);
    const reply = await sendChoice(other, { ...choice, configurationHash });
    expect(reply.status).to.equal(201);
  });

  it('is refused from other origins, and without one', async () => {
    const choice = await aChoice(site);
    for (const origin of ['https://evil.example', 'null', 'http://www.example.org']) {
      expect((await sendChoice(site, choice, { origin })).status, origin).to.equal(403);
    }
    const elsewhere = { ...choice, page: 'https://elsewhere.example/' };
    expect((await sendChoice(site, elsewhere)).status).to.equal(403);
    const bare = await fetch(`${appOrigin()}/c/${site.siteKey}/choices`, {
      method: 'POST',
      body: JSON.stringify(choice),
    });
    expect(bare.status).to.equal(403);
    expect(await rowsOf(site)).to.have.length(0);
  });

  it('is refused when anything in it cannot be', async () => {
    const good = await aChoice(site);
    const dayMs = 86_400_000;
    const bad: Record<string, object> = {
      'an unknown field': { ...good, admin: true },
      'an operator for a key': { ...good, clientKey: { $gt: '' } },
      'an operator for a visitor': { ...good, visitorId: { $ne: null } },
      'a number for a flag': { ...good, choices: { ...granted(true), analytics: 1 } },
      'text for a flag': { ...good, choices: { ...granted(true), analytics: 'true' } },
      'an unknown category': { ...good, choices: { ...granted(true), profiling: true } },
      'necessary refused': { ...good, choices: { ...granted(true), necessary: false } },
      'a missing category': { ...good, choices: { necessary: true, analytics: true } },
      'acceptance of less than all': { ...good, choices: { ...granted(true), marketing: false } },
      'refusal of less than all': { ...good, action: 'refuse-all' },
      'withdrawal of less than all': { ...good, action: 'withdraw' },
      'a signal that was not sent': { ...good, action: 'gpc', choices: granted(false) },
      'a signal that refuses nothing': {
        ...good,
        action: 'gpc',
        signals: { gpc: true, dnt: false, tcf: null, gpp: null },
      },
      'another law': { ...good, regime: 'ccpa' },
      'a law of nowhere': { ...good, regime: 'none' },
      'an unknown hash': { ...good, configurationHash: 'a'.repeat(64) },
      'a language it was not shown in': { ...good, language: 'fr' },
      'a page with a query': { ...good, page: `${SITE_ORIGIN}/?email=someone` },
      'a page with credentials': { ...good, page: 'https://me:secret@www.example.org/' },
      'a script for a page': { ...good, page: 'javascript:alert(1)' },
      'the far future': { ...good, chosenAt: new Date(Date.now() + 3 * dayMs).toISOString() },
      'the far past': { ...good, chosenAt: new Date(Date.now() - 400 * dayMs).toISOString() },
      'a time that is none': { ...good, chosenAt: 'yesterday' },
      'a list': [good],
    };
    for (const [name, body] of Object.entries(bad)) {
      const { status, headers } = await sendChoice(site, body);
      expect(status, name).to.equal(422);
      expect(headers.get('content-type'), name).to.contain('application/problem+json');
    }
    expect((await sendChoice(site, '{"clientKey":')).status).to.equal(400);
    expect((await sendChoice(site, 'x'.repeat(70_000))).status).to.equal(413);
    expect((await sendChoice({ siteKey: 'nowhere' }, good)).status).to.equal(404);
    expect(await rowsOf(site)).to.have.length(0);
  });

  it('are told apart by a key of one spelling', async () => {
    const choice = await aChoice(site);
    const statusOf = async (clientKey: string) =>
      (await sendChoice(site, { ...choice, clientKey })).status;
    const { clientKey } = choice;
    expect(await statusOf(clientKey)).to.equal(201);
    expect(await statusOf(clientKey.toUpperCase())).to.equal(200);
    for (const other of [`{${clientKey}}`, `[${clientKey}]`, clientKey.replaceAll('-', '')])
      expect(await statusOf(other), other).to.equal(422);
  });

  it('is weighed against what the site offers', async () => {
    const organization = await anOrganization();
    const { categories } = defaultContent(organization);
    const video: ConsentService = {
      id: 'video',
      name: 'Video',
      category: 'marketing',
      provider: 'Reel Ltd',
      purpose: {},
      domains: [],
      cookies: [],
      transfers: [],
      policyUrl: null,
    };
    const changed = await aSite(organization);
    await publishDefaultConfiguration(system(organization._id), changed, {
      categories: categories.filter(({ id }) => id !== 'analytics'),
      services: [video],
      honoursDnt: true,
      group: ['shop.example.org'],
    });
    const all = { ...granted(true), analytics: false };
    const dnt = { gpc: false, dnt: true, tcf: null, gpp: null };
    const good: Partial<Awaited<ReturnType<typeof aChoice>>>[] = [
      { choices: all },
      { choices: all, services: { video: true } },
      { action: 'choose', choices: granted(false), services: { video: true } },
      { action: 'refuse-all', choices: granted(false), services: { video: false } },
      { action: 'dnt', choices: { ...all, marketing: false }, signals: dnt },
      { action: 'carried', choices: all },
    ];
    for (const given of good) {
      const reply = await sendChoice(changed, await aChoice(changed, given));
      expect(reply.status, JSON.stringify(given)).to.equal(201);
    }
    const bad: typeof good = [
      { choices: granted(true) },
      { action: 'choose', choices: { ...granted(false), analytics: true } },
      { choices: all, services: { video: false } },
      { choices: all, services: { audio: true } },
      { action: 'refuse-all', choices: granted(false), services: { video: true } },
      { action: 'dnt', choices: all, signals: dnt },
      { action: 'dnt', choices: granted(false) },
    ];
    for (const given of bad) {
      const reply = await sendChoice(changed, await aChoice(changed, given));
      expect(reply.status, JSON.stringify(given)).to.equal(422);
    }
    expect((await sendChoice(site, await aChoice(site, { action: 'carried' }))).status).to.equal(
      422,
    );
    expect(await rowsOf(changed)).to.have.length(good.length);
  });

  it('is accepted from an origin as soon as the site has it, and no longer', async () => {
    const other = 'https://shop.example.org';
    const choice = await aChoice(site, { page: `${other}/` });
    const from = async () => (await sendChoice(site, choice, { origin: other })).status;
    expect(await from()).to.equal(403);
    const { organizationId, _id, name } = site;
    await changeSite(system(organizationId), organizationId, _id, { name, origins: [other] });
    expect(await from()).to.equal(201);
    expect((await sendChoice(site, await aChoice(site))).status).to.equal(403);
  });

  it('is refused for a minute from an address that sends too many, which is not stored', async () => {
    const knock = () => sendChoice(site, '{}', { 'x-forwarded-for': '203.0.113.9' });
    const choice = await aChoice(site);
    // All of them within one minute of the clock, however long they take.
    const now = Math.floor(Date.now() / 60_000) * 60_000 + 20_000;
    const clock = sinon.useFakeTimers({ now, toFake: ['Date'] });
    try {
      const replies = await Promise.all(Array.from({ length: 125 }, knock));
      const refused = replies.filter(({ status }) => status === 429);
      expect(refused).to.have.length(5);
      expect(refused[0]?.headers.get('retry-after')).to.equal('40');
      expect((await sendChoice(site, choice)).status).to.equal(201);
      clock.setSystemTime(now + 40_000);
      expect((await knock()).status).to.equal(422);
    } finally {
      clock.restore();
    }
  });

  it('keeps no address and no full user agent', async () => {
    const agent = 'Mozilla/5.0 (Windows NT 10.0) Chrome/131.0.6778.86 Secret-Build-4711';
    await sendChoice(site, await aChoice(site), {
      'x-forwarded-for': '203.0.113.77',
      'user-agent': agent,
    });
    const records = mongoose.connection.collection('consentRecords');
    const raw = await records.find({}, { comment: OF_A_TEST }).toArray();
    const text = JSON.stringify(raw);
    for (const trace of ['203.0.113.', '127.0.0.1', 'Windows NT', '131.0.6778', 'Secret-Build']) {
      expect(text).not.to.contain(trace);
    }
  });

  it('honours a privacy signal of the browser', async () => {
    const reply = await sendChoice(
      site,
      await aChoice(site, {
        action: 'gpc',
        signals: { gpc: true, dnt: false, tcf: null, gpp: null },
        choices: { ...granted(true), analytics: false, marketing: false },
        model: 'opt-out',
        regime: 'ccpa',
      }),
    );
    expect(reply.status).to.equal(201);
    const [row] = await rowsOf(site);
    expect(row).to.deep.include({ gpc: true, action: 'gpc' });
    expect(row?.legalBasis.analytics).to.equal('notice-and-opt-out');
  });

  it('is never changed or deleted afterwards', async () => {
    await sendChoice(site, await aChoice(site));
    const { organizationId } = site;
    const tries = [
      () => ConsentRecordModel.updateOne({ organizationId }, { action: 'withdraw' }),
      () => ConsentRecordModel.deleteMany({ organizationId }),
      () => ConsentRecordModel.findOneAndDelete({ organizationId }),
    ];
    for (const attempt of tries) {
      const failure = await attempt().then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(Error);
    }
    expect((await rowsOf(site))[0]?.action).to.equal('accept-all');
  });

  describe('and what it means later', () => {
    const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
    const delivery = { origin: SITE_ORIGIN, region: null, userAgent: '' };
    const visitorId = randomUUID();

    async function chose(given: Parameters<typeof aChoice>[1] & { chosenAt: string }) {
      const sent = await aChoice(site, { visitorId, ...given });
      await recordChoice(site.siteKey, { ...sent, chosenAt: new Date(sent.chosenAt) }, delivery);
    }

    it('leaves what was granted before a withdrawal as it was', async () => {
      await chose({ chosenAt: at(60).toISOString() });
      await chose({
        chosenAt: at(10).toISOString(),
        action: 'withdraw',
        choices: granted(false),
      });
      const state = async (minutesAgo: number) =>
        (await choiceAt(site, visitorId, at(minutesAgo)))?.choices;
      expect(await state(61)).to.equal(undefined);
      expect(await state(30)).to.deep.equal(granted(true));
      expect(await state(5)).to.deep.equal(granted(false));
      expect(await choiceAt(site, randomUUID(), new Date())).to.equal(null);
    });

    it('never takes effect before the server could know, by a clock that runs ahead', async () => {
      await chose({ chosenAt: at(-120).toISOString() });
      const found = await choiceAt(site, visitorId, new Date());
      expect(found?.choices).to.deep.equal(granted(true));
    });
  });
});
