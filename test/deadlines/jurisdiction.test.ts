import { expect } from 'chai';
import { eeaCountries, regimeIds, unionTerritories } from '../../config/regimes.ts';
import {
  canadianProvinces,
  countries,
  regimesFor,
  usStates,
} from '../../server/deadlines/jurisdiction.ts';

const everyRegime = [...regimeIds];
const livingIn = (country: string, state: string | null = null) => ({ country, state });

describe('Regimes of a request', () => {
  it('follow residence for ordinary data', () => {
    const of = (country: string, state?: string) =>
      regimesFor(livingIn(country, state), 'ordinary', everyRegime);
    expect(of('DE')).to.deep.equal(['gdpr']);
    expect(of('NO')).to.deep.equal(['gdpr']);
    expect(of('RE')).to.deep.equal(['gdpr']);
    expect(of('GB')).to.deep.equal(['uk-gdpr']);
    expect(of('CH')).to.deep.equal(['swiss-fadp']);
    expect(of('AR')).to.deep.equal([]);
    expect(of('US', 'CA')).to.deep.equal(['ccpa']);
    expect(of('US', 'NV')).to.deep.equal([]);
    expect(of('US')).to.deep.equal([]);
    expect(of('US', 'VA')).to.deep.equal(['us-va']);
    expect(of('BR')).to.deep.equal(['lgpd']);
    expect(of('CA')).to.deep.equal(['pipeda']);
    expect(of('CA', 'ON')).to.deep.equal(['pipeda']);
    expect(of('CA', 'QC')).to.deep.equal(['quebec']);
    expect(of('CA', 'BC')).to.deep.equal(['british-columbia']);
  });

  it('send health records to HIPAA and not to the CCPA', () => {
    const of = (country: string, state?: string) =>
      regimesFor(livingIn(country, state), 'phi', everyRegime);
    expect(of('US', 'CA')).to.deep.equal(['hipaa']);
    expect(of('US', 'NV')).to.deep.equal(['hipaa']);
    expect(of('US', 'VA')).to.deep.equal(['hipaa']);
    expect(of('BR')).to.deep.equal(['hipaa', 'lgpd']);
    expect(of('FR')).to.deep.equal(['gdpr', 'hipaa']);
  });

  it('include Washington for sensitive data, and mail laws for opting out of mail', () => {
    const washington = livingIn('US', 'WA');
    expect(regimesFor(washington, 'ordinary', everyRegime)).to.deep.equal([]);
    expect(regimesFor(washington, 'sensitive', everyRegime)).to.deep.equal(['us-wa-health']);
    const optOut = (country: string, state: string) =>
      regimesFor(livingIn(country, state), 'ordinary', everyRegime, 'marketing-opt-out');
    expect(optOut('US', 'NV')).to.deep.equal(['can-spam']);
    expect(optOut('CA', 'QC')).to.deep.equal(['quebec', 'casl']);
  });

  it('are all that are offered where nobody knows the residence', () => {
    expect(regimesFor(null, 'ordinary', ['gdpr', 'ccpa', 'hipaa'])).to.deep.equal(['gdpr', 'ccpa']);
    expect(regimesFor(null, 'phi', ['gdpr', 'ccpa', 'hipaa'])).to.deep.equal(['gdpr', 'hipaa']);
  });

  it('are only those that the organisation offers', () => {
    expect(regimesFor(livingIn('DE'), 'ordinary', ['ccpa'])).to.deep.equal([]);
    expect(regimesFor(livingIn('US', 'CA'), 'phi', ['ccpa'])).to.deep.equal([]);
    expect(regimesFor(livingIn('FR'), 'phi', ['hipaa', 'gdpr'])).to.deep.equal(['gdpr', 'hipaa']);
  });
});

describe('Places to live', () => {
  it('are all known by name, once each', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    for (const country of countries) expect(names.of(country), country).to.be.a('string');
    expect(new Set(countries).size).to.equal(countries.length);
    expect(countries).to.have.length(250);
    expect(countries).to.include.members([...eeaCountries, ...unionTerritories, 'GB', 'US']);
  });

  it('count thirty states of the European Economic Area', () => {
    expect(new Set(eeaCountries).size).to.equal(30);
  });

  it('count fifty States and the District of Columbia', () => {
    expect(new Set(usStates).size).to.equal(51);
    expect(usStates).to.have.length(51);
  });

  it('count ten provinces and three territories', () => {
    expect(new Set(canadianProvinces).size).to.equal(13);
  });
});
