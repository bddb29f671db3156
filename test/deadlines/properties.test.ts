import { expect } from 'chai';
import { breachRules } from '../../config/law/breaches.ts';
import { calendarIds } from '../../config/law/calendars.ts';
import { deadlineRules } from '../../config/law/rules.ts';
import { regimeIds } from '../../config/regimes.ts';
import { channelIds, rightIds } from '../../config/rights.ts';
import { referenceOf, rulesInForce } from '../../server/deadlines/rules.ts';
import { checkProperties } from './properties.ts';

describe('Rules of law', () => {
  it('have one reference each, a source, and no two in force for the same right and day', () => {
    expect(new Set(deadlineRules.map(referenceOf)).size).to.equal(deadlineRules.length);
    for (const rule of deadlineRules) expect(rule.sources, rule.id).not.to.be.empty;
    for (const regime of regimeIds) {
      for (const right of rightIds) {
        for (const day of ['2003-04-14', '2021-01-01', '2026-02-04', '2026-02-05', '2027-06-01']) {
          for (const channel of channelIds) {
            const found = rulesInForce(right, [regime], day, channel);
            expect(found.length, `${regime} ${right}`).to.be.at.most(1);
          }
        }
      }
    }
  });

  it('exist for every regime', () => {
    for (const regime of regimeIds) {
      expect(
        deadlineRules.some((rule) => rule.regime === regime),
        regime,
      ).to.equal(true);
    }
  });

  it('keep every version that requests may refer to', () => {
    expect(deadlineRules.map(referenceOf)).to.include.members([
      'gdpr-answer@1',
      'uk-gdpr-answer@1',
      'uk-gdpr-answer@2',
      'ccpa-answer@1',
      'ccpa-opt-out@1',
      'hipaa-access@1',
      'hipaa-amendment@1',
    ]);
  });

  it('extend in the unit in which they count, so that the whole period runs from receipt', () => {
    for (const { id, respond, extension } of deadlineRules) {
      if (extension) expect(extension.add.unit, id).to.equal(respond?.unit);
    }
  });

  it('count by calendars that there are', () => {
    for (const { id, calendars = [] } of deadlineRules) {
      expect(calendarIds, id).to.include.members([...calendars]);
    }
  });

  it('begin and end on the day they say', () => {
    const refs = (day: string) => rulesInForce('access', ['uk-gdpr'], day).map(referenceOf);
    expect(refs('2020-12-31')).to.deep.equal([]);
    expect(refs('2026-02-04')).to.deep.equal(['uk-gdpr-answer@1']);
    expect(refs('2026-02-05')).to.deep.equal(['uk-gdpr-answer@2']);
    const complaint = (day: string) => rulesInForce('complaint', ['uk-gdpr'], day);
    expect(complaint('2026-06-18')).to.deep.equal([]);
    expect(complaint('2026-06-19')).to.have.length(1);
  });

  it('hold what is only proposed without ever using it', () => {
    const proposed = breachRules.filter(({ isProposed }) => isProposed);
    expect(proposed.map(referenceOf)).to.deep.equal(['gdpr-breach-authority@2']);
  });
});

checkProperties(250);
