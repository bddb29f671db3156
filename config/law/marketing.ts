import { canadianCalendars, usCalendars } from './calendars.ts';
import { businessDays, everyDataClass, plainClock, type DeadlineRule } from './rule.ts';

/** Ten business days are the outer limit; the product suppresses in the same second. */
const canSpam = {
  ...plainClock,
  id: 'can-spam-opt-out',
  regime: 'can-spam',
  jurisdictions: ['US'],
  requestTypes: ['marketing-opt-out'],
  dataClasses: everyDataClass,
  effectiveFrom: '2004-01-01',
  stop: businessDays(10),
  isSafeAtOnceOnly: true,
  calendars: usCalendars,
  sources: ['15 U.S.C. 7704(a)(4)', '16 CFR 316'],
  confidence: 'M',
} as const satisfies DeadlineRule;

const casl = {
  ...canSpam,
  id: 'casl-opt-out',
  regime: 'casl',
  jurisdictions: ['CA'],
  effectiveFrom: '2014-07-01',
  calendars: canadianCalendars,
  sources: ['CASL s. 11(3)'],
} as const satisfies DeadlineRule;

export const marketingRules: readonly DeadlineRule[] = [canSpam, casl];
