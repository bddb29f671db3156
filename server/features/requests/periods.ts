import {
  regimes as everyRule,
  type CalendarPeriod,
  type DeadlineRule,
  type RegimeId,
} from '../../../config/regimes.ts';
import { type RightId } from '../../../config/rights.ts';
import {
  addDays,
  addPeriod,
  earliest,
  isWeekend,
  rollForward,
  weekendsOnly,
  type Calendar,
  type CalendarDay,
} from './calendar.ts';

/** Names one version of a rule for good: `gdpr-answer@1`. */
export type RuleReference = string;

export const stepCodes = [
  'received',
  'no-period',
  'respond-within',
  'month-ends-early',
  'rolled',
  'day-one-reading',
  'acknowledge-within',
  'extension-possible',
  'promise',
  'default-promise',
  'strictest-rule',
  'extended',
  'working-date',
] as const;
export type StepCode = (typeof stepCodes)[number];

/** One sentence of the explanation of a date; the templates put it into words. */
export interface Step {
  readonly code: StepCode;
  readonly params: Readonly<Record<string, string>>;
  /** The day to which this step leads. */
  readonly on: CalendarDay;
  readonly source?: string;
}

/** The rules for a right under some regimes that are in force on the day of receipt. */
export function rulesInForce(
  right: RightId,
  regimes: readonly RegimeId[],
  receivedOn: CalendarDay,
): DeadlineRule[] {
  return everyRule.filter(
    (rule) =>
      regimes.includes(rule.regime) &&
      rule.requestTypes.includes(right) &&
      rule.effectiveFrom <= receivedOn &&
      receivedOn <= (rule.effectiveTo ?? receivedOn),
  );
}

export function referenceOf(rule: DeadlineRule): RuleReference {
  return `${rule.id}@${rule.version}`;
}

/** The rule that a request keeps; throws a RangeError if it is unknown. */
export function ruleOf(reference: RuleReference): DeadlineRule {
  const rule = everyRule.find((candidate) => referenceOf(candidate) === reference);
  if (!rule) throw new RangeError(`No such rule: ${reference}`);
  return rule;
}

/** One period under one rule: its last day unmoved, as accepted, and as read most strictly. */
export interface PeriodEnd {
  readonly rule: DeadlineRule;
  readonly end: CalendarDay;
  readonly due: CalendarDay;
  readonly safe: CalendarDay;
}

interface RuleDates {
  readonly first: PeriodEnd;
  readonly acknowledgeBy: CalendarDay | undefined;
  readonly extended: PeriodEnd | null;
}

/** All dates of one rule; what led to them is added to the trace. */
export function datesUnder(
  rule: DeadlineRule,
  receivedOn: CalendarDay,
  calendar: Calendar,
  trace: Step[],
): RuleDates {
  const note = (code: StepCode, on: CalendarDay, params: Record<string, string> = {}) => {
    const [source] = rule.sources;
    const all = { ...nameOf(rule), ...params };
    trace.push({ code, params: all, on, ...(source === undefined ? {} : { source }) });
  };
  const first = periodEnd(rule, rule.respond, receivedOn, calendar);
  note('respond-within', first.end, {
    ...wordsOf(rule.respond, calendar),
    from: receivedOn,
    ...(rule.outerText ? { within: rule.outerText } : {}),
  });
  if (rule.respond.unit === 'month' && first.end.slice(8) !== receivedOn.slice(8)) {
    note('month-ends-early', first.end, { from: receivedOn });
  }
  if (first.due !== first.end) {
    const because = isWeekend(first.end) ? 'weekend' : 'holiday';
    note('rolled', first.due, { from: first.end, because, calendar: calendar.name });
  }
  if (rule.firstDay === 'receiptIsDayOne') note('day-one-reading', first.safe);

  const acknowledgeBy = rule.acknowledge && addPeriod(receivedOn, rule.acknowledge, calendar);
  if (rule.acknowledge && acknowledgeBy !== undefined) {
    note('acknowledge-within', acknowledgeBy, wordsOf(rule.acknowledge, calendar));
  }
  if (!rule.extension) return { first, acknowledgeBy, extended: null };

  // The whole period runs from the anchor: 31 January and three months is 30 April, not 28 April.
  const total = { n: rule.respond.n + rule.extension.add.n, unit: rule.respond.unit };
  const extended = periodEnd(rule, total, receivedOn, calendar);
  const words = wordsOf(rule.extension.add, calendar);
  note('extension-possible', extended.due, { ...words, noticeBy: first.due });
  return { first, acknowledgeBy, extended };
}

function periodEnd(
  rule: DeadlineRule,
  period: CalendarPeriod,
  receivedOn: CalendarDay,
  calendar: Calendar,
): PeriodEnd {
  const end = addPeriod(receivedOn, period, calendar);
  const due = rule.roll === 'nextWorkingDay' ? rollForward(end, calendar) : end;
  const strictEnd = addPeriod(receivedOn, period, weekendsOnly);
  const safe = rule.firstDay === 'receiptIsDayOne' ? addDays(strictEnd, -1) : strictEnd;
  return { rule, end, due, safe };
}

/** The earliest of each date, named after the rule whose due day comes first. */
export function strictest(ends: readonly PeriodEnd[]): PeriodEnd | null {
  const [first, ...rest] = ends;
  if (!first) return null;
  return {
    rule: rest.reduce((least, each) => (each.due < least.due ? each : least), first).rule,
    end: earliest(ends.map(({ end }) => end)),
    due: earliest(ends.map(({ due }) => due)),
    safe: earliest(ends.map(({ safe }) => safe)),
  };
}

/** The extension all rules together allow; a rule without one keeps its date, and may undo it. */
export function strictestExtension(dates: readonly RuleDates[]) {
  const first = strictest(dates.map(({ first }) => first));
  const longest = strictest(dates.map(({ first, extended }) => extended ?? first));
  if (!first || !longest || longest.due <= first.due) return null;
  const notices = dates.flatMap(({ first, extended }) => (extended ? first.due : []));
  return { ...longest, noticeBy: earliest(notices) };
}

/** What a step says about the rule behind it. */
export function nameOf(rule: DeadlineRule) {
  return { regime: rule.regime, rule: referenceOf(rule), confidence: rule.confidence };
}

function wordsOf(period: CalendarPeriod, calendar: Calendar): Record<string, string> {
  const counted = period.unit === 'businessDay' ? { calendar: calendar.name } : {};
  return { n: `${period.n}`, unit: period.unit, ...counted };
}
