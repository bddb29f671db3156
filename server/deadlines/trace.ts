import type { DeadlineRule } from '../../config/law/rule.ts';
import type { CalendarDay } from './days.ts';
import { referenceOf } from './rules.ts';

export const stepCodes = [
  'received',
  'no-period',
  'clock-starts',
  'paused',
  'pause-open',
  'pause-too-late',
  'respond-within',
  'stop-within',
  'stop-at-once',
  'confirm-within',
  'simplified-within',
  'month-ends-early',
  'pause-added',
  'rolled',
  'day-one-reading',
  'safe-at-once',
  'pauses-uncounted',
  'acknowledge-within',
  'acknowledge-rolled',
  'extension-possible',
  'extension-refused',
  'silence',
  'archives-until',
  'no-reprompt',
  'look-back',
  'forward-within',
  'principal-due',
  'promise',
  'default-promise',
  'promise-gives-way',
  'strictest-rule',
  'extended',
  'closed',
  'working-date',
  'aware',
  'tell-within',
  'tell-without-delay',
  'below-threshold',
  'contract',
  'notice-before',
  'keep-until',
  'delete-by',
] as const;
export type StepCode = (typeof stepCodes)[number];

export const readings = [
  'no-roll',
  'roll',
  'day-one',
  'weekends-only',
  'other-calendar',
  'at-once',
  'anchored-extension',
  'chained-extension',
  'suspend',
  'restart',
  'inclusive',
  'exclusive',
  'pause-ignored',
  'promise-yields',
  'clear-days',
  'clamped',
  'forwarded-receipt',
  'strict-hours',
  'whole-hours',
  'two-working-days',
] as const;
/** One way to read a law, where authorities or scholars differ. */
export type Reading = (typeof readings)[number];

/** One sentence of the explanation of a date; the templates put it into words. */
export interface Step {
  readonly code: StepCode;
  readonly params: Readonly<Record<string, string>>;
  /** The day to which this step leads. */
  readonly on: CalendarDay;
  readonly source?: string;
  /** The reading used, where there are several. */
  readonly reading?: Reading;
}

/** A date under a reading other than the one counted with. */
export interface Alternate {
  readonly reading: Reading;
  /** The field of the result that would have this date. */
  readonly field: string;
  readonly on: CalendarDay;
  readonly rule: string;
  readonly source?: string;
  /** Whose holidays, for `other-calendar`. */
  readonly calendar?: string;
}

export type Note = (
  code: StepCode,
  on: CalendarDay,
  params?: Record<string, string>,
  reading?: Reading,
) => void;

/** Writes steps of one rule into a trace. */
export function noteOf(
  rule: Pick<DeadlineRule, 'id' | 'version' | 'regime' | 'confidence' | 'sources'>,
  trace: Step[],
): Note {
  const [source] = rule.sources;
  return (code, on, params = {}, reading) => {
    trace.push({
      code,
      params: { ...nameOf(rule), ...params },
      on,
      ...(source !== undefined && { source }),
      ...(reading && { reading }),
    });
  };
}

/** What a step says about the rule behind it. */
export function nameOf(rule: Pick<DeadlineRule, 'id' | 'version' | 'regime' | 'confidence'>) {
  return { regime: rule.regime, rule: referenceOf(rule), confidence: rule.confidence };
}
