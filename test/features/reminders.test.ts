import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, instantAt, localDay } from '../../server/deadlines/days.ts';
import {
  dueTimer,
  nextOverdueAt,
  nextTimerAt,
  timersFor,
  type RequestClock,
} from '../../server/features/requests/reminders.ts';

const timeZone = 'Europe/Berlin';
const nine = (day: string) => instantAt(day, 9, timeZone);

function clockOf(days: number, changes: Partial<RequestClock> = {}): RequestClock {
  const receivedOn = '2026-06-01';
  const end = addDays(receivedOn, days);
  const expiresOn = addDays(receivedOn, 30);
  const dates = { receivedOn, alarmOn: end, effectiveDue: end, expiresOn };
  return { ...dates, timeZone, isVerified: true, ...changes };
}

const planOf = (clock: RequestClock) => timersFor(clock).map(({ kind, on }) => `${on} ${kind}`);

describe('Reminders of a request', () => {
  it('reach the assignee at 50 % and 75 %, 7, 3 and 1 days before, on the day and after it', () => {
    expect(planOf(clockOf(30))).to.deep.equal([
      '2026-06-16 half',
      '2026-06-23 three-quarters',
      '2026-06-24 seven-days',
      '2026-06-28 three-days',
      '2026-06-30 one-day',
      '2026-07-01 due',
      '2026-07-02 overdue',
    ]);
  });

  it('merge into the most urgent of a day and leave out what lies before receipt', () => {
    expect(planOf(clockOf(4))).to.deep.equal([
      '2026-06-02 three-days',
      '2026-06-03 half',
      '2026-06-04 one-day',
      '2026-06-05 due',
      '2026-06-06 overdue',
    ]);
    expect(planOf(clockOf(1))).to.deep.equal(['2026-06-02 due', '2026-06-03 overdue']);
  });

  it('call a request overdue only after its day to answer, not after the cautious day', () => {
    const cautious = clockOf(30, { effectiveDue: '2026-07-03' });
    expect(planOf(cautious).slice(-2)).to.deep.equal(['2026-07-01 due', '2026-07-04 overdue']);
  });

  it('reach the sender of an unverified request on days 3, 7 and 14, until it expires', () => {
    expect(planOf(clockOf(30, { isVerified: false }))).to.deep.equal([
      '2026-06-04 unverified',
      '2026-06-08 unverified',
      '2026-06-15 unverified',
      '2026-07-01 expiry',
    ]);
    const early = clockOf(7, { isVerified: false, expiresOn: '2026-06-08' });
    expect(planOf(early)).to.deep.equal(['2026-06-04 unverified', '2026-06-08 expiry']);
  });

  it('go out at nine of the local clock, in summer and in winter', () => {
    const autumn = clockOf(0, { receivedOn: '2026-10-21', alarmOn: '2026-10-28' });
    const moments = timersFor({ ...autumn, effectiveDue: '2026-10-28' }).map(({ at }) =>
      at.toISOString(),
    );
    expect(moments[0]).to.equal('2026-10-24T07:00:00.000Z');
    expect(moments.at(-1)).to.equal('2026-10-29T08:00:00.000Z');
  });
});

describe('Reminders after a downtime', () => {
  const verified = clockOf(30);
  const unverified = clockOf(30, { isVerified: false });

  it('are nothing while nothing is due', () => {
    expect(dueTimer(verified, nine('2026-06-01'), nine('2026-06-15'))).to.equal(null);
    expect(dueTimer(verified, nine('2026-06-16'), nine('2026-06-17'))).to.equal(null);
  });

  it('are due from the very moment, once', () => {
    const at = nine('2026-06-16');
    const before = new Date(at.getTime() - 1);
    expect(dueTimer(verified, nine('2026-06-01'), before)).to.equal(null);
    expect(dueTimer(verified, before, at)).to.deep.equal({ kind: 'half', on: '2026-06-16', at });
    expect(dueTimer(verified, at, at)).to.equal(null);
  });

  it('collapse into the most urgent', () => {
    const missed = dueTimer(verified, nine('2026-06-15'), nine('2026-06-29'));
    expect(missed).to.include({ kind: 'three-days', on: '2026-06-28' });
    const expired = dueTimer(unverified, nine('2026-06-02'), nine('2026-08-01'));
    expect(expired).to.include({ kind: 'expiry', on: '2026-07-01' });
  });

  it('do not call a request overdue on its last day', () => {
    const last = dueTimer(verified, nine('2026-06-30'), nine('2026-07-01'));
    expect(last).to.include({ kind: 'due', on: '2026-07-01' });
  });

  it('remind of an overdue request once for all missed days, then daily', () => {
    const late = dueTimer(verified, nine('2026-06-15'), nine('2026-07-09'));
    expect(late).to.include({ kind: 'overdue', on: '2026-07-09' });
    const early = instantAt('2026-07-09', 8, timeZone);
    const beforeNine = dueTimer(verified, nine('2026-06-15'), early);
    expect(beforeNine).to.include({ kind: 'overdue', on: '2026-07-08' });
    expect(dueTimer(verified, nine('2026-07-08'), early)).to.equal(null);
  });

  it('leave a request that expired or was just verified in peace', () => {
    expect(dueTimer(unverified, nine('2026-07-01'), nine('2026-08-01'))).to.equal(null);
    const noon = instantAt('2026-06-20', 12, timeZone);
    expect(dueTimer(verified, noon, nine('2026-06-21'))).to.equal(null);
  });
});

describe('Next attention to a request', () => {
  it('is the next reminder, then daily without end', () => {
    const clock = clockOf(30);
    expect(nextTimerAt(clock, nine('2026-06-01'))).to.deep.equal(nine('2026-06-16'));
    expect(nextTimerAt(clock, nine('2026-07-01'))).to.deep.equal(nine('2026-07-02'));
    expect(nextTimerAt(clock, nine('2026-07-02'))).to.deep.equal(nine('2026-07-03'));
    expect(nextTimerAt(clock, instantAt('2027-01-01', 8, timeZone))).to.deep.equal(
      nine('2027-01-01'),
    );
  });

  it('ends with the expiry of an unverified request', () => {
    const clock = clockOf(30, { isVerified: false });
    expect(nextTimerAt(clock, nine('2026-06-15'))).to.deep.equal(nine('2026-07-01'));
    expect(nextTimerAt(clock, nine('2026-07-01'))).to.equal(null);
  });

  it('keeps to nine o’clock across a change of clocks', () => {
    const clock = { effectiveDue: '2026-10-20', timeZone };
    const at = nextOverdueAt(clock, new Date('2026-10-24T07:00:00Z'));
    expect(at.toISOString()).to.equal('2026-10-25T08:00:00.000Z');
  });

  it('never skips a reminder, whatever the moments of the sweeps', () => {
    const length = fc.integer({ min: 1, max: 120 });
    const pauses = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(length, fc.boolean(), pauses, (days, isVerified, hours) => {
        const clock = clockOf(days, { isVerified });
        let after = nine(clock.receivedOn);
        for (const pause of hours) {
          const now = new Date(after.getTime() + pause * 3_600_000);
          const next = nextTimerAt(clock, after);
          const timer = dueTimer(clock, after, now);
          expect(timer !== null).to.equal(next !== null && next <= now);
          if (timer) expect(localDay(timer.at, timeZone)).to.equal(timer.on);
          after = now;
        }
      }),
    );
  });
});
