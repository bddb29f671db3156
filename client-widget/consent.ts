import type {
  ChoiceAction,
  Choices,
  ConsentModel,
  OptionalCategoryId,
  StoredChoice,
  WidgetConfig,
} from './types.ts';

export const OPTIONAL: readonly OptionalCategoryId[] = ['preferences', 'analytics', 'marketing'];

const DAY = 86_400_000;

/** The same answer for every optional category. */
export function choicesOf(granted: boolean): Choices {
  return { necessary: true, preferences: granted, analytics: granted, marketing: granted };
}

/** What Global Privacy Control refuses: selling and sharing, and measurement, but not convenience (CCPA § 1798.135(e)). */
export function withoutTracking(choices: Choices): Choices {
  return { ...choices, analytics: false, marketing: false };
}

type Rules = Pick<WidgetConfig, 'model' | 'honoursGpc' | 'renewAfterDays' | 'purposesHash'>;

export interface Verdict {
  /** What may run now. */
  choices: Choices;
  /** Whether a choice stands that covers these purposes. */
  decided: boolean;
  /** Whether the browser's signal is new here and has to be recorded as a choice. */
  honourGpc: boolean;
}

/**
 * Decides what may run, from the law's model, the stored choice, the browser's signal and the time (milliseconds).
 * An outdated consent grants nothing under opt-in; an outdated refusal goes on refusing under every model.
 */
export function judge(
  config: Rules,
  stored: StoredChoice | null,
  gpc: boolean,
  now: number,
): Verdict {
  const decided = stored !== null && covers(config, stored, now);
  const standing = decided || config.model !== 'opt-in' ? stored?.choices : undefined;
  const choices = standing ?? choicesOf(config.model !== 'opt-in');
  // A choice made while the signal was on was made in its knowledge, so it stands.
  const honourGpc = config.honoursGpc && gpc && !(decided && stored.gpc);
  return honourGpc
    ? { choices: withoutTracking(choices), decided: false, honourGpc }
    : { choices, decided, honourGpc };
}

function covers(config: Rules, stored: StoredChoice, now: number): boolean {
  const isFresh = now - stored.chosenAt < config.renewAfterDays * DAY;
  // Not having objected elsewhere is no consent under opt-in.
  const isConsent =
    stored.model === config.model || config.model !== 'opt-in' || !grantsAny(stored.choices);
  return isFresh && isConsent && stored.purposesHash === config.purposesHash;
}

export function grantsAny(choices: Choices): boolean {
  return OPTIONAL.some((id) => choices[id]);
}

/** Categories that were granted before and are not now. */
export function withdrawnBetween(before: Choices, after: Choices): OptionalCategoryId[] {
  return OPTIONAL.filter((id) => before[id] && !after[id]);
}

/** Refusing everything is a withdrawal when something had been granted by an earlier choice. */
export function refusalAction(decided: boolean, before: Choices): ChoiceAction {
  return decided && grantsAny(before) ? 'withdraw' : 'refuse-all';
}

const MODELS: readonly ConsentModel[] = ['opt-in', 'opt-out', 'notice'];

/** One line for the cookie: version, visitor, key, seconds, choices, model, signal, purposes. */
export function encodeChoice(choice: StoredChoice): string {
  const flag = (isSet: boolean) => (isSet ? 1 : 0);
  return [
    1,
    choice.visitorId,
    choice.clientKey,
    Math.floor(choice.chosenAt / 1000).toString(36),
    OPTIONAL.map((id) => flag(choice.choices[id])).join(''),
    MODELS.indexOf(choice.model),
    flag(choice.gpc),
    choice.purposesHash,
  ].join('.');
}

/** Reads what `encodeChoice` wrote; anything else is null, so that a damaged cookie grants nothing. */
export function decodeChoice(text: string): StoredChoice | null {
  const found =
    /^1\.([\w-]{36})\.([\w-]{36})\.([0-9a-z]{1,8})\.([01])([01])([01])\.([012])\.([01])\.([\w-]+)$/.exec(
      text,
    );
  if (!found) return null;
  const [, visitorId = '', clientKey = '', seconds = '', p, a, m, model, gpc, purposes = ''] =
    found;
  return {
    visitorId,
    clientKey,
    chosenAt: parseInt(seconds, 36) * 1000,
    services: {},
    choices: {
      necessary: true,
      preferences: p === '1',
      analytics: a === '1',
      marketing: m === '1',
    },
    model: MODELS[Number(model)] ?? 'opt-in',
    gpc: gpc === '1',
    purposesHash: purposes,
  };
}
