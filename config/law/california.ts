import {
  businessDays,
  days,
  months,
  onceWithReasons,
  outsideHipaa,
  plainClock,
  type DeadlineRule,
} from './rule.ts';

const ofCalifornia = {
  ...plainClock,
  regime: 'ccpa',
  jurisdictions: ['US-CA'],
  dataClasses: outsideHipaa,
  effectiveFrom: '2023-01-01',
  calendars: ['US-CA', 'US-FED'],
} as const satisfies Partial<DeadlineRule>;

const ccpaAnswer = {
  ...ofCalifornia,
  id: 'ccpa-answer',
  requestTypes: ['access', 'access-categories', 'correction', 'deletion', 'portability'],
  firstDay: 'receiptIsDayOne',
  acknowledge: businessDays(10),
  respond: days(45),
  extension: { ...onceWithReasons, add: days(45) },
  mayRoll: { over: 'weekendAndHoliday', source: 'Cal. Civ. Code 10, 11' },
  lookBack: { period: months(12), floor: '2022-01-01' },
  sources: ['11 CCR 7021', 'Cal. Civ. Code 1798.130(a)(2)'],
  confidence: 'H',
} as const satisfies DeadlineRule;

/**
 * A Californian who objects, or asks to restrict, uses the nearest rights of that State: opting
 * out of sale and sharing, and limiting the use of sensitive personal information.
 */
const ccpaOptOut = {
  ...ofCalifornia,
  id: 'ccpa-opt-out',
  requestTypes: ['objection', 'restriction', 'sale-opt-out', 'limit-sensitive'],
  stop: businessDays(15),
  outerText: 'as-soon-as-feasible',
  noReprompt: months(12),
  sources: ['11 CCR 7026(f), 7027', 'Cal. Civ. Code 1798.135'],
  confidence: 'M',
} as const satisfies DeadlineRule;

/** An opt-out preference signal is a valid opt-out of browser and known person at once. */
const ccpaSignal = {
  ...ccpaOptOut,
  id: 'ccpa-signal',
  requestTypes: ['sale-opt-out', 'limit-sensitive'],
  channels: ['gpc'],
  stop: days(0),
  sources: ['11 CCR 7025(c)', 'Cal. Civ. Code 1798.135(b)'],
  confidence: 'H',
} as const satisfies DeadlineRule;

export const californianRules: readonly DeadlineRule[] = [ccpaAnswer, ccpaOptOut, ccpaSignal];
