import { expect } from 'chai';
import {
  addBusinessDays,
  addDays,
  addMonths,
  rollForward,
  weekendsOnly,
  type Calendar,
} from '../../server/features/requests/calendar.ts';

function closedOn(...holidays: string[]): Calendar {
  return { name: 'test', holidays: new Set(holidays) };
}

describe('Calendar', () => {
  it('clamps a month to its last day, also across years and backwards', () => {
    expect(addMonths('2026-01-31', 1)).to.equal('2026-02-28');
    expect(addMonths('2027-12-31', 2)).to.equal('2028-02-29');
    expect(addMonths('2026-03-31', -1)).to.equal('2026-02-28');
    expect(addMonths('2026-11-30', 3)).to.equal('2027-02-28');
  });

  it('counts business days from the day after, over weekends and holidays', () => {
    expect(addBusinessDays('2026-06-26', 10, closedOn('2026-07-03'))).to.equal('2026-07-13');
    expect(addBusinessDays('2026-06-27', 1, weekendsOnly)).to.equal('2026-06-29');
  });

  it('rolls over a weekend and the holidays behind it', () => {
    expect(rollForward('2026-04-03', closedOn('2026-04-03', '2026-04-06'))).to.equal('2026-04-07');
    expect(rollForward('2026-04-07', weekendsOnly)).to.equal('2026-04-07');
  });

  it('refuses what is no calendar day', () => {
    for (const day of ['2026-02-30', '2026-2-1', '', 'today', '2026-02-01T10:00']) {
      expect(() => addDays(day, 1), day).to.throw(RangeError);
    }
  });
});
