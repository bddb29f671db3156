import { CommandError, notSupported } from '../../errors.ts';
import { dateAt, instantOf } from '../../values/dates.ts';
import { isDocument, isNullish, isNumeric, typeName, type Document } from '../../values/kinds.ts';
import { longOf, toNumber } from '../../values/numbers.ts';
import { named, type Builder, type Builders } from './builder.ts';
import { fromWallClock, wallClock, zoneOffset, type WallClock } from './time-zones.ts';

const FIXED: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};
const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function dateFrom(value: unknown): Date {
  const instant = instantOf(value);
  if (instant) return instant;
  throw new CommandError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

function zoneFrom(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string')
    throw new CommandError(40517, 'timezone must evaluate to a string');
  return value;
}

function weekdayFrom(value: unknown): number {
  const day = WEEKDAYS.indexOf(
    (typeof value === 'string' ? value : 'sunday').slice(0, 3).toLowerCase(),
  );
  if (day < 0) throw new CommandError(9, 'unknown day of week value');
  return day;
}

function unitFrom(value: unknown): string {
  if (typeof value !== 'string' || !Object.hasOwn({ ...FIXED, ...MONTHS }, value))
    throw new CommandError(9, `unknown time unit value: ${String(value)}`);
  return value;
}

function amountFrom(value: unknown): number {
  if (!isNumeric(value)) throw new CommandError(5166405, 'expected a numeric amount');
  return toNumber(value);
}

/** Periods are counted from 2000-01-01, weeks from the first start of a week after it. */
function truncate({ date, unit, binSize, timezone, startOfWeek }: Document): unknown {
  if ([date, unit].some(isNullish) || timezone === null) return null;
  const moment = dateFrom(date);
  const zone = zoneFrom(timezone);
  const name = unitFrom(unit);
  const bin = binSize === undefined ? 1 : amountFrom(binSize);
  const clock = wallClock(moment, zone);
  const months = MONTHS[name];
  if (months !== undefined) {
    const size = months * bin;
    const month = (clock.year - 2000) * 12 + clock.month - 1;
    return fromWallClock(Date.UTC(2000, Math.floor(month / size) * size, 1), zone);
  }
  const size = (FIXED[name] ?? 1) * bin;
  const start = Date.UTC(2000, 0, 1);
  if (name === 'week' || name === 'day') {
    // 2000-01-01 was a Saturday.
    const shift = name === 'week' ? ((weekdayFrom(startOfWeek) + 1) % 7) * 86_400_000 : 0;
    const origin = start + shift;
    return fromWallClock(Math.floor((clock.time - origin) / size) * size + origin, zone);
  }
  const origin = start - zoneOffset(moment.getTime(), zone);
  return new Date(Math.floor((moment.getTime() - origin) / size) * size + origin);
}

function add({ startDate, unit, amount, timezone }: Document): unknown {
  if ([startDate, unit, amount].some(isNullish) || timezone === null) return null;
  const moment = dateFrom(startDate);
  const zone = zoneFrom(timezone);
  const name = unitFrom(unit);
  const count = amountFrom(amount);
  const months = MONTHS[name];
  if (months !== undefined)
    return fromWallClock(addMonths(wallClock(moment, zone), months * count), zone);
  const size = FIXED[name] ?? 1;
  if (name === 'week' || name === 'day')
    return fromWallClock(wallClock(moment, zone).time + count * size, zone);
  return dateAt(moment.getTime() + count * size);
}

/** The same day of another month, or its last day when it is shorter. */
function addMonths(clock: WallClock, count: number): number {
  const month = clock.month - 1 + count;
  const lastDay = new Date(Date.UTC(clock.year, month + 1, 0)).getUTCDate();
  const timeOfDay = clock.time - Date.UTC(clock.year, clock.month - 1, clock.day);
  return Date.UTC(clock.year, month, Math.min(clock.day, lastDay)) + timeOfDay;
}

/** Boundaries crossed between two moments, not whole units elapsed. */
function difference({ startDate, endDate, unit, timezone, startOfWeek }: Document): unknown {
  if ([startDate, endDate, unit].some(isNullish) || timezone === null) return null;
  const zone = zoneFrom(timezone);
  const name = unitFrom(unit);
  const start = wallClock(dateFrom(startDate), zone);
  const end = wallClock(dateFrom(endDate), zone);
  const months = MONTHS[name];
  if (months !== undefined) {
    const period = (clock: WallClock) => Math.floor((clock.year * 12 + clock.month - 1) / months);
    return longOf(BigInt(period(end) - period(start)));
  }
  const size = FIXED[name] ?? 1;
  // 2000-01-02 was a Sunday.
  const origin = name === 'week' ? Date.UTC(2000, 0, 2 + weekdayFrom(startOfWeek)) : 0;
  const period = (clock: WallClock) => Math.floor((clock.time - origin) / size);
  return longOf(BigInt(period(end) - period(start)));
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

const DIRECTIVES: Readonly<Record<string, (clock: WallClock, offset: number) => string>> = {
  Y: ({ year }) => pad(year, 4),
  m: ({ month }) => pad(month, 2),
  d: ({ day }) => pad(day, 2),
  H: ({ hour }) => pad(hour, 2),
  M: ({ minute }) => pad(minute, 2),
  S: ({ second }) => pad(second, 2),
  L: ({ millisecond }) => pad(millisecond, 3),
  z: (_clock, offset) =>
    `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60), 2)}${pad(Math.abs(offset) % 60, 2)}`,
  '%': () => '%',
};

function toText({ date, format, timezone, onNull }: Document): unknown {
  if (isNullish(date)) return onNull ?? null;
  if (timezone === null || format === null) return null;
  const moment = dateFrom(date);
  const zone = zoneFrom(timezone);
  const clock = wallClock(moment, zone);
  const offset = zoneOffset(moment.getTime(), zone) / 60_000;
  const pattern =
    typeof format === 'string' ? format : `%Y-%m-%dT%H:%M:%S.%L${offset === 0 ? 'Z' : '%z'}`;
  return pattern.replace(/%(.?)/gs, (_all, letter: string) => {
    if (/[bBGjuUVwZ]/.test(letter)) throw notSupported(`%${letter} in a date format`);
    const directive = DIRECTIVES[letter];
    if (!directive)
      throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
    return directive(clock, offset);
  });
}

/** $year and its kin take a date, or {date, timezone}. */
function part(read: (clock: WallClock) => unknown): Builder {
  return (argument, compile) => {
    const [only] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
    const isNamed = isDocument(only) && 'date' in only;
    const date = compile(isNamed ? only.date : only);
    const timezone = compile(isNamed ? only.timezone : undefined);
    return (scope) => {
      const value = date(scope);
      return isNullish(value) ? null : read(wallClock(dateFrom(value), zoneFrom(timezone(scope))));
    };
  };
}

export const dateOperators: Builders = {
  $dateTrunc: named(['date', 'unit'], ['binSize', 'timezone', 'startOfWeek'], truncate),
  $dateAdd: named(['startDate', 'unit', 'amount'], ['timezone'], add),
  $dateDiff: named(['startDate', 'endDate', 'unit'], ['timezone', 'startOfWeek'], difference),
  $dateToString: named(['date'], ['format', 'timezone', 'onNull'], toText),
  $year: part(({ year }) => year),
  $month: part(({ month }) => month),
  $dayOfMonth: part(({ day }) => day),
  $dayOfWeek: part(({ weekday }) => weekday + 1),
  $hour: part(({ hour }) => hour),
  $minute: part(({ minute }) => minute),
  $second: part(({ second }) => second),
  $millisecond: part(({ millisecond }) => millisecond),
};
