import { expect } from 'chai';
import fc from 'fast-check';
import { regimeIds, regimes } from '../../config/regimes.ts';
import { rightIds } from '../../config/rights.ts';
import { addDays, localDay } from '../../server/features/requests/calendar.ts';
import { computeDeadlines, type DeadlineInput } from '../../server/features/requests/deadlines.ts';
import { referenceOf, rulesInForce } from '../../server/features/requests/periods.ts';

describe('Rules of law', () => {
  it('have one reference each, a source, and no two in force for the same right and day', () => {
    expect(new Set(regimes.map(referenceOf)).size).to.equal(regimes.length);
    for (const rule of regimes) expect(rule.sources, rule.id).not.to.be.empty;
    for (const regime of regimeIds) {
      for (const right of rightIds) {
        for (const day of ['2003-04-14', '2018-05-25', '2021-01-01', '2026-02-04', '2026-02-05']) {
          expect(rulesInForce(right, [regime], day).length, `${regime} ${right}`).to.be.at.most(1);
        }
      }
    }
  });

  it('extend in the unit in which they count, so that the whole period runs from receipt', () => {
    for (const { id, respond, extension } of regimes) {
      if (extension) expect(extension.add.unit, id).to.equal(respond.unit);
    }
  });

  it('begin and end on the day they say', () => {
    const refs = (day: string) => rulesInForce('access', ['uk-gdpr'], day).map(referenceOf);
    expect(refs('2020-12-31')).to.deep.equal([]);
    expect(refs('2026-02-04')).to.deep.equal(['uk-gdpr-answer@1']);
    expect(refs('2026-02-05')).to.deep.equal(['uk-gdpr-answer@2']);
  });
});

describe('Deadlines of any request', () => {
  const zones = ['Pacific/Kiritimati', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Pago_Pago'];
  const anyInput: fc.Arbitrary<DeadlineInput> = fc.record({
    right: fc.constantFrom(...rightIds),
    regimes: fc.subarray([...regimeIds]),
    receivedAt: fc.date({
      min: new Date('2022-01-01'),
      max: new Date('2032-12-31'),
      noInvalidDate: true,
    }),
    timeZone: fc.constantFrom(...zones),
    promiseDays: fc.option(fc.integer({ min: 1, max: 120 })),
  });

  it('never lie before receipt, nor alarms after the day to answer', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { receivedOn, trace, ...result } = computeDeadlines(input);
        for (const step of trace) expect(step.on >= receivedOn).to.equal(true);
        expect(result.alarmOn > receivedOn).to.equal(true);
        expect(result.expiresOn > receivedOn).to.equal(true);
        expect(result.alarmOn <= result.effectiveDue).to.equal(true);
        expect(result.due === null || result.effectiveDue <= result.due).to.equal(true);
      }),
    );
  });

  it('never come earlier for a later receipt under the same rules', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1, max: 500 }), (input, hours) => {
        const early = computeDeadlines(input);
        const receivedAt = new Date(input.receivedAt.getTime() + hours * 3_600_000);
        const late = computeDeadlines({ ...input, receivedAt, rules: early.rules });
        expect(late.effectiveDue >= early.effectiveDue).to.equal(true);
        expect(late.alarmOn >= early.alarmOn).to.equal(true);
      }),
    );
  });

  it('are never shortened by an extension', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const first = computeDeadlines(input);
        if (first.extendedDue === null) return;
        const extended = computeDeadlines({ ...input, extended: true });
        expect(extended.effectiveDue > first.effectiveDue).to.equal(true);
        expect(extended.alarmOn >= first.alarmOn).to.equal(true);
      }),
    );
  });

  it('are never lengthened by one more regime', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(...regimeIds), (input, extra) => {
        const promiseDays = input.promiseDays ?? 30;
        const some = computeDeadlines({ ...input, promiseDays });
        const more = computeDeadlines({
          ...input,
          promiseDays,
          regimes: [...input.regimes, extra],
        });
        expect(more.effectiveDue <= some.effectiveDue).to.equal(true);
        expect(more.alarmOn <= some.alarmOn).to.equal(true);
      }),
    );
  });

  it('are never later without a table of holidays than with it', () => {
    const days = fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 20 });
    fc.assert(
      fc.property(anyInput, days, (input, offsets) => {
        const plain = computeDeadlines(input);
        const holidays = new Set(offsets.map((n) => addDays(plain.receivedOn, n)));
        const closed = computeDeadlines({ ...input, calendar: { name: 'test', holidays } });
        for (const name of ['effectiveDue', 'acknowledgeBy', 'extensionNoticeBy'] as const) {
          expect((plain[name] ?? '') <= (closed[name] ?? ''), name).to.equal(true);
        }
        expect(plain.safeDue).to.equal(closed.safeDue);
      }),
    );
  });

  describe('on machines around the world', () => {
    const home = process.env.TZ;
    afterEach(() => {
      if (home === undefined) delete process.env.TZ;
      else process.env.TZ = home;
    });

    it('are the same', () => {
      fc.assert(
        fc.property(anyInput, fc.constantFrom(...zones), (input, machineZone) => {
          process.env.TZ = 'UTC';
          const inUtc = computeDeadlines(input);
          process.env.TZ = machineZone;
          expect(computeDeadlines(input)).to.deep.equal(inUtc);
          expect(localDay(input.receivedAt, input.timeZone)).to.equal(inUtc.receivedOn);
        }),
      );
    });
  });
});
