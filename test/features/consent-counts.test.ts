import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { stub, useFakeTimers, type SinonFakeTimers } from 'sinon';
import {
  ConsentCountMarkModel,
  ConsentCountModel,
} from '../../server/features/consent/count-model.ts';
import {
  actionCounts,
  consentFigures,
  countRecords,
  publishDefaultConfiguration,
  writePrompts,
} from '../../server/features/consent/service.ts';
import { system } from '../../server/features/audit/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { addDays, localDay } from '../../server/deadlines/days.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { aChoice, granted, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

const PHONE = { 'user-agent': 'Mozilla/5.0 (iPhone) Mobile Safari/604.1' };

describe('The figures of a site', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let today: string;
  let days: { from: string; to: string };

  let clock: SinonFakeTimers;
  /** Long enough for what was recorded before to be counted for good. */
  const later = () => clock.tick(200_000);

  beforeEach(async () => {
    // Noon or so, that no day ends in the midst of a test.
    clock = useFakeTimers({ now: new Date().setUTCHours(11, 0, 0, 0), toFake: ['Date'] });
    organization = await anOrganization();
    site = await aSite(organization);
    today = localDay(new Date(), organization.timeZone);
    days = { from: addDays(today, -30), to: today };
  });

  afterEach(() => {
    clock.restore();
  });

  const figures = <By extends Parameters<typeof consentFigures>[2]['by']>(by: By) =>
    consentFigures<By>(organization._id, site._id, { ...days, by });

  const chooseInAllWays = async () => {
    const choices = [
      await aChoice(site),
      await aChoice(site),
      await aChoice(site, { action: 'refuse-all', choices: granted(false) }),
      await aChoice(site, {
        language: 'de',
        action: 'choose',
        choices: { ...granted(false), analytics: true },
      }),
    ];
    await sendChoice(site, choices[0], { 'x-test-region': 'DE', ...PHONE });
    await Promise.all(choices.slice(1).map((choice) => sendChoice(site, choice)));
    return choices;
  };

  it('count each choice once, however often it is delivered', async () => {
    const [first] = await chooseInAllWays();
    await sendChoice(site, first);
    const [day, ...others] = await figures('day');
    expect(others).to.deep.equal([]);
    expect(day).to.deep.include({ key: today, prompts: 0, choices: 4 });
    expect(day?.actions).to.include({ 'accept-all': 2, 'refuse-all': 1, choose: 1, withdraw: 0 });
    expect(day?.granted).to.deep.equal({ preferences: 2, analytics: 3, marketing: 2 });
  });

  it('are split by version, region, device, language and model', async () => {
    await chooseInAllWays();
    const split = async (by: 'version' | 'region' | 'device' | 'language' | 'model') =>
      (await figures(by)).map(({ key, choices }) => [key, choices]);
    expect(await split('version')).to.deep.equal([[1, 4]]);
    expect(await split('region')).to.deep.equal([
      [null, 3],
      ['DE', 1],
    ]);
    expect(await split('device')).to.deep.include(['phone', 1]);
    expect(await split('language')).to.deep.equal([
      ['de', 1],
      ['en', 3],
    ]);
    expect(await split('model')).to.deep.equal([['opt-in', 4]]);
  });

  it('say how often each action was taken on all sites', async () => {
    await chooseInAllWays();
    const counts = await actionCounts(organization._id, days.from);
    expect(counts.get(site._id.toHexString())).to.deep.equal({
      'accept-all': 2,
      'refuse-all': 1,
      choose: 1,
    });
    expect(await actionCounts(organization._id, addDays(today, 1))).to.deep.equal(new Map());
  });

  it('are of one moment, though records are taken into the counts while they are read', async () => {
    await chooseInAllWays();
    later();
    const job = new AsyncResource('count-consent');
    const look = stub(ConsentCountMarkModel, 'findOne').callsFake((...asked) => {
      look.restore();
      const query = ConsentCountMarkModel.findOne(...asked);
      const exec = query.exec.bind(query);
      query.exec = async () => {
        await job.runInAsyncScope(countRecords);
        return exec();
      };
      return query;
    });
    expect((await figures('version'))[0]?.choices).to.equal(4);
    expect(
      await ConsentCountModel.countDocuments({ organizationId: organization._id }),
    ).to.be.above(0);
    expect((await figures('version'))[0]?.choices).to.equal(4);
  });

  it('stay what they are when records are taken into the counts, by two nodes at once', async () => {
    const { _id: organizationId } = organization;
    const inCounts = () => ConsentCountModel.countDocuments({ organizationId });
    await chooseInAllWays();
    const counted = await figures('region');
    await countRecords();
    expect(await inCounts(), 'too young to be counted for good').to.equal(0);
    later();
    await chooseInAllWays();
    await Promise.all([countRecords(), countRecords()]);
    expect(await inCounts()).to.be.above(0);
    expect((await figures('version'))[0]?.choices).to.equal(8);
    expect((await figures('region')).map(({ key, choices }) => [key, choices / 2])).to.deep.equal(
      counted.map(({ key, choices }) => [key, choices]),
    );
  });

  describe('with prompts', () => {
    const prompt = async (body: object = {}, origin = SITE_ORIGIN) => {
      const { configurationHash, model, regime, language } = await aChoice(site);
      const sent = { configurationHash, model, regime, language, ...body };
      const headers = { 'content-type': 'text/plain;charset=UTF-8', origin };
      return (await new Client().send('POST', `/c/${site.siteKey}/prompts`, sent, headers)).status;
    };

    it('count banners where the site asks for it, without anybody’s key', async () => {
      await publishDefaultConfiguration(system(organization._id), site, { countsPrompts: true });
      expect(await Promise.all([prompt(), prompt(), prompt()])).to.deep.equal([200, 200, 200]);
      await writePrompts();
      await sendChoice(site, await aChoice(site));
      const [day] = await figures('day');
      expect(day).to.deep.include({ prompts: 3, choices: 1 });
    });

    it('count none where it does not', async () => {
      expect(await prompt()).to.equal(200);
      await writePrompts();
      expect(await figures('day')).to.deep.equal([]);
    });

    it('take none from elsewhere, and none that was never published', async () => {
      expect(await prompt({}, 'https://evil.example')).to.equal(403);
      expect(await prompt({ language: 'fr' })).to.equal(422);
      expect(await prompt({ regime: 'none' })).to.equal(422);
      expect(await prompt({ configurationHash: 'a'.repeat(64) })).to.equal(422);
      expect(await prompt({ visitorId: randomUUID() })).to.equal(422);
    });
  });
});
