import { productDefaults, type RegimeId } from '../../../config/regimes.ts';
import { type RightId } from '../../../config/rights.ts';
import {
  addDays,
  earliest,
  localDay,
  weekendsOnly,
  type Calendar,
  type CalendarDay,
} from './calendar.ts';
import {
  datesUnder,
  nameOf,
  referenceOf,
  ruleOf,
  rulesInForce,
  strictest,
  strictestExtension,
  type RuleReference,
  type Step,
} from './periods.ts';

export interface DeadlineInput {
  readonly right: RightId;
  readonly regimes: readonly RegimeId[];
  /** When the message reached any official channel, out of hours or not. */
  readonly receivedAt: Date;
  /** The organisation's IANA time zone. */
  readonly timeZone: string;
  /** Days in which the organisation promises to answer, or null if it promises nothing. */
  readonly promiseDays: number | null;
  /** Whether the person was told, in time and with reasons, that the answer takes longer. */
  readonly extended?: boolean;
  readonly calendar?: Calendar;
  /** The rules stored on the request; without them, those in force on the day of receipt. */
  readonly rules?: readonly RuleReference[];
}

export interface DeadlineResult {
  readonly receivedOn: CalendarDay;
  /** The law's last day before weekends and holidays move it; null where no law gives one. */
  readonly statutoryEnd: CalendarDay | null;
  /** The law's last day. Statistics use it. */
  readonly due: CalendarDay | null;
  /** The law's last day under its strictest plausible reading. */
  readonly safeDue: CalendarDay | null;
  readonly promiseDue: CalendarDay | null;
  /** The day by which to answer; a request open after it is overdue. */
  readonly effectiveDue: CalendarDay;
  /** The day that reminders count down to, never after `effectiveDue`. */
  readonly alarmOn: CalendarDay;
  readonly acknowledgeBy: CalendarDay | null;
  /** The last day to tell the person of an extension; null where none is possible. */
  readonly extensionNoticeBy: CalendarDay | null;
  readonly extendedStatutoryEnd: CalendarDay | null;
  readonly extendedDue: CalendarDay | null;
  readonly isExtended: boolean;
  /** The day on which the request lapses if its sender has not been verified by then. */
  readonly expiresOn: CalendarDay;
  readonly rules: readonly RuleReference[];
  readonly trace: readonly Step[];
}

/**
 * All dates of a request, in the organisation's time zone, and how each came about.
 *
 * Under several regimes every duty takes its earliest date. A promise never rolls, and yields to
 * the law only once the person has been told of an extension. Pauses are not counted: the dates
 * run from receipt, which is never later than the law's. An unverified request lapses no later
 * than the law wants an answer, so that the person hears of it in time (GDPR Art. 12(4)).
 *
 * Throws a RangeError for an unknown time zone or rule, for a promise that is not a positive whole
 * number of days, and for an extension that no rule allows.
 */
export function computeDeadlines(input: DeadlineInput): DeadlineResult {
  const { timeZone, right, regimes, calendar = weekendsOnly, extended: isExtended = false } = input;
  const receivedOn = localDay(input.receivedAt, timeZone);
  const rules = input.rules?.map(ruleOf) ?? rulesInForce(right, regimes, receivedOn);

  const trace: Step[] = [{ code: 'received', params: { timeZone }, on: receivedOn }];
  for (const regime of regimes) {
    if (rules.some((rule) => rule.regime === regime)) continue;
    trace.push({ code: 'no-period', params: { regime, right }, on: receivedOn });
  }
  const dates = rules.map((rule) => datesUnder(rule, receivedOn, calendar, trace));
  const first = strictest(dates.map(({ first }) => first));
  const extended = strictestExtension(dates);
  if (isExtended && !extended) throw new RangeError('No rule of this request can be extended');
  const lawful = isExtended ? extended : first;

  const promiseDue = promisedDay(receivedOn, input.promiseDays, first === null, trace);
  if (first && rules.length > 1) {
    trace.push({ code: 'strictest-rule', params: nameOf(first.rule), on: first.due });
  }
  if (isExtended && extended) {
    trace.push({ code: 'extended', params: nameOf(extended.rule), on: extended.due });
  }
  const effectiveDue = earliest([lawful?.due ?? [], isExtended ? [] : (promiseDue ?? [])].flat());
  const deciding = lawful?.due === effectiveDue ? lawful.rule : null;
  const basis = isExtended ? 'extension' : deciding ? 'law' : 'promise';
  const decided = { basis, ...(deciding ? nameOf(deciding) : {}) };
  trace.push({ code: 'working-date', params: decided, on: effectiveDue });

  const expiry = addDays(receivedOn, productDefaults.unverified.expireAfterDays);
  return {
    receivedOn,
    statutoryEnd: first?.end ?? null,
    due: first?.due ?? null,
    safeDue: first?.safe ?? null,
    promiseDue,
    effectiveDue,
    alarmOn: earliest([effectiveDue, lawful?.safe ?? effectiveDue]),
    acknowledgeBy: earliestOrNull(dates.flatMap(({ acknowledgeBy }) => acknowledgeBy ?? [])),
    extensionNoticeBy: extended?.noticeBy ?? null,
    extendedStatutoryEnd: extended?.end ?? null,
    extendedDue: extended?.due ?? null,
    isExtended,
    expiresOn: earliest([expiry, first?.safe ?? expiry]),
    rules: rules.map(referenceOf),
    trace,
  };
}

export const extensionRefusals = ['not-provided', 'already-extended', 'too-late'] as const;
export type ExtensionRefusal = (typeof extensionRefusals)[number];

/**
 * Why a request may not be extended today, or null if it may: once only, and only while the notice
 * with its reasons still reaches the person within the first period.
 */
export function extensionRefusal(
  clock: Pick<DeadlineResult, 'extensionNoticeBy' | 'isExtended'>,
  today: CalendarDay,
): ExtensionRefusal | null {
  if (clock.extensionNoticeBy === null) return 'not-provided';
  if (clock.isExtended) return 'already-extended';
  return today <= clock.extensionNoticeBy ? null : 'too-late';
}

/** The promise counts calendar days and never rolls; without law or promise the default steps in. */
function promisedDay(
  receivedOn: CalendarDay,
  promiseDays: number | null,
  isLawless: boolean,
  trace: Step[],
): CalendarDay | null {
  if (promiseDays === null && !isLawless) return null;
  const days = promiseDays ?? productDefaults.promiseDays;
  if (!Number.isSafeInteger(days) || days < 1) {
    throw new RangeError(`Not a promise in whole days: ${days}`);
  }
  const on = addDays(receivedOn, days);
  const code = promiseDays === null ? 'default-promise' : 'promise';
  trace.push({ code, params: { days: `${days}` }, on });
  return on;
}

function earliestOrNull(days: readonly CalendarDay[]): CalendarDay | null {
  return days.length > 0 ? earliest(days) : null;
}
