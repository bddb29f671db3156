import { expect } from 'chai';
import {
  choicesOf,
  decodeChoice,
  encodeChoice,
  judge,
  refusalAction,
  withdrawnBetween,
} from '../../client-widget/consent.ts';
import { accentRule } from '../../client-widget/tokens.ts';
import type { ChoiceAction, ConsentModel, StoredChoice } from '../../client-widget/types.ts';
import { aConfiguration } from './site.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);

function aStoredChoice(overrides: Partial<StoredChoice> = {}): StoredChoice {
  return {
    visitorId: '0b6f8a52-5c1f-4a53-9d67-3a6f0f5a9a01',
    clientKey: '7d1a8a0e-9f5b-4f0e-8c25-61a9f8b6f102',
    chosenAt: NOW - DAY,
    choices: choicesOf(true),
    model: 'opt-in',
    gpc: false,
    services: {},
    purposesHash: 'beef',
    ...overrides,
  };
}

/** Preferences, analytics, marketing: a dash is refused. */
function letters({ preferences, analytics, marketing }: ReturnType<typeof choicesOf>): string {
  return (preferences ? 'P' : '-') + (analytics ? 'A' : '-') + (marketing ? 'M' : '-');
}

describe('Consent rules', () => {
  const refused = { choices: choicesOf(false) };
  const expired = { chosenAt: NOW - 181 * DAY };
  type Row = [
    string,
    ConsentModel,
    Partial<StoredChoice> | null,
    boolean,
    string,
    boolean,
    boolean,
  ];
  const rows: Row[] = [
    // case, model, stored choice, signal sent → what runs, decided, signal to record
    ['no choice under opt-in', 'opt-in', null, false, '---', false, false],
    ['no choice under opt-out', 'opt-out', null, false, 'PAM', false, false],
    ['no choice under notice', 'notice', null, false, 'PAM', false, false],
    ['a consent', 'opt-in', {}, false, 'PAM', true, false],
    ['a refusal', 'opt-in', refused, false, '---', true, false],
    ['an expired consent', 'opt-in', expired, false, '---', false, false],
    [
      'an expired refusal under opt-out',
      'opt-out',
      { ...expired, ...refused, model: 'opt-out' },
      false,
      '---',
      false,
      false,
    ],
    ['new purposes under opt-in', 'opt-in', { purposesHash: 'old' }, false, '---', false, false],
    [
      'an acknowledged notice brought to opt-in',
      'opt-in',
      { model: 'opt-out' },
      false,
      '---',
      false,
      false,
    ],
    [
      'an objection brought to opt-in',
      'opt-in',
      { model: 'opt-out', ...refused },
      false,
      '---',
      true,
      false,
    ],
    ['a consent brought to opt-out', 'opt-out', {}, false, 'PAM', true, false],
    ['the signal, no choice, opt-in', 'opt-in', null, true, '---', false, true],
    ['the signal, no choice, opt-out', 'opt-out', null, true, 'P--', false, true],
    ['the signal after a consent without it', 'opt-in', {}, true, 'P--', false, true],
    ['a consent given in spite of the signal', 'opt-in', { gpc: true }, true, 'PAM', true, false],
  ];
  for (const [name, model, stored, gpc, runs, decided, honourGpc] of rows)
    it(`lets ${runs} run for ${name}`, () => {
      const verdict = judge(aConfiguration({ model }), stored && aStoredChoice(stored), gpc, NOW);
      expect({ ...verdict, choices: letters(verdict.choices) }).to.deep.equal({
        choices: runs,
        decided,
        honourGpc,
      });
    });

  it('ignores the signal where the configuration does not honour it', () => {
    const verdict = judge(aConfiguration({ model: 'opt-out', honoursGpc: false }), null, true, NOW);
    expect(verdict).to.deep.equal({ choices: choicesOf(true), decided: false, honourGpc: false });
  });

  const refusals: [string, boolean, boolean, ChoiceAction][] = [
    ['nothing was chosen', false, false, 'refuse-all'],
    ['it runs only because nobody objected', false, true, 'refuse-all'],
    ['consent was given', true, true, 'withdraw'],
    ['everything was refused before', true, false, 'refuse-all'],
  ];
  for (const [name, decided, granted, action] of refusals)
    it(`calls a refusal ${action} when ${name}`, () => {
      expect(refusalAction(decided, choicesOf(granted))).to.equal(action);
    });

  it('names what was withdrawn', () => {
    const after = { ...choicesOf(false), analytics: true };
    expect(withdrawnBetween(choicesOf(true), after)).to.deep.equal(['preferences', 'marketing']);
  });
});

describe('Choice cookie', () => {
  it('reads back what it wrote, to the second', () => {
    const choice = aStoredChoice({
      choices: { ...choicesOf(false), analytics: true },
      model: 'opt-out',
      gpc: true,
    });
    expect(decodeChoice(encodeChoice(choice))).to.deep.equal(choice);
  });

  const written = encodeChoice(aStoredChoice());
  const damaged = [
    '',
    '1',
    'true',
    written.slice(1),
    `2${written.slice(1)}`,
    `${written}.`,
    written.replace('111', '121'),
    written.replace('beef', ''),
  ];
  for (const text of damaged)
    it(`takes no grant from ${JSON.stringify(text)}`, () => {
      expect(decodeChoice(text)).to.equal(null);
    });
});

describe('Accent', () => {
  const rows: [string | null, string][] = [
    [null, ''],
    ['#1d5c3f', '.layer{--fill:#1d5c3f;--on-fill:#fff}'],
    ['#F2B632', '.layer{--fill:#F2B632;--on-fill:#000}'],
    ['red', ''],
    ['#fff;}*{display:none', ''],
  ];
  for (const [accent, rule] of rows)
    it(`makes of ${String(accent)} ${rule || 'no rule'}`, () => {
      expect(accentRule(accent)).to.equal(rule);
    });
});
