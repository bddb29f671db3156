import { expect } from 'chai';
import { eeaCountries, unionTerritories } from '../../config/regimes.ts';
import { regulatorAreas } from '../../config/regulators.ts';
import { rightCatalogue, type Question } from '../../config/right-catalogue.ts';
import { rightIds } from '../../config/rights.ts';
import { groundByCode, groundsFor } from '../../server/features/requests/grounds.ts';
import { usStates } from '../../server/deadlines/jurisdiction.ts';
import { regulatorsFor } from '../../server/features/requests/regulators.ts';
import { languageCodes, languageOf } from '../../server/language.ts';

const everyQuestion = rightIds.flatMap((right) =>
  rightCatalogue[right].questions.map((question: Question) => ({ right, ...question })),
);
const withState = ['CA', 'CO', 'CT', 'DE', 'FL', 'IA', 'IN', 'KY', 'MD', 'MN', 'MT', 'NE', 'NH']
  .concat(['NJ', 'OR', 'RI', 'TN', 'TX', 'UT', 'VA', 'WA'])
  .map((state) => ({ country: 'US', state }));

describe('The catalogue of rights', () => {
  for (const code of languageCodes) {
    it(`says everything in every language: ${code}`, () => {
      const { has } = languageOf(code);
      for (const right of rightIds) {
        expect(has(`right-form.expect.${right}`), right).to.equal(true);
        expect(has(`right-form.group.${rightCatalogue[right].group}`), right).to.equal(true);
      }
      for (const { right, id, options = [] } of everyQuestion) {
        const key = `right-form.question.${right}.${id}`;
        expect(has(`${key}.label`), key).to.equal(true);
        for (const option of options) expect(has(`${key}.option.${option}`), option).to.equal(true);
      }
      for (const ground of groundByCode.keys()) {
        expect(has(`requests.ground.${ground}`), ground).to.equal(true);
        expect(has(`requests.groundForPerson.${ground}`), ground).to.equal(true);
      }
    });
  }

  it('gives every question an id that a request can keep, and asks no opt-out for proof', () => {
    for (const { id } of everyQuestion) expect(id).to.match(/^[a-z-]{1,40}$/u);
    for (const right of ['sale-opt-out', 'limit-sensitive'] as const) {
      expect(rightCatalogue[right].questions).to.deep.equal([]);
      expect(rightCatalogue[right].details).to.equal(false);
    }
  });

  it('lets no request be refused without a ground that fits it', () => {
    for (const right of rightIds) {
      const grounds = groundsFor({ right, regimes: ['gdpr'], needsProof: true });
      expect(grounds, right).to.include('other-exemption');
      expect(grounds, right).not.to.include('psychotherapy-notes');
    }
    const health = { right: 'access', regimes: ['hipaa'], needsProof: true } as const;
    expect(groundsFor(health)).to.include.members(['danger-to-life', 'psychotherapy-notes']);
    expect(groundByCode.get('danger-to-life')?.isReviewable).to.equal(true);
    expect(groundByCode.get('psychotherapy-notes')?.isReviewable).to.equal(undefined);
  });
});

describe('The authority to complain to', () => {
  it('is known for each state of the EEA, its territories, the United Kingdom and Switzerland', () => {
    for (const country of [...eeaCountries, ...unionTerritories, 'GB', 'CH']) {
      expect(regulatorsFor({ country, state: null }, []), country).to.have.length(1);
    }
    expect(regulatorsFor({ country: 'BR', state: null }, [])).to.deep.equal([]);
  });

  it('is known for each State of the United States with a privacy law, and for health records', () => {
    for (const residence of withState) {
      expect(regulatorsFor(residence, []), residence.state).to.have.length.of.at.least(1);
      expect(usStates).to.include(residence.state);
    }
    const [first, ...others] = regulatorsFor({ country: 'US', state: 'CA' }, ['hipaa']);
    expect(first?.name).to.match(/Office for Civil Rights/u);
    expect(others.map(({ id }) => id)).to.deep.equal(['US-CA-CPPA', 'US-CA']);
  });

  it('has a website that can be opened, and one id each', () => {
    const all = regulatorAreas.flatMap(({ regulators }) => regulators);
    for (const { website } of all) expect(new URL(website).protocol).to.equal('https:');
    expect(new Set(all.map(({ id }) => id)).size).to.equal(all.length);
  });
});
