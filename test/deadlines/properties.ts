import { expect } from 'chai';
import fc from 'fast-check';
import { calendarIds } from '../../config/law/calendars.ts';
import { deadlineRules } from '../../config/law/rules.ts';
import { regimeIds } from '../../config/regimes.ts';
import { controllerRoles, rightIds } from '../../config/rights.ts';
import { computeBreachClocks } from '../../server/deadlines/breaches.ts';
import { calendarOf, isWorkingDay } from '../../server/deadlines/calendars.ts';
import { addDays, addMonths, daysBetween, localDay } from '../../server/deadlines/days.ts';
import { computeDeadlines, type DeadlineInput } from '../../server/deadlines/deadlines.ts';
import { pauseKinds, type Pause } from '../../server/deadlines/pauses.ts';
import { policyNotice, retentionDates } from '../../server/deadlines/retention.ts';
import { referenceOf, ruleOf } from '../../server/deadlines/rules.ts';

const zones = ['Pacific/Kiritimati', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Pago_Pago'];
const anyRegimes = fc.uniqueArray(fc.constantFrom(...regimeIds), { maxLength: 4 });
const anyCalendar = fc.constantFrom(...calendarIds);
const anyDay = fc.integer({ min: 0, max: 365 * 8 }).map((n) => addDays('2022-01-01', n));
const anyInput: fc.Arbitrary<DeadlineInput> = fc.record({
  right: fc.constantFrom(...rightIds),
  regimes: anyRegimes,
  receivedAt: fc.date({
    min: new Date('2022-01-01'),
    max: new Date('2032-12-31'),
    noInvalidDate: true,
  }),
  timeZone: fc.constantFrom(...zones),
  promiseDays: fc.option(fc.integer({ min: 1, max: 120 })),
  role: fc.constantFrom(...controllerRoles),
  calendar: anyCalendar,
});
/** Pauses by how long after receipt they begin, and how long they last. */
const somePauses = fc.array(
  fc.record({
    kind: fc.constantFrom(...pauseKinds),
    after: fc.integer({ min: 0, max: 60 }),
    days: fc.option(fc.integer({ min: 0, max: 40 })),
  }),
  { maxLength: 4 },
);
type Relative = typeof somePauses extends fc.Arbitrary<infer T> ? T : never;

function pausesOf(input: DeadlineInput, relative: Relative): Pause[] {
  const receivedOn = localDay(input.receivedAt, input.timeZone);
  return relative.map(({ kind, after, days }) => {
    const askedOn = addDays(receivedOn, after);
    return { kind, askedOn, answeredOn: days === null ? null : addDays(askedOn, days) };
  });
}

/** No day is later than another; null is "no date yet", later than any. */
const isNotLater = (day: string | null, other: string | null) =>
  (day ?? '9999-99-99') <= (other ?? '9999-99-99');

/** What holds for any input, tried so many times each. */
export function checkProperties(numRuns: number): void {
  const holds = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) => {
    fc.assert(property, { numRuns });
  };

  describe('Deadlines of any request', function () {
    this.timeout(300_000);

    it('never lie before receipt, nor alarms after the day to answer', () => {
      holds(
        fc.property(anyInput, somePauses, (input, relative) => {
          const pauses = pausesOf(input, relative);
          const result = computeDeadlines({ ...input, pauses });
          const { receivedOn, trace } = result;
          for (const { code, on } of trace) {
            if (code !== 'look-back') expect(on >= receivedOn, code).to.equal(true);
          }
          expect(result.alarmOn >= receivedOn).to.equal(true);
          expect(result.expiresOn > receivedOn).to.equal(true);
          expect(result.alarmOn <= result.effectiveDue).to.equal(true);
          expect(result.due === null || result.effectiveDue <= result.due).to.equal(true);
        }),
      );
    });

    it('have a safe day that is never after the due one', () => {
      holds(
        fc.property(anyInput, somePauses, (input, relative) => {
          const result = computeDeadlines({ ...input, pauses: pausesOf(input, relative) });
          expect(isNotLater(result.safeDue, result.due)).to.equal(true);
          expect(isNotLater(result.acknowledgeSafe, result.acknowledgeBy)).to.equal(true);
        }),
      );
    });

    it('never come earlier for a later receipt under the same rules', () => {
      holds(
        fc.property(anyInput, fc.integer({ min: 1, max: 500 }), (input, hours) => {
          const early = computeDeadlines(input);
          const receivedAt = new Date(input.receivedAt.getTime() + hours * 3_600_000);
          const late = computeDeadlines({ ...input, receivedAt, rules: early.rules });
          expect(late.effectiveDue >= early.effectiveDue).to.equal(true);
          expect(late.alarmOn >= early.alarmOn).to.equal(true);
        }),
      );
    });

    it('grow with receipt day by day where days are counted', () => {
      const inDays = deadlineRules.filter(
        ({ respond, roll }) => respond?.unit === 'day' && roll === 'none',
      );
      holds(
        fc.property(fc.constantFrom(...inDays), anyDay, (rule, day) => {
          const on = (received: string) =>
            computeDeadlines({
              right: rule.requestTypes[0] ?? 'access',
              regimes: [rule.regime],
              receivedAt: new Date(`${received}T12:00:00Z`),
              timeZone: 'UTC',
              promiseDays: null,
              rules: [referenceOf(rule)],
            }).due ?? '';
          expect(daysBetween(on(day), on(addDays(day, 1)))).to.equal(1);
        }),
      );
    });

    it('are never shortened by an extension', () => {
      holds(
        fc.property(anyInput, (input) => {
          const first = computeDeadlines(input);
          if (first.extensionNoticeBy === null) return;
          const extended = computeDeadlines({ ...input, extended: true });
          expect(extended.effectiveDue > first.effectiveDue).to.equal(true);
          expect(extended.alarmOn >= first.alarmOn).to.equal(true);
        }),
      );
    });

    it('are extended by a notice in time, and by no other', () => {
      holds(
        fc.property(anyInput, fc.integer({ min: 0, max: 120 }), (input, after) => {
          const first = computeDeadlines(input);
          const extensionNoticeOn = addDays(first.receivedOn, after);
          const told = computeDeadlines({ ...input, extensionNoticeOn });
          const isInTime =
            first.extensionNoticeBy !== null && extensionNoticeOn <= first.extensionNoticeBy;
          expect(told.extensionAccepted).to.equal(isInTime);
          expect(told.isExtended).to.equal(isInTime);
          if (!isInTime) expect(told.effectiveDue).to.equal(first.effectiveDue);
        }),
      );
    });

    it('are never lengthened by one more regime', () => {
      holds(
        fc.property(anyInput, fc.constantFrom(...regimeIds), (input, extra) => {
          const promiseDays = input.promiseDays ?? 30;
          const some = computeDeadlines({ ...input, promiseDays });
          const regimes = [...input.regimes, extra];
          const more = computeDeadlines({ ...input, promiseDays, regimes });
          expect(more.effectiveDue <= some.effectiveDue).to.equal(true);
          expect(more.alarmOn <= some.alarmOn).to.equal(true);
          for (const duty of [
            'acknowledgeBy',
            'due',
            'stopBy',
            'confirmBy',
            'refusalBy',
          ] as const) {
            expect(isNotLater(more[duty], some[duty]), duty).to.equal(true);
          }
        }),
      );
    });

    it('are never lengthened by a promise', () => {
      holds(
        fc.property(anyInput, fc.integer({ min: 1, max: 400 }), (input, promiseDays) => {
          const lawful = computeDeadlines({ ...input, promiseDays: null });
          if (lawful.due === null) return;
          const promised = computeDeadlines({ ...input, promiseDays });
          expect(promised.effectiveDue <= lawful.effectiveDue).to.equal(true);
          expect(promised.due).to.equal(lawful.due);
        }),
      );
    });

    it('are never shortened by a pause', () => {
      holds(
        fc.property(anyInput, somePauses, (input, relative) => {
          const pauses = pausesOf(input, relative);
          const less = computeDeadlines({ ...input, pauses: pauses.slice(1) });
          const more = computeDeadlines({ ...input, pauses });
          expect(isNotLater(less.due, more.due)).to.equal(true);
          expect(isNotLater(less.extendedDue, more.extendedDue)).to.equal(true);
        }),
      );
    });

    it('do not depend on the order of the pauses, nor count one twice', () => {
      holds(
        fc.property(anyInput, somePauses, (input, relative) => {
          const pauses = pausesOf(input, relative);
          const { due, pausedDays } = computeDeadlines({ ...input, pauses });
          const again = computeDeadlines({ ...input, pauses: [...pauses].reverse() });
          const twice = computeDeadlines({ ...input, pauses: [...pauses, ...pauses] });
          expect(again).to.include({ due, pausedDays });
          expect(twice).to.include({ due, pausedDays });
        }),
      );
    });

    it('end on a working day where the law moves them', () => {
      holds(
        fc.property(anyInput, anyCalendar, (input, calendar) => {
          const regimes = ['gdpr'] as const;
          const { due } = computeDeadlines({ ...input, regimes, calendar, role: 'controller' });
          const [rule] = computeDeadlines({ ...input, regimes }).rules.map(ruleOf);
          if (due === null || rule?.stop) return;
          expect(isWorkingDay(due, calendarOf(calendar))).to.equal(true);
        }),
      );
    });

    it('are never later without the holidays of a calendar than with them', () => {
      holds(
        fc.property(anyInput, anyCalendar, (input, id) => {
          const calendar = calendarOf(id);
          const plain = computeDeadlines({
            ...input,
            calendar: { ...calendar, isHoliday: () => false },
          });
          const closed = computeDeadlines({ ...input, calendar });
          for (const name of ['effectiveDue', 'acknowledgeBy', 'extensionNoticeBy'] as const) {
            expect((plain[name] ?? '') <= (closed[name] ?? ''), name).to.equal(true);
          }
          expect(plain.safeDue).to.equal(closed.safeDue);
        }),
      );
    });

    it('are not moved by closing days, which only let the alarm ring earlier', () => {
      holds(
        fc.property(anyInput, fc.array(fc.integer({ min: 1, max: 90 })), (input, offsets) => {
          const open = computeDeadlines(input);
          const closingDays = offsets.map((n) => addDays(open.receivedOn, n));
          const closed = computeDeadlines({ ...input, closingDays });
          expect(closed.due).to.equal(open.due);
          expect(closed.effectiveDue).to.equal(open.effectiveDue);
          expect(closed.alarmOn <= open.alarmOn).to.equal(true);
          if (closed.alarmOn > closed.receivedOn)
            expect(closingDays).not.to.include(closed.alarmOn);
        }),
      );
    });

    it('keep the rules of their receipt', () => {
      holds(
        fc.property(anyInput, (input) => {
          const first = computeDeadlines(input);
          expect(computeDeadlines({ ...input, rules: first.rules })).to.deep.equal(first);
        }),
      );
    });

    it('explain every date by a step, and every rule by its source', () => {
      holds(
        fc.property(anyInput, (input) => {
          const { trace, due, rules, effectiveDue } = computeDeadlines(input);
          expect(trace.at(-1)).to.include({ code: 'working-date', on: effectiveDue });
          if (due !== null) expect(trace.map(({ on }) => on)).to.include(due);
          for (const rule of rules) {
            const steps = trace.filter(({ params }) => params.rule === rule);
            expect(steps.every(({ source }) => source !== undefined || steps.length > 0)).to.equal(
              true,
            );
            expect(steps.length, rule).to.be.greaterThan(0);
          }
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
        holds(
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

  describe('Breach clocks of any breach', function () {
    this.timeout(300_000);

    it('never ring before awareness, and sooner for more people, never later', () => {
      holds(
        fc.property(
          anyInput,
          fc.integer({ min: 0, max: 2000 }),
          fc.integer({ min: 0, max: 2000 }),
          ({ receivedAt, timeZone, role = 'controller', regimes }, affected, more) => {
            const breach = {
              awareAt: receivedAt,
              timeZone,
              role,
              regimes,
              affectedInState: affected,
            };
            const some = computeBreachClocks({ ...breach, affected });
            const many = computeBreachClocks({ ...breach, affected: affected + more });
            for (const { by, at, alternates } of some.notices) {
              expect(by === null || by >= some.awareOn).to.equal(true);
              for (const other of alternates) expect(at !== null && other.at >= at).to.equal(true);
            }
            const secretary = (result: typeof some) =>
              result.notices.find(({ duty, isRequired }) => duty === 'secretary' && isRequired)
                ?.by ?? null;
            expect(isNotLater(secretary(many), secretary(some))).to.equal(true);
          },
        ),
      );
    });
  });

  describe('Retention of anything', function () {
    this.timeout(300_000);
    const anyPeriod = fc.record({
      n: fc.integer({ min: 1, max: 120 }),
      unit: fc.constantFrom('day' as const, 'month' as const),
    });

    it('keeps for the longest minimum and deletes no earlier than it', () => {
      holds(
        fc.property(
          anyDay,
          fc.array(anyPeriod, { minLength: 1 }),
          anyPeriod,
          (day, atLeast, atMost) => {
            const { keepUntil, deleteBy } = retentionDates(day, { atLeast, atMost });
            const one = retentionDates(day, { atLeast: atLeast.slice(0, 1) });
            expect((one.keepUntil ?? '') <= (keepUntil ?? '')).to.equal(true);
            expect((deleteBy ?? '') >= (keepUntil ?? '')).to.equal(true);
            expect((keepUntil ?? '') > day).to.equal(true);
          },
        ),
      );
    });

    it('lasts through the anniversary for a minimum and ends by it for a maximum', () => {
      holds(
        fc.property(anyDay, fc.integer({ min: 1, max: 240 }), (day, n) => {
          const period = { n, unit: 'month' } as const;
          const minimum = retentionDates(day, { atLeast: [period] }).keepUntil ?? '';
          const maximum = retentionDates(day, { atMost: period }).deleteBy ?? '';
          expect(maximum).to.equal(addMonths(day, n));
          expect(daysBetween(maximum, minimum)).to.be.oneOf([0, 1]);
        }),
      );
    });

    it('announces a policy that many days before, whatever the weekday', () => {
      holds(
        fc.property(anyDay, fc.integer({ min: 1, max: 90 }), (day, n) => {
          const { noticeBy, safeNoticeBy } = policyNotice(day, n);
          expect(daysBetween(noticeBy, day)).to.equal(n);
          expect(daysBetween(safeNoticeBy, noticeBy)).to.equal(1);
        }),
      );
    });
  });
}
