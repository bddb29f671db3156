import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { system } from '../../server/features/audit/service.ts';
import { ConsentLinkModel } from '../../server/features/consent/link-model.ts';
import {
  currentConfiguration,
  linkAudience,
  publishDefaultConfiguration,
} from '../../server/features/consent/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { aHost, anAssertion, type Host } from '../support/assertions.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { aChoice, granted, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { aVersion } from '../support/designs.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

interface Reply {
  choice: { choices: object; services: object; chosenAt: string } | null;
}

describe('Linking a browser to a signed-in person', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let host: Host;
  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    host = await aHost(organization, { origin: SITE_ORIGIN });
  });

  const tokenFor = (email: string, claims: Record<string, unknown> = {}) =>
    anAssertion(host, { aud: linkAudience(site), email, ...claims });
  const identify = (
    token: string,
    visitorId: string,
    headers: Record<string, string> = {},
    siteKey = site.siteKey,
  ) =>
    new Client().send(
      'POST',
      `/c/${siteKey}/identify`,
      { token, visitorId },
      { 'content-type': 'text/plain;charset=UTF-8', origin: SITE_ORIGIN, ...headers },
    );
  const choiceFor = async (email: string, visitorId: string, headers = {}) =>
    ((await identify(await tokenFor(email), visitorId, headers)).json() as Reply).choice;
  const choose = async (given: Parameters<typeof aChoice>[1]) => {
    const choice = await aChoice(site, given);
    expect((await sendChoice(site, choice)).status).to.equal(201);
    return choice;
  };
  const links = () =>
    ConsentLinkModel.find({ organizationId: organization._id }).comment(OF_A_TEST).lean();
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

  it('hands the newest choice of the person’s other browsers over, where it is newer', async () => {
    const email = 'two.devices@person.test';
    const [phone, laptop] = [randomUUID(), randomUUID()];
    const first = await choose({ visitorId: phone, chosenAt: ago(3) });
    expect(await choiceFor(email, phone)).to.equal(null);
    expect(await choiceFor(email, laptop)).to.deep.equal({
      choices: granted(true),
      services: {},
      chosenAt: first.chosenAt,
    });
    const refusal = { action: 'refuse-all', choices: granted(false) } as const;
    const later = await choose({ visitorId: laptop, chosenAt: ago(1), ...refusal });
    expect(await choiceFor(email, laptop)).to.equal(null);
    const onPhone = await choiceFor(email, phone);
    expect(onPhone).to.deep.include({ choices: granted(false), chosenAt: later.chosenAt });
    expect(await choiceFor('somebody.else@person.test', randomUUID())).to.equal(null);
  });

  it('keeps no address, and forgets a browser that never chooses', async () => {
    const email = 'silent@person.test';
    const visitorId = randomUUID();
    await choiceFor(email, visitorId);
    const found = async () => (await links()).find((one) => one.visitorId === visitorId);
    expect((await found())?.forgetAt).to.be.an.instanceOf(Date);
    expect(JSON.stringify(await links())).to.not.contain('person.test');
    await choose({ visitorId });
    await choiceFor(email, visitorId);
    expect((await found())?.forgetAt).to.equal(null);
  });

  it('gives a browser to one person only', async () => {
    const visitorId = randomUUID();
    const family = randomUUID();
    await choose({ visitorId });
    await choiceFor('first@person.test', visitorId);
    await choose({ visitorId: family });
    await choiceFor('second@person.test', family);
    expect(await choiceFor('second@person.test', visitorId)).to.equal(null);
    const [link] = (await links()).filter((one) => one.visitorId === visitorId);
    const [own] = (await links()).filter((one) => one.visitorId === family);
    expect(link?.personIndex).to.not.equal(own?.personIndex);
    const taken = await Promise.all([1, 2, 3].map(() => choiceFor('third@person.test', family)));
    expect(taken).to.deep.equal([null, null, null]);
  });

  it('takes no silence under an opt-out law for consent where consent is wanted', async () => {
    const email = 'traveller@person.test';
    const optOut = { model: 'opt-out', regime: 'ccpa', action: 'choose' } as const;
    const visitorId = randomUUID();
    await choose({ visitorId, ...optOut });
    await choiceFor(email, visitorId);
    const abroad = randomUUID();
    expect(await choiceFor(email, abroad, { 'x-test-region': 'DE' })).to.equal(null);
    const atHome = await choiceFor(email, abroad, { 'x-test-region': 'US-CA' });
    expect(atHome?.choices).to.deep.equal(granted(true));
    const refusal = { ...optOut, choices: granted(false) };
    await choose({ visitorId, ...refusal });
    const refused = await choiceFor(email, abroad, { 'x-test-region': 'DE' });
    expect(refused?.choices).to.deep.equal(granted(false));
  });

  it('is what the record of a linked choice needs', async () => {
    const email = 'proof@person.test';
    const [phone, laptop] = [randomUUID(), randomUUID()];
    const choices = { ...granted(false), analytics: true };
    const linked = (visitorId: string, given = choices) =>
      aChoice(site, { visitorId, action: 'linked', choices: given });
    const statusOf = async (choice: ReturnType<typeof linked>) =>
      (await sendChoice(site, await choice)).status;
    await choose({ visitorId: phone, action: 'choose', choices });
    expect(await statusOf(linked(laptop))).to.equal(422);
    await choiceFor(email, phone);
    expect(await statusOf(linked(laptop)), 'only the other one is linked').to.equal(422);
    await choiceFor(email, laptop);
    expect(await statusOf(linked(laptop, granted(true))), 'more was not allowed').to.equal(422);
    expect(await statusOf(linked(phone)), 'there is no other choice').to.equal(422);
    expect(await statusOf(linked(laptop))).to.equal(201);
    expect(await statusOf(linked(laptop, granted(false))), 'a signal refuses more').to.equal(201);
  });

  it('is refused for good where the site no longer asks for what it allows', async () => {
    const changed = await aSite(organization);
    const [phone, laptop] = [randomUUID(), randomUUID()];
    const linkedTo = async (visitorId: string) => {
      const token = await anAssertion(host, {
        email: 'gone@person.test',
        aud: linkAudience(changed),
      });
      expect((await identify(token, visitorId, {}, changed.siteKey)).status).to.equal(200);
    };
    await sendChoice(changed, await aChoice(changed, { visitorId: phone }));
    await linkedTo(phone);
    await linkedTo(laptop);
    const asShown = await aChoice(changed, { visitorId: laptop, action: 'linked' });
    const { categories } = (await currentConfiguration(changed)).content;
    await aVersion(changed, { categories: categories.filter(({ id }) => id !== 'marketing') });
    const stale = await aChoice(changed, { visitorId: laptop, action: 'linked' });
    // A status by which the widget drops it: 4xx other than 429.
    expect((await sendChoice(changed, stale)).status).to.equal(422);
    const kept = { ...granted(true), marketing: false };
    const fitting = await aChoice(changed, { visitorId: laptop, action: 'linked', choices: kept });
    expect((await sendChoice(changed, fitting)).status).to.equal(201);
    expect((await sendChoice(changed, asShown)).status, 'a page opened before').to.equal(201);
  });

  it('hands over nothing that has lapsed', async () => {
    const shortLived = await aSite(organization);
    const actor = system(organization._id);
    await publishDefaultConfiguration(actor, shortLived, { renewAfterDays: 30 });
    const person = { email: 'long.ago@person.test', aud: linkAudience(shortLived) };
    const handedTo = async (visitorId: string) => {
      const reply = await identify(
        await anAssertion(host, person),
        visitorId,
        {},
        shortLived.siteKey,
      );
      return (reply.json() as Reply).choice;
    };
    const visitorId = randomUUID();
    await sendChoice(shortLived, await aChoice(shortLived, { visitorId, chosenAt: ago(31) }));
    await handedTo(visitorId);
    expect(await handedTo(randomUUID())).to.equal(null);
    await sendChoice(shortLived, await aChoice(shortLived, { visitorId, chosenAt: ago(29) }));
    expect(await handedTo(randomUUID())).to.not.equal(null);
  });

  const refused: [string, () => Promise<{ status: number; text: string }>, number, string][] = [
    [
      'a token that opens the privacy centre',
      async () => identify(await anAssertion(host), randomUUID()),
      401,
      'audience',
    ],
    [
      'an address that was not verified',
      async () =>
        identify(await tokenFor('a@person.test', { email_verified: false }), randomUUID()),
      401,
      'email',
    ],
    [
      'an issuer that nobody registered',
      async () => identify(await tokenFor('a@person.test', { iss: 'https://else' }), randomUUID()),
      401,
      'issuer',
    ],
    ['what is no token', () => identify('x', randomUUID()), 401, 'malformed'],
    [
      'another origin than the site’s',
      async () =>
        identify(await tokenFor('a@person.test'), randomUUID(), { origin: 'https://else.test' }),
      403,
      'foreign-origin',
    ],
    [
      'an unknown site',
      async () => identify(await tokenFor('a@person.test'), randomUUID(), {}, 'nowhere'),
      404,
      'not-found',
    ],
    ['no visitor', async () => identify(await tokenFor('a@person.test'), 'me'), 422, 'visitorId'],
  ];
  for (const [name, send, status, about] of refused)
    it(`refuses ${name}`, async () => {
      const reply = await send();
      expect(reply.status).to.equal(status);
      expect(reply.text).to.contain(about);
    });

  it('takes a token once, and says nothing to pages of other sites', async () => {
    const token = await tokenFor('once@person.test');
    expect((await identify(token, randomUUID())).status).to.equal(200);
    const again = await identify(token, randomUUID());
    expect(again.status).to.equal(401);
    expect(again.text).to.contain('replayed');
    const other = await aSite(await anOrganization());
    const foreign = await identify(await tokenFor('a@b.test'), randomUUID(), {}, other.siteKey);
    expect(foreign.status).to.equal(401);
  });
});
