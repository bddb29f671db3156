import { expect } from 'chai';
import { consentLaws, type ConsentModel } from '../../config/consent.ts';
import { lawFor } from '../../server/features/consent/banner.ts';
import { lawName } from '../../server/features/consent/law-names.ts';
import { languageCodes, languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';

const rules = { regimeMode: 'by-region', laws: consentLaws } as const;

describe('The law of a region', () => {
  const cases: [string | null, string, ConsentModel][] = [
    [null, 'gdpr', 'opt-in'],
    ['DE', 'gdpr', 'opt-in'],
    ['DE-BY', 'gdpr', 'opt-in'],
    ['NO', 'gdpr', 'opt-in'],
    ['RE', 'gdpr', 'opt-in'],
    ['GB', 'uk-gdpr', 'opt-in'],
    ['GB-SCT', 'uk-gdpr', 'opt-in'],
    ['JE', 'gdpr', 'opt-in'],
    ['CH', 'swiss-fadp', 'opt-in'],
    ['BR', 'lgpd', 'opt-in'],
    ['TR', 'turkey', 'opt-in'],
    ['KR', 'south-korea', 'opt-in'],
    ['IN', 'dpdp', 'opt-in'],
    ['TH', 'thailand', 'opt-in'],
    ['SA', 'saudi-arabia', 'opt-in'],
    ['ZA', 'south-africa', 'opt-in'],
    ['SG', 'singapore', 'opt-in'],
    ['CA', 'pipeda', 'opt-out'],
    ['CA-ON', 'pipeda', 'opt-out'],
    ['CA-QC', 'quebec', 'opt-in'],
    ['CA-AB', 'alberta', 'opt-out'],
    ['CA-BC', 'british-columbia', 'opt-out'],
    ['US', 'ccpa', 'opt-out'],
    ['US-CA', 'ccpa', 'opt-out'],
    ['US-CO', 'us-co', 'opt-out'],
    ['US-VA', 'us-va', 'opt-out'],
    ['US-NY', 'ccpa', 'opt-out'],
    ['AU', 'australia', 'notice'],
    ['NZ', 'new-zealand', 'notice'],
    ['JP', 'japan', 'notice'],
    ['AQ', 'gdpr', 'opt-in'],
    ['XX-CA', 'gdpr', 'opt-in'],
  ];
  for (const [region, regime, model] of cases) {
    it(`is ${regime} (${model}) for ${region ?? 'an unknown region'}`, () => {
      expect(lawFor(rules, region)).to.include({ regime, model });
    });
  }

  it('is the strictest everywhere when the site says so', () => {
    expect(lawFor({ ...rules, regimeMode: 'strictest' }, 'US-CA').model).to.equal('opt-in');
  });
});

describe('The laws of consent', () => {
  it('name each region once, with a subdivision only beside its country', () => {
    const regions = consentLaws.flatMap((law) => law.regions);
    expect(new Set(regions).size).to.equal(regions.length);
    const countries = new Set(regions.filter((region) => region.length === 2));
    const subdivisions = regions.filter((region) => region.length > 2);
    expect(subdivisions.filter((one) => !countries.has(one.slice(0, 2)))).to.deep.equal([]);
  });

  it('have one row each, a source, and a name in every language', () => {
    expect(new Set(consentLaws.map(({ regime }) => regime)).size).to.equal(consentLaws.length);
    for (const { regime, sources } of consentLaws) {
      expect(sources, regime).to.not.be.empty;
      for (const code of languageCodes)
        expect(lawName(languageOf(code), regime), `${regime} ${code}`).to.not.equal(regime);
    }
  });

  it('want the opt-out signal obeyed in twelve states', () => {
    const states = consentLaws.flatMap((law) => (law.requiresGpc ? law.regions.slice(-1) : []));
    expect(states.sort().join(' ')).to.equal(
      'US-CA US-CO US-CT US-DE US-MD US-MN US-MT US-NE US-NH US-NJ US-OR US-TX',
    );
    expect(consentLaws.every(({ honoursGpc }) => honoursGpc)).to.equal(true);
  });

  it('want entries in the United States alone, and in California that for sensitive data too', () => {
    for (const { regime, entries } of consentLaws) {
      const expected =
        regime === 'ccpa' ? ['sell', 'limit'] : regime.startsWith('us-') ? ['sell'] : [];
      expect(entries, regime).to.deep.equal(expected);
    }
  });

  it('leave alone who refused for six months, in California for twelve', () => {
    for (const { regime, refusalDays } of consentLaws)
      expect(refusalDays, regime).to.equal(regime === 'ccpa' ? 365 : 183);
  });
});

describe('Global Privacy Control of our own origin', () => {
  useApp();

  it('is said where browsers look for it', async () => {
    const { status, headers, text } = await new Client().get('/.well-known/gpc.json');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.contain('application/json');
    expect(JSON.parse(text)).to.include({ gpc: true });
    expect((JSON.parse(text) as { lastUpdate: string }).lastUpdate).to.match(/^\d{4}-\d\d-\d\d$/u);
  });
});
