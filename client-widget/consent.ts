import type { ChoiceAction, Choices, CoreConfig, ServiceChoices } from './types.ts';

const DAY = 86_400_000;

/** What of a configuration decides about a choice. */
export type Rules = Pick<
  CoreConfig,
  'model' | 'categories' | 'services' | 'renewAfterDays' | 'refusalDays' | 'purposesHash'
>;

export interface Verdict {
  /** What may run now: `1` or `0` for each category of the site, then for each of its services. */
  allowed: string;
  /** Whether a choice stands that covers these purposes, or none is to be made, so that nobody is asked. */
  decided: boolean;
  /** Whether a signal of the browser is new here and has to be recorded as a choice. */
  isSignalNew: boolean;
  /** Null before the first choice. */
  visitorId: string | null;
  /** Of the last choice; empty where there is none. */
  clientKey: string;
  /** Milliseconds since the epoch, as the key tells. */
  chosenAt: number;
}

/** The same answer for everything. */
export function answerAll({ categories, services }: Rules, answer: 0 | 1): string {
  return `${answer}`.repeat(categories.length + services.length);
}

/**
 * Decides what may run, from the law's model, the page's cookies, whether the browser sends a signal that is honoured
 * here, and the time (milliseconds). Consent lapses after its days under opt-in; a refusal goes on refusing under
 * every model, and whoever refused something is left alone for the days that the law names. Somebody below the age of
 * consent is asked nothing and nothing optional runs (GDPR Art. 8, CCPA § 1798.120(c)).
 *
 * `privacy_choice` is one line: `2.<visitor>.<key>.<allowed>.<model><signal>.<purposes>`. The key is a UUID of version 7
 * and tells the time; the model is 0 for opt-in, 1 for others; the signal is 1 where the choice was made in the
 * knowledge of it. Anything else grants nothing.
 */
export function judge(
  config: Rules,
  cookies: string,
  isSignalled: boolean,
  now: number,
  isMinor = false,
): Verdict {
  const [, visitorId = null, clientKey = '', answers = '', model, signal, purposes] =
    // Most have none, and need not wait until the expression is read.
    (cookies
      ? /\bprivacy_choice=2\.([\da-f-]{36})\.([\da-f-]{36})\.([01]+)\.([01])([01])\.([\w-]+)(?:;|$)/.exec(
          cookies,
        )
      : null) ?? [];
  const isOptIn = config.model === 'opt-in';
  const isCovered = purposes === config.purposesHash;
  const isRefusal = answers.includes('0');
  const isConsent = answers.includes('1');
  const chosenAt = parseInt(clientKey.replace('-', ''), 16);
  const days = Math.abs(now - chosenAt) / DAY;
  const isFresh = days < config.renewAfterDays;
  const decided =
    isCovered &&
    // Not having objected elsewhere is no consent under opt-in.
    !(isOptIn && isConsent && model === '1') &&
    ((isConsent && isFresh) || (isRefusal && days < config.refusalDays));
  const allowed =
    !isMinor && isCovered && (!isOptIn || (decided && isFresh))
      ? answers
      : answerAll(config, isMinor || isOptIn || isRefusal ? 0 : 1);
  // A choice made while the signal was on was made in its knowledge, so it stands.
  const isSignalNew = !isMinor && isSignalled && !(decided && signal === '1');
  return {
    allowed: isSignalNew ? withoutTracking(config, allowed) : allowed,
    decided: isMinor || (decided && !isSignalNew),
    isSignalNew,
    visitorId,
    clientKey,
    chosenAt,
  };
}

/** What Global Privacy Control refuses: selling and sharing, and measurement, but not convenience (CCPA § 1798.135(e)). */
export function withoutTracking({ categories, services }: Rules, allowed: string): string {
  const kinds = [...categories, ...services.map(({ category }) => category)];
  return allowed.replace(/1/g, (one, at: number) => (kinds[at] === 'preferences' ? one : '0'));
}

/** What `judge` reads. */
export function writeLine(
  { model, purposesHash }: Pick<Rules, 'model' | 'purposesHash'>,
  { visitorId, clientKey, allowed }: { visitorId: string; clientKey: string; allowed: string },
  isSignalled: boolean,
): string {
  const flags = `${Number(model !== 'opt-in')}${Number(isSignalled)}`;
  return `privacy_choice=2.${visitorId}.${clientKey}.${allowed}.${flags}.${purposesHash}`;
}

/** Digits of these answers; a service that is not named follows its category. */
export function digitsOf(
  { categories, services }: Rules,
  choices: Choices,
  apart: ServiceChoices,
): string {
  return [
    ...categories.map((id) => choices[id]),
    ...services.map(({ id, category }) => apart[id] ?? choices[category]),
  ]
    .map(Number)
    .join('');
}

/** Refusing everything is a withdrawal when something had been granted by an earlier choice. */
export function refusalAction({ decided, allowed }: Verdict): ChoiceAction {
  return decided && allowed.includes('1') ? 'withdraw' : 'refuse-all';
}

/** A UUID of version 7 (RFC 9562), so that what is filed by it grows at one end; made without a secure context. */
export function newId(milliseconds: number): string {
  const random = crypto.getRandomValues(new Uint8Array(31));
  const time = milliseconds.toString(16).padStart(12, '0');
  let at = 0;
  return 'xxxxxxxx-xxxx-7xxx-axxx-xxxxxxxxxxxx'.replace(
    /x/g,
    () => time[at++] ?? ((random[at] ?? 0) & 15).toString(16),
  );
}
