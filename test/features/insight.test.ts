import { expect } from 'chai';
import fc from 'fast-check';
import { currentConfiguration } from '../../server/features/consent/service.ts';
import { compareShares, wilsonInterval } from '../../server/features/insight/statistics.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { aChoice, granted, sendChoice } from '../support/consent.ts';
import { aVersion } from '../support/designs.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('A share of few cases', () => {
  const known: [number, number, number, number][] = [
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [0, 0, 0, 1],
  ];
  for (const [hits, cases, low, high] of known) {
    it(`of ${hits} in ${cases} lies between ${low} and ${high}`, () => {
      const found = wilsonInterval(hits, cases);
      expect(found.low).to.be.closeTo(low, 0.00005);
      expect(found.high).to.be.closeTo(high, 0.00005);
    });
  }

  it('always lies in its own interval', () => {
    const sample = fc
      .integer({ min: 1, max: 100_000 })
      .chain((cases) => fc.integer({ min: 0, max: cases }).map((hits) => ({ hits, cases })));
    fc.assert(
      fc.property(sample, ({ hits, cases }) => {
        const { low, high } = wilsonInterval(hits, cases);
        return 0 <= low && low <= hits / cases && hits / cases <= high && high <= 1;
      }),
    );
  });
});

describe('The difference of two shares', () => {
  // Newcombe, Statistics in Medicine 17 (1998), page 873, table II, method 10; second less first.
  const known: [number, number, number, number, number, number][] = [
    [48, 80, 56, 70, 0.0524, 0.3339],
    [3, 10, 9, 10, 0.1705, 0.809],
    [2, 7, 6, 7, 0.0582, 0.8062],
    [0, 29, 5, 56, -0.0381, 0.1926],
    [0, 20, 0, 10, -0.1611, 0.2775],
    [0, 20, 10, 10, 0.6791, 1],
  ];
  for (const [hits, cases, otherHits, otherCases, low, high] of known) {
    it(`of ${hits}/${cases} and ${otherHits}/${otherCases} lies between ${low} and ${high}`, () => {
      const { interval } = compareShares({ hits, cases }, { hits: otherHits, cases: otherCases });
      expect(interval.low).to.be.closeTo(low, 0.00006);
      expect(interval.high).to.be.closeTo(high, 0.00006);
    });
  }

  const verdicts: [string, [number, number], [number, number], string][] = [
    ['nothing for a handful', [1, 5], [5, 5], 'few'],
    ['nothing where chance may be behind it', [500, 1000], [520, 1000], 'unclear'],
    ['nothing where there is none', [500, 1000], [500, 1000], 'unclear'],
    ['more where chance hardly is', [500, 1000], [560, 1000], 'more'],
    ['less the other way round', [560, 1000], [500, 1000], 'less'],
  ];
  for (const [what, [a, b], [c, d], verdict] of verdicts) {
    it(`says ${what}`, () => {
      const said = compareShares({ hits: a, cases: b }, { hits: c, cases: d });
      expect(said.verdict).to.equal(verdict);
    });
  }
});

describe('Insight', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let officer: Client;
  let base: string;
  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    officer = await clientOf(organization, 'privacy-officer');
    base = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}`;
    await currentConfiguration(site);
    for (const action of ['accept-all', 'refuse-all', 'refuse-all'] as const) {
      const choices = granted(action === 'accept-all');
      expect((await sendChoice(site, await aChoice(site, { action, choices }))).status).to.equal(
        201,
      );
    }
    await aVersion(site);
    await sendChoice(site, await aChoice(site, { language: 'de' }));
  });

  it('shows how visitors chose, by day and by each other part', async () => {
    const { text } = await officer.get(`${base}/insight`);
    expect(text).to.contain('Accepted all').and.contain('50%').and.contain('4 in all');
    const parts: [string, string[]][] = [
      ['version', ['Version 1', 'Version 2']],
      ['language', ['English', 'German']],
      ['region', ['Unknown']],
      ['device', ['computer']],
    ];
    for (const [by, names] of parts) {
      const page = (await officer.get(`${base}/insight?by=${by}`)).text;
      for (const name of names) expect(page, by).to.contain(name);
    }
  });

  it('has nothing to show of days before, and says so', async () => {
    const { text } = await officer.get(`${base}/insight?from=2020-01-01&to=2020-02-01`);
    expect(text).to.contain('Nobody chose in this period');
  });

  it('leaves as CSV', async () => {
    const { text, headers } = await officer.get(`${base}/insight.csv?by=version`);
    expect(headers.get('content-type')).to.contain('text/csv');
    const [heading, ...lines] = text.trimEnd().split('\r\n');
    expect(heading).to.match(/^version,prompts,choices,accept-all,refuse-all,/u);
    expect(lines.map((line) => line.split(',').slice(0, 5).join())).to.deep.equal([
      '1,0,3,1,2',
      '2,0,1,1,0',
    ]);
  });

  it('concludes nothing from a handful of choices', async () => {
    const { text } = await officer.get(`${base}/insight/comparison`);
    expect(text).to.contain('33.3%').and.contain('Too few choices to say');
    expect(text).not.to.contain('More with the second');
  });

  it('says nothing of purposes that a version did not ask about', async () => {
    const changing = await aSite(organization);
    const { categories } = (await currentConfiguration(changing)).content;
    const page = `/o/${organization.slug}/consent/sites/${changing._id.toHexString()}/insight/comparison`;
    const without = (...left: string[]) => ({
      categories: categories.filter(({ id }) => !left.includes(id)),
    });
    const chosen = async () => {
      const choices = { ...granted(false), preferences: true };
      const choice = await aChoice(changing, { action: 'choose', choices });
      expect((await sendChoice(changing, choice)).status).to.equal(201);
    };
    await chosen();
    await aVersion(changing, without('analytics'));
    await chosen();
    const rowOf = async (name: string, query: string) => {
      const { text } = await officer.get(`${page}${query}`);
      return new RegExp(`Allowed: ${name}.*?</tr>`, 'su').exec(text)?.[0];
    };
    const analytics = await rowOf('Analytics', '?one=1&other=2');
    expect(analytics).to.contain('Asked in one of them only').and.to.contain('–');
    expect(await rowOf('Preferences', '?one=1&other=2')).to.contain('Too few choices to say');
    await aVersion(changing, without('analytics', 'marketing'));
    expect(await rowOf('Analytics', '?one=2&other=3')).to.equal(undefined);
  });

  it('opens for nobody of another role or organisation', async () => {
    const agent = await clientOf(organization, 'agent');
    const stranger = await clientOf(await anOrganization(), 'administrator');
    for (const page of ['insight', 'insight.csv', 'insight/comparison']) {
      expect((await agent.get(`${base}/${page}`)).status, page).to.equal(403);
      expect((await stranger.get(`${base}/${page}`)).status, page).to.equal(404);
    }
  });
});
