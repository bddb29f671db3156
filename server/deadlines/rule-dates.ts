import type { CalendarPeriod, DeadlineRule } from '../../config/law/rule.ts';
import type { CalendarId } from '../../config/law/calendars.ts';
import { addPeriod, calendarOf, isWeekend, rollForward, type Calendar } from './calendars.ts';
import { addMonths, addMonthsUp, type CalendarDay } from './days.ts';
import { alternatesOf, periodEnd, type PeriodEnd, type RuleCase } from './period-end.ts';
import { effectOf } from './pauses.ts';
import { referenceOf, type RuleReference } from './rules.ts';
import { noteOf, type Alternate, type Note, type Step } from './trace.ts';

/** All dates that one rule gives. */
export interface RuleDates {
  readonly rule: DeadlineRule;
  /** The earlier of stopping and answering; null where the rule only asks for a confirmation. */
  readonly first: PeriodEnd | null;
  readonly stop: PeriodEnd | null;
  readonly answer: PeriodEnd | null;
  readonly extended: PeriodEnd | null;
  readonly acknowledgeBy: CalendarDay | null;
  readonly acknowledgeSafe: CalendarDay | null;
  readonly simplifiedDue: CalendarDay | null;
  readonly smallAgentDue: CalendarDay | null;
  readonly lookBackFrom: CalendarDay | null;
  readonly lookBackFloor: CalendarDay | null;
  readonly noRepromptBefore: CalendarDay | null;
  readonly archivesUntil: CalendarDay | null;
  readonly alternates: readonly Alternate[];
}

/** What a request keeps of each rule that it falls under. */
export interface DueUnderRule {
  readonly rule: RuleReference;
  readonly regime: DeadlineRule['regime'];
  readonly due: CalendarDay | null;
  readonly safeDue: CalendarDay | null;
  readonly extendedDue: CalendarDay | null;
}

export const dueUnderRule = ({ rule, first, extended }: RuleDates): DueUnderRule => ({
  rule: referenceOf(rule),
  regime: rule.regime,
  due: first?.due ?? null,
  safeDue: first?.safe ?? null,
  extendedDue: extended?.due ?? null,
});

/** Whose holidays a rule counts: the establishment's if the rule knows it, else the law's own. */
function calendarUnder(rule: DeadlineRule, establishment: Calendar): Calendar {
  const [own] = rule.calendars ?? [];
  if (own === undefined || rule.calendars?.includes(establishment.name as CalendarId)) {
    return establishment;
  }
  return calendarOf(own);
}

/** All dates of one rule; what led to them is added to the trace. */
export function datesUnder(rule: DeadlineRule, about: RuleCase, trace: Step[]): RuleDates {
  const { receivedOn, isSmallAgent } = about;
  const calendar = calendarUnder(rule, about.establishment);
  const note = noteOf(rule, trace);
  const alternates: Alternate[] = [];
  const small = isSmallAgent ? rule.smallAgent : undefined;
  const respond = small?.respond ?? rule.respond;

  const stop = rule.stop ? periodEnd(rule, rule.stop, { ...about, pauses: [] }, calendar) : null;
  const answer = respond ? periodEnd(rule, respond, about, calendar) : null;
  if (answer && respond) notePauses(rule, about, answer, note);
  if (stop && rule.stop) noteStop(rule, rule.stop, stop, receivedOn, calendar, note);
  if (answer && respond) {
    noteAnswer(rule, respond, answer, calendar, note, stop ? 'confirm-within' : 'respond-within');
  }
  const first = stop && (!answer?.due || (stop.due ?? '') <= answer.due) ? stop : answer;
  const period = first === stop ? rule.stop : respond;
  if (first && period)
    alternates.push(...alternatesOf(rule, period, about, calendar, first, 'due'));
  if (rule.silence && first?.due) note('silence', first.due);

  const acknowledge = acknowledgement(rule, receivedOn, calendar, note, alternates);
  const extended = extensionOf(rule, respond, about, calendar, answer, note, alternates);
  const simplified = small?.simplified ?? rule.simplified;
  const simplifiedDue = simplified ? addPeriod(receivedOn, simplified, calendar) : null;
  if (simplified && simplifiedDue !== null) {
    note('simplified-within', simplifiedDue, wordsOf(simplified, calendar));
  }
  return {
    rule,
    first,
    stop,
    answer,
    extended,
    ...acknowledge,
    simplifiedDue,
    smallAgentDue: rule.smallAgent
      ? addPeriod(receivedOn, rule.smallAgent.respond, calendar)
      : null,
    ...furtherDates(rule, receivedOn, note, alternates),
    alternates,
  };
}

function acknowledgement(
  rule: DeadlineRule,
  receivedOn: CalendarDay,
  calendar: Calendar,
  note: Note,
  alternates: Alternate[],
) {
  if (!rule.acknowledge) return { acknowledgeBy: null, acknowledgeSafe: null };
  const end = periodEnd(
    { ...rule, firstDay: 'afterReceipt' },
    rule.acknowledge,
    { right: 'access', receivedOn, pauses: [] },
    calendar,
  );
  note('acknowledge-within', end.end, wordsOf(rule.acknowledge, calendar));
  if (end.due !== null && end.due !== end.end) {
    note('acknowledge-rolled', end.due, { from: end.end, ...becauseOf(end.end, calendar) });
  }
  if (rule.acknowledge.unit === 'businessDay' && end.safe !== end.due) {
    alternates.push({
      reading: 'weekends-only',
      field: 'acknowledgeBy',
      on: end.safe,
      rule: referenceOf(rule),
    });
  }
  return { acknowledgeBy: end.due, acknowledgeSafe: end.safe };
}

function extensionOf(
  rule: DeadlineRule,
  respond: CalendarPeriod | undefined,
  about: RuleCase,
  calendar: Calendar,
  answer: PeriodEnd | null,
  note: Note,
  alternates: Alternate[],
): PeriodEnd | null {
  if (!rule.extension || !respond || !answer) return null;
  // The whole period runs from the anchor: 31 January and three months is 30 April, not 28 April.
  const total = { n: respond.n + rule.extension.add.n, unit: respond.unit };
  const whole = periodEnd(rule, total, about, calendar);
  const chained =
    respond.unit === 'month' ? addMonths(answer.safe, rule.extension.add.n) : whole.safe;
  const extended = { ...whole, safe: chained < whole.safe ? chained : whole.safe };
  alternates.push(...alternatesOf(rule, total, about, calendar, whole, 'extendedDue'));
  const chainedEnd =
    respond.unit === 'month' ? addMonths(answer.end, rule.extension.add.n) : whole.end;
  if (chainedEnd !== whole.end) {
    const on = rule.roll === 'none' ? chainedEnd : rollForward(chainedEnd, calendar);
    alternates.push({
      reading: 'chained-extension',
      field: 'extendedDue',
      on,
      rule: referenceOf(rule),
    });
  }
  if (extended.due !== null && answer.due !== null) {
    const words = wordsOf(rule.extension.add, calendar);
    note(
      'extension-possible',
      extended.due,
      { ...words, noticeBy: answer.due },
      respond.unit === 'month' ? 'anchored-extension' : undefined,
    );
  }
  return extended;
}

function furtherDates(
  rule: DeadlineRule,
  receivedOn: CalendarDay,
  note: Note,
  alternates: Alternate[],
) {
  const { noReprompt, lookBack, archives } = rule;
  const noRepromptBefore = noReprompt ? addMonthsUp(receivedOn, noReprompt.n) : null;
  if (noReprompt && noRepromptBefore !== null) {
    note('no-reprompt', noRepromptBefore, { n: `${noReprompt.n}`, unit: noReprompt.unit });
    const clamped = addMonths(receivedOn, noReprompt.n);
    if (clamped !== noRepromptBefore) {
      alternates.push({
        reading: 'clamped',
        field: 'noRepromptBefore',
        on: clamped,
        rule: referenceOf(rule),
      });
    }
  }
  const lookBackFrom = lookBack ? addMonths(receivedOn, -lookBack.period.n) : null;
  if (lookBack && lookBackFrom !== null) {
    note('look-back', lookBackFrom, { n: `${lookBack.period.n}`, unit: lookBack.period.unit });
  }
  const archivesUntil = archives ? addMonths(receivedOn, archives.n) : null;
  if (archives && archivesUntil !== null) {
    note('archives-until', archivesUntil, { n: `${archives.n}`, unit: archives.unit });
  }
  return {
    noRepromptBefore,
    lookBackFrom,
    lookBackFloor: lookBack?.floor ?? null,
    archivesUntil,
  };
}

function notePauses(rule: DeadlineRule, about: RuleCase, answer: PeriodEnd, note: Note): void {
  if (answer.anchor !== about.receivedOn) note('clock-starts', answer.anchor, {}, 'restart');
  for (const pause of about.pauses) {
    const effect = effectOf(pause.kind, rule, about.right);
    if (effect === 'none') continue;
    const { kind, askedOn, answeredOn } = pause;
    if (answer.late.includes(pause)) note('pause-too-late', askedOn, { pause: kind });
    else if (answeredOn === null) note('pause-open', askedOn, { pause: kind });
    else {
      const reading = effect === 'excludeDaysInclusive' ? 'inclusive' : effect;
      note('paused', answeredOn, { pause: kind, from: askedOn }, reading);
    }
  }
}

function noteStop(
  rule: DeadlineRule,
  period: CalendarPeriod,
  stop: PeriodEnd,
  receivedOn: CalendarDay,
  calendar: Calendar,
  note: Note,
): void {
  if (period.n === 0) {
    note('stop-at-once', stop.end);
    noteRoll(stop, calendar, note);
    return;
  }
  note('stop-within', stop.end, { ...wordsOf(period, calendar), from: receivedOn });
  noteRoll(stop, calendar, note);
  if (rule.isSafeAtOnceOnly) note('safe-at-once', stop.safe, {}, 'at-once');
}

function noteAnswer(
  rule: DeadlineRule,
  period: CalendarPeriod,
  answer: PeriodEnd,
  calendar: Calendar,
  note: Note,
  code: 'respond-within' | 'confirm-within',
): void {
  note(code, answer.base, {
    ...wordsOf(period, calendar),
    from: answer.anchor,
    ...(rule.outerText ? { within: rule.outerText } : {}),
  });
  if (period.unit === 'month' && answer.base.slice(8) !== answer.anchor.slice(8)) {
    note('month-ends-early', answer.base, { from: answer.anchor });
  }
  if (answer.pausedDays > 0) note('pause-added', answer.end, { days: `${answer.pausedDays}` });
  noteRoll(answer, calendar, note);
  if (rule.firstDay === 'receiptIsDayOne') {
    note('day-one-reading', answer.safe, {}, 'day-one');
  } else if (answer.areSafePausesFewer) {
    note('pauses-uncounted', answer.safe);
  }
}

function noteRoll({ due, end }: PeriodEnd, calendar: Calendar, note: Note): void {
  if (due === null || due === end) return;
  note('rolled', due, { from: end, ...becauseOf(end, calendar), calendar: calendar.name });
}

const becauseOf = (day: CalendarDay, calendar: Calendar) => ({
  because: isWeekend(day, calendar) ? 'weekend' : 'holiday',
});

/** A period and the calendar it is counted by, as parameters of a step. */
export function wordsOf(period: CalendarPeriod, calendar: Calendar): Record<string, string> {
  const counted = period.unit === 'businessDay' ? { calendar: calendar.name } : {};
  return { n: `${period.n}`, unit: period.unit, ...counted };
}
