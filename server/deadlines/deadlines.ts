import type { CalendarId } from '../../config/law/calendars.ts';
import { productDefaults, type RegimeId } from '../../config/regimes.ts';
import type { ChannelId, ControllerRole, RightId } from '../../config/rights.ts';
import { addBusinessDays, asCalendar, type Calendar } from './calendars.ts';
import { addDays, earliest, earliestOf, localDay, type CalendarDay } from './days.ts';
import type { Pause } from './pauses.ts';
import { datesUnder, dueUnderRule, type DueUnderRule, type RuleDates } from './rule-dates.ts';
import { referenceOf, ruleOf, rulesInForce, type RuleReference } from './rules.ts';
import { strictest, strictestExtension, type Strictest } from './strictest.ts';
import { nameOf, type Alternate, type Step } from './trace.ts';

export interface DeadlineInput {
  readonly right: RightId;
  readonly regimes: readonly RegimeId[];
  /** When the message reached any official channel, out of hours or not. */
  readonly receivedAt: Date;
  /** The organisation's IANA time zone. */
  readonly timeZone: string;
  /** Days in which the organisation promises to answer, or null if it promises nothing. */
  readonly promiseDays: number | null;
  /** The promise is "or as the law requires", and read so: then it gives way to a longer law. */
  readonly promiseYields?: boolean;
  /** A way in may have a period of its own: an opt-out signal counts at once. */
  readonly channel?: ChannelId;
  /** A processor or business associate has no answer to give, but passes the request on. */
  readonly role?: ControllerRole;
  /** Days in which an agreement asks to pass a request on. */
  readonly contractDays?: number | null;
  readonly isSmallAgent?: boolean;
  /** What the person was asked for, and since when. */
  readonly pauses?: readonly Pause[];
  /** Whether the person was told, in time and with reasons, that the answer takes longer. */
  readonly extended?: boolean;
  /** When that notice was sent, if it is still to be judged whether it was in time. */
  readonly extensionNoticeOn?: CalendarDay;
  /** The holidays of the establishment that answers; without them, weekends only. */
  readonly calendar?: CalendarId | Calendar;
  /** The organisation's own closing days: no holidays in law, so alarms ring before them. */
  readonly closingDays?: readonly CalendarDay[];
  /** The rules stored on the request; without them, those in force on the day of receipt. */
  readonly rules?: readonly RuleReference[];
}

export interface DeadlineResult {
  readonly receivedOn: CalendarDay;
  /** The day from which the law counts: that of receipt, unless a rule waits for something. */
  readonly clockStart: CalendarDay;
  readonly pausedDays: number;
  /** An open pause: the law gives no date until the person answers. */
  readonly isPaused: boolean;
  /** The law's last day before weekends and holidays move it; null where no law gives one. */
  readonly statutoryEnd: CalendarDay | null;
  /** The same without the days of a pause. */
  readonly baseEnd: CalendarDay | null;
  /** The law's last day to answer, or to stop where that comes first. Statistics use it. */
  readonly due: CalendarDay | null;
  /** The law's last day under its strictest plausible reading. */
  readonly safeDue: CalendarDay | null;
  /** The last day to refuse, with reasons: an extension does not move it. */
  readonly refusalBy: CalendarDay | null;
  /** By when the processing complained of has to stop. */
  readonly stopBy: CalendarDay | null;
  /** By when to confirm that it has. */
  readonly confirmBy: CalendarDay | null;
  readonly acknowledgeBy: CalendarDay | null;
  readonly acknowledgeSafe: CalendarDay | null;
  readonly simplifiedDue: CalendarDay | null;
  readonly smallAgentDue: CalendarDay | null;
  /** For whom only passes on: by when to do so, and when the answer of the principal is due. */
  readonly forwardBy: CalendarDay | null;
  readonly principalDue: CalendarDay | null;
  readonly promiseDue: CalendarDay | null;
  /** The day by which to answer; a request open after it is overdue. */
  readonly effectiveDue: CalendarDay;
  /** The day that reminders count down to, never after `effectiveDue`. */
  readonly alarmOn: CalendarDay;
  /** The last day to tell the person of an extension; null where none is possible. */
  readonly extensionNoticeBy: CalendarDay | null;
  readonly extendedStatutoryEnd: CalendarDay | null;
  readonly extendedDue: CalendarDay | null;
  readonly isExtended: boolean;
  /** What became of `extensionNoticeOn`; null where there was none. */
  readonly extensionAccepted: boolean | null;
  /** The law's last day with the extension that was taken, or the first without one. */
  readonly lawfulDue: CalendarDay | null;
  readonly lookBackFrom: CalendarDay | null;
  readonly lookBackFloor: CalendarDay | null;
  readonly noRepromptBefore: CalendarDay | null;
  readonly archivesUntil: CalendarDay | null;
  /** The day on which the request lapses if its sender has not been verified by then. */
  readonly expiresOn: CalendarDay;
  readonly rules: readonly RuleReference[];
  readonly underRules: readonly DueUnderRule[];
  readonly alternates: readonly Alternate[];
  readonly trace: readonly Step[];
}

/**
 * All dates of a request, in the organisation's time zone, and how each came about.
 *
 * Under several regimes every duty takes its earliest date. A promise never rolls and never
 * pauses, and yields to the law only once the person has been told of an extension. An unverified
 * request lapses no later than the law wants an answer, so that the person hears of it in time
 * (GDPR Art. 12(4)).
 *
 * Throws a RangeError for an unknown time zone or rule, for a promise that is not a positive whole
 * number of days, for a pause that ends before it begins, and for an extension that no rule allows.
 */
export function computeDeadlines(input: DeadlineInput): DeadlineResult {
  const { timeZone, right, regimes } = input;
  const receivedOn = localDay(input.receivedAt, timeZone);
  const establishment = asCalendar(input.calendar);
  const rules = input.rules?.map(ruleOf) ?? rulesInForce(right, regimes, receivedOn, input.channel);
  const pauses = (input.pauses ?? []).map((pause) => checkedPause(pause, receivedOn));

  const trace: Step[] = [{ code: 'received', params: { timeZone }, on: receivedOn }];
  for (const regime of regimes) {
    if (rules.some((rule) => rule.regime === regime)) continue;
    trace.push({ code: 'no-period', params: { regime, right }, on: receivedOn });
  }
  const about = {
    right,
    receivedOn,
    pauses,
    establishment,
    isSmallAgent: input.isSmallAgent ?? false,
  };
  const dates = rules.map((rule) => datesUnder(rule, about, trace));
  const first = strictest(dates.flatMap(({ first }) => first ?? []));
  const longer = strictestExtension(dates);
  const passesOn = input.role === 'processor' || input.role === 'businessAssociate';
  const forwardBy = passesOn ? forwardingDay(receivedOn, input, establishment, trace) : null;
  const verdict = judgeExtension(input, passesOn ? null : longer, trace);
  const lawful = verdict.isExtended ? longer : first;

  const isLawless = first === null && forwardBy === null;
  const promiseDue = promisedDay(receivedOn, input.promiseDays, isLawless, trace);
  if (first && rules.length > 1 && first.due !== null) {
    trace.push({ code: 'strictest-rule', params: nameOf(first.rule), on: first.due });
  }
  if (verdict.isExtended && longer?.due) {
    trace.push({ code: 'extended', params: nameOf(longer.rule), on: longer.due });
  }
  if (passesOn && first?.due) {
    trace.push({ code: 'principal-due', params: nameOf(first.rule), on: first.due });
  }
  const own = passesOn ? null : first;
  const legal = passesOn ? forwardBy : (lawful?.due ?? lawful?.safe ?? null);
  const yields = verdict.isExtended || (input.promiseYields === true && legal !== null);
  if (input.promiseYields && legal !== null && promiseDue !== null && promiseDue < legal) {
    trace.push({
      code: 'promise-gives-way',
      params: { from: promiseDue },
      on: legal,
      reading: 'promise-yields',
    });
  }
  const effectiveDue = earliestOf([legal, yields ? null : promiseDue]) ?? receivedOn;
  trace.push({
    code: 'working-date',
    params: basisOf(effectiveDue, { legal, lawful: passesOn ? null : lawful, forwardBy, verdict }),
    on: effectiveDue,
  });
  const safe = passesOn ? forwardBy : (lawful?.safe ?? effectiveDue);
  const alarm = earliestOf([effectiveDue, safe]) ?? effectiveDue;
  const alarmOn = openDayBefore(alarm, receivedOn, input.closingDays ?? [], trace);
  return {
    receivedOn,
    clockStart: first?.anchor ?? receivedOn,
    pausedDays: first?.pausedDays ?? 0,
    isPaused: first?.due === null,
    statutoryEnd: own?.due == null ? null : own.end,
    baseEnd: own?.base ?? null,
    due: own?.due ?? null,
    safeDue: own?.safe ?? null,
    refusalBy: passesOn ? null : earliestOf(dates.map(({ answer }) => answer?.due)),
    stopBy: earliestOf(dates.map(({ stop }) => stop?.due)),
    confirmBy: earliestOf(dates.map(({ stop, answer }) => (stop ? answer?.due : null))),
    acknowledgeBy: earliestOf(dates.map(({ acknowledgeBy }) => acknowledgeBy)),
    acknowledgeSafe: earliestOf(dates.map(({ acknowledgeSafe }) => acknowledgeSafe)),
    simplifiedDue: earliestOf(dates.map(({ simplifiedDue }) => simplifiedDue)),
    smallAgentDue: earliestOf(dates.map(({ smallAgentDue }) => smallAgentDue)),
    forwardBy,
    principalDue: passesOn ? (first?.due ?? null) : null,
    promiseDue,
    effectiveDue,
    alarmOn,
    extensionNoticeBy: passesOn ? null : (longer?.noticeBy ?? null),
    extendedStatutoryEnd: longer?.due == null ? null : longer.end,
    extendedDue: passesOn ? null : (longer?.due ?? null),
    ...verdict,
    lawfulDue: passesOn ? null : (lawful?.due ?? null),
    ...furtherOf(dates),
    expiresOn: expiryOf(receivedOn, dates),
    rules: rules.map(referenceOf),
    underRules: dates.map(dueUnderRule),
    alternates: [
      ...dates.flatMap(({ alternates }) => alternates),
      ...principalReading(passesOn, { ...input, rules: rules.map(referenceOf) }, forwardBy, first),
      ...(input.promiseYields ? [] : promiseReading(promiseDue, own)),
    ],
    trace,
  };
}

export type ExtensionRefusal = 'not-provided' | 'already-extended' | 'too-late';

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

function judgeExtension(
  { extended = false, extensionNoticeOn }: DeadlineInput,
  longer: ReturnType<typeof strictestExtension>,
  trace: Step[],
): { isExtended: boolean; extensionAccepted: boolean | null } {
  if (extended && !longer) throw new RangeError('No rule of this request can be extended');
  if (extensionNoticeOn === undefined) return { isExtended: extended, extensionAccepted: null };
  const why = extensionRefusal(
    { extensionNoticeBy: longer?.noticeBy ?? null, isExtended: extended },
    extensionNoticeOn,
  );
  if (why !== null) {
    trace.push({ code: 'extension-refused', params: { why }, on: extensionNoticeOn });
  }
  return { isExtended: extended || why === null, extensionAccepted: why === null };
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

/** The law names no day for passing on: the agreement does, or the product's one working day. */
function forwardingDay(
  receivedOn: CalendarDay,
  { contractDays }: DeadlineInput,
  establishment: Calendar,
  trace: Step[],
): CalendarDay {
  const { forwardBusinessDays } = productDefaults;
  const on =
    contractDays == null
      ? addBusinessDays(receivedOn, forwardBusinessDays, establishment)
      : addDays(receivedOn, contractDays);
  const params: Record<string, string> =
    contractDays == null
      ? { n: `${forwardBusinessDays}`, unit: 'businessDay', basis: 'default' }
      : { n: `${contractDays}`, unit: 'day', basis: 'contract' };
  trace.push({ code: 'forward-within', params, on });
  return on;
}

/** The principal may count only from when it gets the request: it depends on who is whose agent. */
function principalReading(
  passesOn: boolean,
  input: DeadlineInput,
  forwardBy: CalendarDay | null,
  first: Strictest | null,
): Alternate[] {
  if (!passesOn || forwardBy === null || first === null) return [];
  const forwarded = computeDeadlines({
    ...input,
    receivedAt: new Date(`${forwardBy}T12:00:00Z`),
    timeZone: 'UTC',
    role: 'controller',
    pauses: [],
    promiseDays: null,
  });
  if (forwarded.due === null || forwarded.due === first.due) return [];
  const rule = referenceOf(first.rule);
  return [{ reading: 'forwarded-receipt', field: 'principalDue', on: forwarded.due, rule }];
}

/** A promise of so many days "or as the law requires" can be read to yield to a longer law. */
function promiseReading(promiseDue: CalendarDay | null, own: Strictest | null): Alternate[] {
  if (promiseDue === null || !own?.due || own.due <= promiseDue) return [];
  const rule = referenceOf(own.rule);
  return [{ reading: 'promise-yields', field: 'effectiveDue', on: own.due, rule }];
}

function basisOf(
  effectiveDue: CalendarDay,
  of: {
    legal: CalendarDay | null;
    lawful: Strictest | null;
    forwardBy: CalendarDay | null;
    verdict: { isExtended: boolean };
  },
): Record<string, string> {
  if (of.legal !== effectiveDue) return { basis: 'promise' };
  if (of.forwardBy === effectiveDue) return { basis: 'forward' };
  const rule = of.lawful ? nameOf(of.lawful.rule) : {};
  if (of.lawful?.due === null) return { basis: 'paused', ...rule };
  return { basis: of.verdict.isExtended ? 'extension' : 'law', ...rule };
}

/** On a closing day nobody answers, and no law waits for it: the alarm rings before. */
function openDayBefore(
  day: CalendarDay,
  receivedOn: CalendarDay,
  closingDays: readonly CalendarDay[],
  trace: Step[],
): CalendarDay {
  let open = day;
  while (closingDays.includes(open) && open > receivedOn) open = addDays(open, -1);
  if (open !== day) trace.push({ code: 'closed', params: { from: day }, on: open });
  return open;
}

const furtherOf = (dates: readonly RuleDates[]) => ({
  lookBackFrom: earliestOf(dates.map(({ lookBackFrom }) => lookBackFrom)),
  lookBackFloor: earliestOf(dates.map(({ lookBackFloor }) => lookBackFloor)),
  // A prohibition: the later day is the safe one.
  noRepromptBefore: dates.reduce<CalendarDay | null>(
    (most, { noRepromptBefore: day }) => (day !== null && day > (most ?? '') ? day : most),
    null,
  ),
  archivesUntil: earliestOf(dates.map(({ archivesUntil }) => archivesUntil)),
});

/** Stopping needs no proof, so only the day to answer can make an unproven request lapse. */
function expiryOf(receivedOn: CalendarDay, dates: readonly RuleDates[]): CalendarDay {
  const expiry = addDays(receivedOn, productDefaults.unverified.expireAfterDays);
  return earliest([expiry, ...dates.flatMap(({ answer }) => answer?.safe ?? [])]);
}

function checkedPause(pause: Pause, receivedOn: CalendarDay): Pause {
  if (pause.answeredOn !== null && pause.answeredOn < pause.askedOn) {
    throw new RangeError(`A pause ends before it begins: ${pause.askedOn}`);
  }
  return pause.askedOn < receivedOn ? { ...pause, askedOn: receivedOn } : pause;
}
