import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import { recordById, recordChoice } from '../../server/features/consent/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { aChoice, granted, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('What somebody had agreed to', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let officer: Client;
  const visitorId = randomUUID();
  const [first, second] = [randomUUID(), randomUUID()];

  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    officer = await clientOf(organization, 'privacy-officer');
    const delivery = { origin: SITE_ORIGIN, region: null, userAgent: '' };
    const chose = async (given: Parameters<typeof aChoice>[1], chosenAt: Date) =>
      recordChoice(site.siteKey, { ...(await aChoice(site, given)), chosenAt }, delivery);
    await chose({ visitorId, clientKey: first }, ago(60 * MINUTE));
    const withdrawal = { action: 'withdraw', choices: granted(false), previousKey: first } as const;
    await chose({ visitorId, clientKey: second, ...withdrawal }, ago(10 * MINUTE));
  });

  interface Answer {
    at: string;
    record: { clientKey: string; choices: object } | null;
    isOutdated: boolean;
  }
  const base = (of: string) =>
    `/${of}/${organization.slug}/consent/sites/${site._id.toHexString()}`;
  const ask = async (query: Record<string, string>) => {
    const path = `${base('api/v1/organizations')}/standing?${new URLSearchParams(query).toString()}`;
    return officer.get(path);
  };
  const standing = async (query: Record<string, string>) => (await ask(query)).json() as Answer;

  it('is told for any moment, by visitor and by the key of any choice', async () => {
    for (const who of [{ visitor: visitorId }, { receipt: first }, { receipt: second }]) {
      const at = (milliseconds: number) => ({ ...who, at: ago(milliseconds).toISOString() });
      expect((await standing(at(90 * MINUTE))).record).to.equal(null);
      expect((await standing(at(30 * MINUTE))).record).to.deep.include({
        clientKey: first,
        choices: granted(true),
      });
      expect((await standing(who)).record).to.deep.include({
        clientKey: second,
        choices: granted(false),
      });
    }
  });

  it('counts no more when it was too old by then', async () => {
    const later = new Date(Date.now() + 800 * DAY).toISOString();
    expect((await standing({ visitor: visitorId })).isOutdated).to.equal(false);
    expect((await standing({ visitor: visitorId, at: later })).isOutdated).to.equal(true);
    // Consent is renewed after 180 days; whoever refused is left alone for 183.
    const between = (millis: number) => new Date(millis + 181 * DAY).toISOString();
    expect(
      (await standing({ visitor: visitorId, at: between(Date.now()) })).isOutdated,
      'a refusal',
    ).to.equal(false);
    const consented = await aChoice(site);
    await sendChoice(site, consented);
    const { visitorId: visitor } = consented;
    expect((await standing({ visitor, at: between(Date.now()) })).isOutdated).to.equal(true);
  });

  it('is told of nobody else, and only when it is clear who is meant', async () => {
    expect((await ask({ visitor: randomUUID() })).status).to.equal(404);
    expect((await ask({ receipt: visitorId })).status).to.equal(404);
    expect((await ask({})).status).to.equal(422);
    expect((await ask({ visitor: visitorId, receipt: first })).status).to.equal(422);
    expect((await ask({ visitor: visitorId, at: 'yesterday' })).status).to.equal(422);
  });

  it('is shown on a page, by what staff type', async () => {
    const page = async (query: Record<string, string>) =>
      (await officer.get(`${base('o')}/standing?${new URLSearchParams(query).toString()}`)).text;
    expect(await page({})).to.contain('datetime-local');
    expect(await page({ of: second })).to.contain('Withdrew');
    expect(await page({ of: visitorId, at: '2001-01-01T10:00' })).to.contain(
      'No choice had been made',
    );
    expect(await page({ of: randomUUID() })).to.contain('Nobody is known by this');
    const wrong = await page({ of: 'Ada', at: 'noon' });
    expect(wrong).to.contain('Enter an id such as').and.to.contain('Enter a date and a time');
  });

  it('is read from records of before there were services and further signals', async () => {
    const choice = await aChoice(site);
    await sendChoice(site, choice);
    const { collection } = ConsentRecordModel;
    const old = await collection.findOneAndUpdate(
      { siteId: site._id, clientKey: choice.clientKey },
      { $unset: { services: 1, textsHash: 1, dnt: 1, tcf: 1, gpp: 1 } },
    );
    const record = await recordById(site, (old as { _id: SiteRow['_id'] })._id);
    expect(record).to.deep.include({
      services: {},
      textsHash: '',
      dnt: false,
      tcf: null,
      gpp: null,
    });
    expect((await sendChoice(site, choice)).status).to.equal(200);
    const page = `${base('o')}/records/${record._id.toHexString()}`;
    expect((await officer.get(page)).status).to.equal(200);
    expect((await standing({ receipt: choice.clientKey })).record).to.deep.include({
      services: {},
    });
  });
});
