import { expect } from 'chai';
import type { RegimeId } from '../../config/regimes.ts';
import { weekendsOnly, type Calendar } from '../../server/deadlines/calendars.ts';
import { instantAt } from '../../server/deadlines/days.ts';
import {
  computeDeadlines,
  extensionRefusal,
  type DeadlineInput,
  type DeadlineResult,
} from '../../server/deadlines/deadlines.ts';

const zoneOf: Partial<Record<RegimeId, string>> = {
  gdpr: 'Europe/Dublin',
  'uk-gdpr': 'Europe/London',
  ccpa: 'America/Los_Angeles',
  hipaa: 'America/New_York',
};

function closedOn(...holidays: string[]): Calendar {
  return { ...weekendsOnly, name: 'test', isHoliday: (day) => holidays.includes(day) };
}

function received(on: string, input: Partial<DeadlineInput> = {}): DeadlineInput {
  const regimes = input.regimes ?? ['gdpr'];
  const timeZone = zoneOf[regimes[0] ?? 'gdpr'] ?? 'UTC';
  const receivedAt = instantAt(on, 15, timeZone);
  return { right: 'access', regimes, receivedAt, timeZone, promiseDays: null, ...input };
}

interface Case {
  story: string;
  on: string;
  input?: Partial<DeadlineInput>;
  dates: Partial<DeadlineResult>;
}

const uk: Partial<DeadlineInput> = { regimes: ['uk-gdpr'] };
const california: Partial<DeadlineInput> = { regimes: ['ccpa'] };
const hipaa: Partial<DeadlineInput> = { regimes: ['hipaa'] };

const cases: Case[] = [
  {
    story: 'a month that ends on Easter Sunday runs to the Tuesday',
    on: '2026-03-05',
    input: { calendar: closedOn('2026-04-06') },
    dates: {
      statutoryEnd: '2026-04-05',
      safeDue: '2026-04-05',
      due: '2026-04-07',
      extensionNoticeBy: '2026-04-07',
      extendedStatutoryEnd: '2026-06-05',
      extendedDue: '2026-06-05',
    },
  },
  {
    story: 'the same month without holidays ends earlier, never later',
    on: '2026-03-05',
    dates: { due: '2026-04-06' },
  },
  {
    story: '3 September to 3 October, the example of the ICO',
    on: '2025-09-03',
    input: uk,
    dates: { due: '2025-10-03', extendedDue: '2025-12-03', rules: ['uk-gdpr-answer@1'] },
  },
  {
    story: '31 January ends with February, and the extension runs from 31 January',
    on: '2026-01-31',
    dates: {
      statutoryEnd: '2026-02-28',
      due: '2026-03-02',
      extensionNoticeBy: '2026-03-02',
      extendedDue: '2026-04-30',
    },
  },
  {
    story: '31 January of a leap year, then a Sunday before a bank holiday',
    on: '2028-01-31',
    input: { ...uk, right: 'deletion' },
    dates: { due: '2028-02-29', extendedStatutoryEnd: '2028-04-30', extendedDue: '2028-05-02' },
  },
  {
    story: 'receipt on 29 February',
    on: '2028-02-29',
    dates: { statutoryEnd: '2028-03-29', due: '2028-03-29', extendedDue: '2028-05-29' },
  },
  {
    story: '31 August to 30 September',
    on: '2026-08-31',
    input: { right: 'portability' },
    dates: { statutoryEnd: '2026-09-30', due: '2026-09-30', extendedDue: '2026-11-30' },
  },
  {
    story: 'an English Christmas with a substitute Boxing Day',
    on: '2026-11-25',
    input: { ...uk, calendar: 'UK-EAW' },
    dates: {
      statutoryEnd: '2026-12-25',
      due: '2026-12-29',
      extendedDue: '2027-02-25',
      rules: ['uk-gdpr-answer@2'],
    },
  },
  {
    story: 'Good Friday in England',
    on: '2026-03-03',
    input: { ...uk, calendar: 'UK-EAW' },
    dates: { due: '2026-04-07', extensionNoticeBy: '2026-04-07', extendedDue: '2026-06-03' },
  },
  {
    story: 'Good Friday in France and Ireland, a working day',
    on: '2026-03-03',
    input: { calendar: closedOn('2026-04-06') },
    dates: { due: '2026-04-03', extendedDue: '2026-06-03' },
  },
  {
    story: 'receipt on a Saturday starts the clock at once',
    on: '2026-07-04',
    input: { ...uk, right: 'objection' },
    dates: {
      due: '2026-08-04',
      extendedStatutoryEnd: '2026-10-04',
      extendedDue: '2026-10-05',
    },
  },
  {
    story: 'half past midnight in Dublin is a new day, whatever UTC says',
    on: '2026-04-01',
    input: { receivedAt: new Date('2026-03-31T23:30:00Z') },
    dates: { receivedOn: '2026-04-01', statutoryEnd: '2026-05-01', due: '2026-05-01' },
  },
  {
    story: 'California counts 45 days and ten business days, and nothing rolls',
    on: '2026-02-02',
    input: california,
    dates: {
      acknowledgeBy: '2026-02-17',
      due: '2026-03-19',
      safeDue: '2026-03-18',
      alarmOn: '2026-03-18',
      extensionNoticeBy: '2026-03-19',
      extendedDue: '2026-05-03',
    },
  },
  {
    story: 'a Californian objection is an opt-out: fifteen business days, no extension',
    on: '2026-11-16',
    input: { ...california, right: 'objection' },
    dates: {
      due: '2026-12-09',
      safeDue: '2026-12-07',
      acknowledgeBy: null,
      extensionNoticeBy: null,
      extendedDue: null,
    },
  },
  {
    story: 'HIPAA access: 30 and 30 days, no roll on a Sunday',
    on: '2026-01-30',
    input: hipaa,
    dates: { due: '2026-03-01', extensionNoticeBy: '2026-03-01', extendedDue: '2026-03-31' },
  },
  {
    story: 'HIPAA amendment: 60 and 30 days, where a promise of 30 days is stricter',
    on: '2026-03-02',
    input: { ...hipaa, right: 'correction', promiseDays: 30 },
    dates: {
      due: '2026-05-01',
      extendedDue: '2026-05-31',
      promiseDue: '2026-04-01',
      effectiveDue: '2026-04-01',
    },
  },
  {
    story: 'a promise of 30 days beats a month of 31 and its weekend',
    on: '2026-07-01',
    input: { promiseDays: 30, calendar: closedOn('2026-08-03') },
    dates: {
      statutoryEnd: '2026-08-01',
      due: '2026-08-04',
      promiseDue: '2026-07-31',
      effectiveDue: '2026-07-31',
    },
  },
  {
    story: 'a promise of 30 days beats the 45 of California, and does not roll',
    on: '2026-04-10',
    input: { ...california, right: 'deletion', promiseDays: 30 },
    dates: { due: '2026-05-25', promiseDue: '2026-05-10', effectiveDue: '2026-05-10' },
  },
  {
    story: 'the law beats a promise that is longer than it',
    on: '2026-06-10',
    input: { promiseDays: 60 },
    dates: { due: '2026-07-10', promiseDue: '2026-08-09', effectiveDue: '2026-07-10' },
  },
  {
    story: 'two regimes: the answer date of one, the acknowledgement of the other',
    on: '2026-02-10',
    input: { regimes: ['gdpr', 'ccpa'], right: 'deletion' },
    dates: {
      due: '2026-03-10',
      effectiveDue: '2026-03-10',
      acknowledgeBy: '2026-02-25',
      extendedDue: '2026-05-11',
      rules: ['gdpr-answer@1', 'ccpa-answer@1'],
    },
  },
  {
    story: 'a regime that cannot be extended stops the extension of the other',
    on: '2026-06-10',
    input: { regimes: ['gdpr', 'ccpa'], right: 'objection' },
    dates: { due: '2026-07-02', extendedDue: null, extensionNoticeBy: null },
  },
  {
    story: 'no law: the promise alone',
    on: '2026-06-10',
    input: { regimes: [], promiseDays: 20 },
    dates: { due: null, safeDue: null, promiseDue: '2026-06-30', effectiveDue: '2026-06-30' },
  },
  {
    story: 'no law and no promise: thirty days',
    on: '2026-06-10',
    input: { regimes: [] },
    dates: { due: null, promiseDue: '2026-07-10', effectiveDue: '2026-07-10', rules: [] },
  },
  {
    story: 'a law without a period for this right: thirty days',
    on: '2026-06-10',
    input: { ...hipaa, right: 'restriction' },
    dates: { due: null, promiseDue: '2026-07-10', effectiveDue: '2026-07-10' },
  },
  {
    story: 'an unverified request lapses thirty days after receipt',
    on: '2026-06-10',
    input: california,
    dates: { expiresOn: '2026-07-10' },
  },
  {
    story: 'an unverified request lapses no later than the law wants an answer',
    on: '2027-02-01',
    dates: { expiresOn: '2027-03-01' },
  },
];

describe('Deadlines of a request', () => {
  for (const { story, on, input, dates } of cases) {
    it(`counts ${on}: ${story}`, () => {
      const result = computeDeadlines(received(on, input));
      for (const [name, day] of Object.entries(dates)) {
        expect(result[name as keyof DeadlineResult], name).to.deep.equal(day);
      }
    });
  }

  it('refuses a promise that is not a positive whole number of days', () => {
    for (const promiseDays of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => computeDeadlines(received('2026-06-10', { promiseDays }))).to.throw(RangeError);
    }
  });

  it('refuses time zones that it does not know, or that mean the machine', () => {
    for (const timeZone of ['', 'local', 'system', 'Europe/Atlantis']) {
      expect(() => computeDeadlines(received('2026-06-10', { timeZone }))).to.throw(RangeError);
    }
  });

  it('keeps to the rules stored on the request', () => {
    const rules = ['uk-gdpr-answer@1'];
    expect(computeDeadlines(received('2026-06-10', { ...uk, rules })).rules).to.deep.equal(rules);
    expect(computeDeadlines(received('2026-06-10', { rules: [] })).due).to.equal(null);
    const unknown = received('2026-06-10', { rules: ['gdpr-answer@99'] });
    expect(() => computeDeadlines(unknown)).to.throw(RangeError, 'gdpr-answer@99');
  });
});

describe('Extension of a request', () => {
  const first = computeDeadlines(received('2026-06-01'));

  it('is open until the first period ends, and not a day longer', () => {
    expect(extensionRefusal(first, '2026-07-01')).to.equal(null);
    expect(extensionRefusal(first, '2026-07-02')).to.equal('too-late');
  });

  it('is given once', () => {
    const extended = computeDeadlines(received('2026-06-01', { extended: true }));
    expect(extended).to.include({ due: '2026-07-01', effectiveDue: '2026-09-01' });
    expect(extensionRefusal(extended, '2026-06-20')).to.equal('already-extended');
  });

  it('is not provided where only a promise applies', () => {
    const promised = received('2026-06-01', { regimes: [] });
    expect(extensionRefusal(computeDeadlines(promised), '2026-06-02')).to.equal('not-provided');
    expect(() => computeDeadlines({ ...promised, extended: true })).to.throw(RangeError);
  });

  it('moves the promised day too, because the person was told', () => {
    const promised = received('2026-06-01', { promiseDays: 20 });
    expect(computeDeadlines(promised).effectiveDue).to.equal('2026-06-21');
    expect(computeDeadlines({ ...promised, extended: true }).effectiveDue).to.equal('2026-09-01');
  });
});

describe('Trace of a deadline', () => {
  it('tells each step from receipt to the working date', () => {
    const { trace } = computeDeadlines(received('2026-01-31', { promiseDays: 30 }));
    const gdpr = { regime: 'gdpr', rule: 'gdpr-answer@1', confidence: 'H' };
    const source = 'GDPR Art. 12(3)';
    const from = '2026-01-31';
    expect(trace).to.deep.equal([
      { code: 'received', params: { timeZone: 'Europe/Dublin' }, on: '2026-01-31' },
      {
        code: 'respond-within',
        params: { ...gdpr, n: '1', unit: 'month', from, within: 'without-undue-delay' },
        on: '2026-02-28',
        source,
      },
      { code: 'month-ends-early', params: { ...gdpr, from }, on: '2026-02-28', source },
      {
        code: 'rolled',
        params: { ...gdpr, from: '2026-02-28', because: 'weekend', calendar: 'weekends' },
        on: '2026-03-02',
        source,
      },
      {
        code: 'extension-possible',
        params: { ...gdpr, n: '2', unit: 'month', noticeBy: '2026-03-02' },
        on: '2026-04-30',
        source,
        reading: 'anchored-extension',
      },
      { code: 'promise', params: { days: '30' }, on: '2026-03-02' },
      { code: 'working-date', params: { basis: 'law', ...gdpr }, on: '2026-03-02' },
    ]);
  });

  it('names the strict reading, the strictest rule, and a right without a period', () => {
    const input: Partial<DeadlineInput> = { regimes: ['gdpr', 'ccpa', 'hipaa'], right: 'deletion' };
    const codes = computeDeadlines(received('2026-06-10', input)).trace.map(({ code }) => code);
    expect(codes).to.include.members(['no-period', 'day-one-reading', 'acknowledge-within']);
    expect(codes).to.include('strictest-rule');
  });

  it('says that no law and no promise leave the default, and what an extension did', () => {
    const codesOf = (input: Partial<DeadlineInput>) =>
      computeDeadlines(received('2026-06-10', input)).trace.map(({ code }) => code);
    expect(codesOf({ regimes: [] })).to.deep.equal(['received', 'default-promise', 'working-date']);
    expect(codesOf({ extended: true })).to.include('extended');
  });
});
