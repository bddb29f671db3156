import { expect } from 'chai';
import fc from 'fast-check';
import {
  answerAll,
  digitsOf,
  judge,
  newId,
  refusalAction,
  writeLine,
} from '../../client-widget/consent.ts';
import type { ChoiceAction, ConsentModel, WidgetConfig } from '../../client-widget/types.ts';
import { aConfiguration } from './site.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);
const VISITOR = '0b6f8a52-5c1f-7a53-9d67-3a6f0f5a9a01';

interface Stored {
  /** What was allowed: preferences, analytics, marketing. */
  allowed: string;
  days: number;
  model: ConsentModel;
  signalled: boolean;
  purposesHash: string;
}

function aCookie(overrides: Partial<Stored> = {}): string {
  const { allowed, days, signalled, ...rest } = {
    allowed: '111',
    days: 1,
    signalled: false,
    model: 'opt-in' as const,
    purposesHash: 'beef',
    ...overrides,
  };
  const choice = { visitorId: VISITOR, clientKey: newId(NOW - days * DAY), allowed };
  return writeLine(aConfiguration(rest), choice, signalled);
}

describe('Consent rules', () => {
  const refused = { allowed: '000' };
  type Row = [string, Partial<WidgetConfig>, Partial<Stored> | null, boolean, string];
  const optOut = { model: 'opt-out' } as const;
  const rows: Row[] = [
    // case, configuration, stored choice, signal sent → what runs and whether that is decided, or a signal is new
    ['no choice under opt-in', {}, null, false, '000 asks'],
    ['no choice under opt-out', optOut, null, false, '111 asks'],
    ['no choice under notice', { model: 'notice' }, null, false, '111 asks'],
    ['no choice where there is no marketing', { categories: ['analytics'] }, null, false, '0 asks'],
    ['a consent', {}, {}, false, '111 stands'],
    ['a partial consent', {}, { allowed: '010' }, false, '010 stands'],
    ['a refusal', {}, refused, false, '000 stands'],
    ['an expired consent', {}, { days: 181 }, false, '000 asks'],
    ['a consent dated far ahead', {}, { days: -181 }, false, '000 asks'],
    [
      'a partial consent past its time',
      { refusalDays: 365 },
      { allowed: '010', days: 200 },
      false,
      '000 stands',
    ],
    [
      'a refusal within the pause',
      { refusalDays: 365 },
      { ...refused, days: 300 },
      false,
      '000 stands',
    ],
    [
      'a refusal after the pause',
      { refusalDays: 365 },
      { ...refused, days: 366 },
      false,
      '000 asks',
    ],
    [
      'a refusal after the pause, opt-out',
      optOut,
      { ...refused, ...optOut, days: 181 },
      false,
      '000 asks',
    ],
    [
      'a partial refusal within the pause, opt-out',
      { ...optOut, refusalDays: 365 },
      { allowed: '110', ...optOut, days: 200 },
      false,
      '110 stands',
    ],
    ['new purposes under opt-in', {}, { purposesHash: 'old' }, false, '000 asks'],
    ['new purposes under opt-out', optOut, { purposesHash: 'old' }, false, '111 asks'],
    [
      'new purposes after an objection',
      optOut,
      { purposesHash: 'old', allowed: '1101' },
      false,
      '000 asks',
    ],
    ['an acknowledged notice brought to opt-in', {}, optOut, false, '000 asks'],
    ['an objection brought to opt-in', {}, { ...optOut, ...refused }, false, '000 stands'],
    ['a consent brought to opt-out', optOut, {}, false, '111 stands'],
    ['the signal, no choice, opt-in', {}, null, true, '000 signal'],
    ['the signal, no choice, opt-out', optOut, null, true, '100 signal'],
    ['the signal after a consent without it', {}, {}, true, '100 signal'],
    ['a consent given in spite of the signal', {}, { signalled: true }, true, '111 stands'],
  ];
  for (const [name, config, stored, signal, expected] of rows)
    it(`says ${expected} for ${name}`, () => {
      const cookie = stored === null ? 'other=1' : `other=1; ${aCookie(stored)}; last=2`;
      const verdict = judge(aConfiguration(config), cookie, signal, NOW);
      const outcome = verdict.isSignalNew ? 'signal' : verdict.decided ? 'stands' : 'asks';
      expect(`${verdict.allowed} ${outcome}`).to.equal(expected);
    });

  const minors: [string, ConsentModel, Partial<Stored> | null, boolean][] = [
    ['no choice under opt-in', 'opt-in', null, false],
    ['no choice under opt-out', 'opt-out', null, false],
    ['no choice under notice', 'notice', null, false],
    ['a consent from before the page knew the age', 'opt-in', {}, false],
    ['a refusal', 'opt-out', { ...refused, ...optOut }, false],
    ['the signal of the browser', 'opt-out', null, true],
  ];
  for (const [name, model, stored, signal] of minors)
    it(`asks somebody too young nothing, and runs nothing, with ${name}`, () => {
      const cookie = stored === null ? '' : aCookie({ ...stored, model });
      const verdict = judge(aConfiguration({ model }), cookie, signal, NOW, true);
      expect(verdict).to.include({ allowed: '000', decided: true, isSignalNew: false });
    });

  it('runs under opt-in only what a choice granted, and asks again only where the law lets it', () => {
    const stored = fc.record({
      allowed: fc.stringMatching(/^[01]{3}$/),
      days: fc.integer({ min: 0, max: 800 }),
      model: fc.constantFrom<ConsentModel[]>('opt-in', 'opt-out', 'notice'),
      signalled: fc.boolean(),
      purposesHash: fc.constantFrom('beef', 'old'),
    });
    const config = { renewAfterDays: 180, refusalDays: 183 };
    fc.assert(
      fc.property(stored, fc.boolean(), (choice, signal) => {
        const verdict = judge(aConfiguration(config), aCookie(choice), signal, NOW);
        const isMore = (digit: string, at: number) => digit > (choice.allowed[at] ?? '0');
        expect(verdict.allowed.split('').some(isMore)).to.equal(false);
        const refusedLately = choice.allowed.includes('0') && choice.days < 183;
        const isSilenced = choice.model === 'opt-in' || !choice.allowed.includes('1');
        if (refusedLately && isSilenced && choice.purposesHash === 'beef' && !signal)
          expect(verdict.decided).to.equal(true);
      }),
    );
  });

  const services = [
    { id: 'map-view', category: 'preferences' as const, name: 'Maps', domains: [] },
    { id: 'pixel', category: 'marketing' as const, name: 'Pixel', domains: [] },
  ];

  it('refuses the services of tracking by a signal, and leaves what was refused', () => {
    const config = aConfiguration({ services, model: 'opt-out' });
    expect(judge(config, aCookie({ allowed: '11101' }), true, NOW).allowed).to.equal('10000');
  });

  it('counts services with their categories, and lets them be decided apart', () => {
    const config = aConfiguration({ services });
    const choices = {
      necessary: true,
      preferences: true,
      analytics: false,
      marketing: false,
    } as const;
    expect(answerAll(config, 1)).to.equal('11111');
    expect(digitsOf(config, choices, {})).to.equal('10010');
    expect(digitsOf(config, choices, { 'map-view': false, pixel: true })).to.equal('10001');
  });

  it('tells visitor, key and time of the last choice', () => {
    const cookie = aCookie({ days: 3 });
    const { visitorId, clientKey, chosenAt } = judge(aConfiguration(), cookie, false, NOW);
    expect(visitorId).to.equal(VISITOR);
    expect(cookie).to.contain(clientKey);
    expect(chosenAt).to.equal(NOW - 3 * DAY);
  });

  const refusals: [string, string | null, ConsentModel, ChoiceAction][] = [
    ['nothing was chosen', null, 'opt-in', 'refuse-all'],
    ['it runs only because nobody objected', null, 'opt-out', 'refuse-all'],
    ['consent was given', '100', 'opt-in', 'withdraw'],
    ['everything was refused before', '000', 'opt-in', 'refuse-all'],
  ];
  for (const [name, allowed, model, action] of refusals)
    it(`calls a refusal ${action} when ${name}`, () => {
      const cookie = allowed === null ? '' : aCookie({ allowed });
      const verdict = judge(aConfiguration({ model }), cookie, false, NOW);
      expect(refusalAction(verdict)).to.equal(action);
    });

  const written = aCookie();
  const damaged = [
    '',
    'privacy_choice=',
    'privacy_choice=true',
    written.replace('=2', '=1'),
    `${written}.`,
    written.replace('.111.', '.121.'),
    written.replace('.beef', '.'),
    written.replace(VISITOR, 'me'),
    written.replace('privacy', 'myprivacy'),
  ];
  for (const text of damaged)
    it(`takes no grant from ${JSON.stringify(text)}`, () => {
      const verdict = judge(aConfiguration(), text, false, NOW);
      expect(verdict).to.deep.include({ allowed: '000', decided: false, visitorId: null });
    });

  it('makes keys that sort by time and are UUIDs of version 7', () => {
    expect(newId(NOW)).to.match(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(newId(NOW) < newId(NOW + 1)).to.equal(true);
    expect(newId(NOW)).to.not.equal(newId(NOW));
  });
});
