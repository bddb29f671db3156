import { californianRules } from './california.ts';
import { rulesElsewhere } from './elsewhere.ts';
import { europeanRules } from './europe.ts';
import { hipaaRules } from './hipaa.ts';
import { marketingRules } from './marketing.ts';
import type { DeadlineRule } from './rule.ts';
import { stateRules } from './us-states.ts';

/**
 * Every rule ever in force here, old versions included: which answer is due when, under which
 * law, by which source.
 *
 * A published rule is never edited or removed, because a request keeps the rules in force on its
 * day of receipt: a change of law ends the old one (`effectiveTo`) and adds a higher `version`.
 */
export const deadlineRules: readonly DeadlineRule[] = [
  ...europeanRules,
  ...californianRules,
  ...hipaaRules,
  ...stateRules,
  ...rulesElsewhere,
  ...marketingRules,
];
