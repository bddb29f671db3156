import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { calendarIds, type CalendarId } from '../../config/law/calendars.ts';
import { eeaCountries } from '../../config/regimes.ts';
import {
  addBusinessDays,
  calendarOf,
  rollForward,
  weekendsOnly,
  type Calendar,
} from '../../server/deadlines/calendars.ts';
import { addDays, addMonths, addMonthsUp } from '../../server/deadlines/days.ts';
import { publishedHolidays } from './published-holidays.ts';

function closedOn(...holidays: string[]): Calendar {
  return { ...weekendsOnly, name: 'test', isHoliday: (day) => holidays.includes(day) };
}

function holidaysIn(id: CalendarId, year: number): string {
  const found: string[] = [];
  const { isHoliday } = calendarOf(id);
  for (let day = `${year}-01-01`; day < `${year + 1}`; day = addDays(day, 1)) {
    if (isHoliday(day)) found.push(day.slice(5));
  }
  return found.join(' ');
}

describe('Calendar', () => {
  it('clamps a month to its last day, also across years and backwards', () => {
    expect(addMonths('2026-01-31', 1)).to.equal('2026-02-28');
    expect(addMonths('2027-12-31', 2)).to.equal('2028-02-29');
    expect(addMonths('2026-03-31', -1)).to.equal('2026-02-28');
    expect(addMonths('2026-11-30', 3)).to.equal('2027-02-28');
  });

  it('goes up to the next day where a minimum must last through its anniversary', () => {
    expect(addMonthsUp('2024-02-29', 12)).to.equal('2025-03-01');
    expect(addMonthsUp('2024-02-29', 48)).to.equal('2028-02-29');
  });

  it('counts business days from the day after, over weekends and holidays', () => {
    expect(addBusinessDays('2026-06-26', 10, closedOn('2026-07-03'))).to.equal('2026-07-13');
    expect(addBusinessDays('2026-06-27', 1, weekendsOnly)).to.equal('2026-06-29');
  });

  it('rolls over a weekend and the holidays behind it', () => {
    expect(rollForward('2026-04-03', closedOn('2026-04-03', '2026-04-06'))).to.equal('2026-04-07');
    expect(rollForward('2026-04-07', weekendsOnly)).to.equal('2026-04-07');
    expect(rollForward('2026-04-03', calendarOf('SA'))).to.equal('2026-04-05');
  });

  it('refuses what is no calendar day', () => {
    for (const day of ['2026-02-30', '2026-2-1', '', 'today', '2026-02-01T10:00']) {
      expect(() => addDays(day, 1), day).to.throw(RangeError);
    }
  });
});

describe('Public holidays', () => {
  for (const [id, years] of Object.entries(publishedHolidays)) {
    it(`of ${id} are those that were published`, () => {
      for (const [year, days] of Object.entries(years)) {
        expect(holidaysIn(id as CalendarId, Number(year)), year).to.equal(days);
      }
    });
  }

  it('are known for every state of the European Economic Area and every other calendar', () => {
    expect(calendarIds).to.include.members(eeaCountries);
    for (const id of calendarIds) {
      const days = holidaysIn(id, 2027).split(' ');
      expect(days.length, id).to.be.within(4, 30);
    }
  });

  it('differ between the nations of the United Kingdom', () => {
    expect(calendarOf('UK-NIR').isHoliday('2026-03-17')).to.equal(true);
    expect(calendarOf('UK-SCT').isHoliday('2026-04-06')).to.equal(false);
    expect(calendarOf('UK-EAW').isHoliday('2026-04-06')).to.equal(true);
  });

  it('are loaded only when a date needs them', () => {
    const url = new URL('../../server/deadlines/deadlines.ts', import.meta.url).href;
    const script = `
      await import('${url}');
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire('${url}').cache ?? {});
      process.stdout.write(String(loaded.some((file) => file.includes('date-holidays'))));`;
    const run = spawnSync(process.execPath, [
      '--import',
      'tsx/esm',
      '--input-type=module',
      '-e',
      script,
    ]);
    expect(run.stdout.toString()).to.equal('false');
  });
});
