import { deadlineRules } from '../../config/law/rules.ts';
import type { DeadlineRule } from '../../config/law/rule.ts';
import type { RegimeId } from '../../config/regimes.ts';
import type { ChannelId, RightId } from '../../config/rights.ts';
import type { CalendarDay } from './days.ts';

/** Names one version of a rule for good: `gdpr-answer@1`. */
export type RuleReference = string;

/** The rules for a right under some regimes that are in force on the day of receipt. */
export function rulesInForce(
  right: RightId,
  regimes: readonly RegimeId[],
  receivedOn: CalendarDay,
  channel?: ChannelId,
): DeadlineRule[] {
  const matching = deadlineRules.filter(
    (rule) =>
      regimes.includes(rule.regime) &&
      rule.requestTypes.includes(right) &&
      rule.effectiveFrom <= receivedOn &&
      receivedOn <= (rule.effectiveTo ?? receivedOn) &&
      (!rule.channels || (channel !== undefined && rule.channels.includes(channel))),
  );
  return matching.filter(
    (rule) =>
      rule.channels !== undefined ||
      !matching.some((other) => other.channels && other.regime === rule.regime),
  );
}

/** The newest later version of a rule that is in force on a day, or null if there is none. */
export function newerVersion(reference: RuleReference, on: CalendarDay): DeadlineRule | null {
  const { id, version } = ruleOf(reference);
  const newer = deadlineRules.filter(
    (rule) =>
      rule.id === id &&
      rule.version > version &&
      rule.effectiveFrom <= on &&
      on <= (rule.effectiveTo ?? on),
  );
  return newer.sort((a, b) => b.version - a.version)[0] ?? null;
}

export function referenceOf(rule: Pick<DeadlineRule, 'id' | 'version'>): RuleReference {
  return `${rule.id}@${rule.version}`;
}

/** The rule that a request keeps; throws a RangeError if it is unknown. */
export function ruleOf(reference: RuleReference): DeadlineRule {
  const rule = deadlineRules.find((candidate) => referenceOf(candidate) === reference);
  if (!rule) throw new RangeError(`No such rule: ${reference}`);
  return rule;
}
