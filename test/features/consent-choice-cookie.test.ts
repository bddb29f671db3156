import { expect } from 'chai';
import fc from 'fast-check';
import { judge, newId, writeLine } from '../../client-widget/consent.ts';
import { consentLaws, consentModels } from '../../config/consent.ts';
import { choiceIn, pieceFor, renewedCookie } from '../../server/features/consent/choice-cookie.ts';
import type {
  ConfigurationContent,
  ConfigurationRow,
} from '../../server/features/consent/model.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);
const VISITOR = '0b6f8a52-5c1f-7a53-9d67-3a6f0f5a9a01';

const aRow = (content: Partial<ConfigurationContent>) => {
  const categories = ['necessary', 'preferences', 'analytics', 'marketing'].map((id) => ({ id }));
  const services = [{ id: 'map', category: 'marketing' }];
  return {
    purposesHash: 'beef',
    content: { categories, services, ...content },
  } as ConfigurationRow;
};

describe('The choice cookie, read by the server', () => {
  const cases = fc.record({
    model: fc.constantFrom(...consentModels),
    chosenUnder: fc.constantFrom(...consentModels),
    answers: fc.constantFrom('1111', '0000', '0100', '1110', '1101'),
    days: fc.integer({ min: -400, max: 800 }),
    renewAfterDays: fc.constantFrom(30, 180, 365),
    refusalDays: fc.constantFrom(183, 365),
    purposesHash: fc.constantFrom('beef', 'beef', 'beef', 'old'),
    wasSignalled: fc.boolean(),
    gpc: fc.boolean(),
    dnt: fc.boolean(),
    honoursGpc: fc.boolean(),
    honoursDnt: fc.boolean(),
  });

  it('is judged as the widget judges it, whatever it says', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { model, answers, gpc, dnt, honoursGpc, honoursDnt, ...rest } = given;
        const rules = {
          model,
          categories: ['preferences' as const, 'analytics' as const, 'marketing' as const],
          services: [{ id: 'map', category: 'marketing' as const }],
          renewAfterDays: rest.renewAfterDays,
          refusalDays: rest.refusalDays,
          purposesHash: 'beef',
        };
        const written = { ...rules, model: rest.chosenUnder, purposesHash: rest.purposesHash };
        const clientKey = newId(NOW - rest.days * DAY);
        const line = writeLine(
          written,
          { visitorId: VISITOR, clientKey, allowed: answers },
          rest.wasSignalled,
        );
        const cookies = `basket=1; ${line}; language=en`;
        const isSignalled = (gpc && honoursGpc) || (dnt && honoursDnt);
        const { decided, allowed } = judge(rules, cookies, isSignalled, NOW);
        const law = { ...consentLaws[0], model, honoursGpc, refusalDays: rest.refusalDays };
        const row = aRow({ renewAfterDays: rest.renewAfterDays, honoursDnt });
        const piece = pieceFor(choiceIn(cookies, row), row, law, { gpc, dnt }, NOW);
        const wanted = decided ? (allowed.includes('0') ? 'back-guarded' : 'back') : 'first';
        expect(piece).to.equal(wanted);
      }),
      { numRuns: 2000 },
    );
  });

  const line = writeLine(
    { model: 'opt-in', purposesHash: 'beef' },
    { visitorId: VISITOR, clientKey: newId(NOW), allowed: '111' },
    false,
  );
  for (const answers of ['1', '111', '11111', '1'.repeat(3000)])
    it(`is no choice of this site with ${String(answers.length)} answers`, () => {
      const cookie = line.replace('.111.', `.${answers}.`);
      const row = aRow({ renewAfterDays: 180 });
      const signals = { gpc: false, dnt: false };
      const pieceOf = (text: string) =>
        pieceFor(choiceIn(text, row), row, consentLaws[0], signals, NOW);
      expect(pieceOf(cookie)).to.equal('first');
      expect(pieceOf(line.replace('.111.', '.1111.'))).to.equal('back');
    });

  const nothing = ['', 'other=1', 'privacy_choice=', line.replace('=2', '=1'), line.slice(2)];
  for (const cookies of nothing)
    it(`finds no choice in ${JSON.stringify(cookies)}`, () => {
      expect(choiceIn(cookies, aRow({}))).to.equal(null);
    });

  it('is the one about these purposes where the domain above has one of another site', () => {
    const foreign = line.replace('beef', 'f00d');
    for (const cookies of [`${foreign}; ${line}`, `${line}; ${foreign}`, `${foreign};${line}`])
      expect(choiceIn(cookies, aRow({}))?.text, cookies).to.equal(line.split('=')[1]);
    expect(choiceIn(`a=1; ${foreign}`, aRow({}))?.purposes).to.equal('f00d');
  });

  const renewed = (content: Partial<ConfigurationContent>, now: number, isSecure = true) => {
    const row = aRow({ cookieDays: 365, laws: [], ...content });
    return renewedCookie(choiceIn(line, row)!, row, isSecure, now);
  };

  it('is renewed for what is left of its life, on the domain that the site names', () => {
    const base = `${line}; Max-Age=${364 * 86_400}; Path=/; SameSite=Lax`;
    expect(renewed({}, NOW + DAY, false)).to.equal(base);
    expect(renewed({ cookieDomain: 'fern.example' }, NOW + DAY)).to.equal(
      `${base}; Domain=fern.example; Secure`,
    );
    expect(renewed({}, NOW + 365 * DAY)).to.equal(null);
  });

  it('lives no shorter than somebody who refused is left alone', () => {
    const california = consentLaws.filter(({ regime }) => regime === 'ccpa');
    const cookie = renewed({ cookieDays: 30, laws: california }, NOW);
    expect(cookie).to.contain(`Max-Age=${365 * 86_400};`);
  });
});
