import type { ConsentLaw } from '../../../config/consent.ts';
import { choiceDays, completeContent } from './content.ts';
import type { ConfigurationRow } from './model.ts';
import type { ScriptPiece } from './pieces.ts';
import { purposesMark, refusalDaysOf } from './site-rules.ts';

/** First-party cookie in which the widget keeps a choice; `client-widget/consent.ts` describes its grammar. */
export const CHOICE_COOKIE = 'privacy_choice';

const GRAMMAR =
  /(?<=^|;\s*)privacy_choice=(?<text>2\.[\da-f-]{36}\.(?<clientKey>[\da-f-]{36})\.(?<answers>[01]+)\.(?<model>[01])(?<signalled>[01])\.(?<purposes>[\w-]+))(?=;|$)/gu;
const DAY = 86_400_000;

export interface KnownChoice {
  /** As it stands in the cookie. */
  text: string;
  clientKey: string;
  /** What follows the ids. */
  stands: string;
  /** Milliseconds since the epoch. */
  chosenAt: number;
  /** `1` or `0` for each category of the site, then for each of its services. */
  answers: string;
  isOptIn: boolean;
  isSignalled: boolean;
  purposes: string;
}

/**
 * The choice in a Cookie header, or null where there is none that the widget would read. The domain above may have one
 * of another site: that about the configuration's purposes counts.
 */
export function choiceIn(
  cookieHeader: string | undefined,
  { purposesHash }: Pick<ConfigurationRow, 'purposesHash'>,
): KnownChoice | null {
  const all = [...(cookieHeader ?? '').matchAll(GRAMMAR)].map(({ groups }) => groups);
  const mark = purposesMark(purposesHash);
  const found = all.find((groups) => groups?.purposes === mark) ?? all[0];
  if (!found) return null;
  const { text = '', clientKey = '', answers = '', model, signalled, purposes = '' } = found;
  return {
    text,
    clientKey,
    stands: text.split('.').slice(3).join('.'),
    chosenAt: Number.parseInt(clientKey.replace('-', ''), 16),
    answers,
    isOptIn: model === '0',
    isSignalled: signalled === '1',
    purposes,
  };
}

/**
 * Which piece serves a visitor with this choice: the judgement of the widget itself, so that nobody who has to be
 * asked gets a piece that cannot ask. A wrong guess costs the widget one request more.
 */
export function pieceFor(
  choice: KnownChoice | null,
  { purposesHash, content: stored }: ConfigurationRow,
  law: ConsentLaw,
  signals: { gpc: boolean; dnt: boolean },
  now: number,
): ScriptPiece {
  const { honoursDnt, renewAfterDays, categories, services } = completeContent(stored);
  if (choice?.purposes !== purposesMark(purposesHash)) return 'first';
  // Anybody can write a cookie: one that answers more or less than was asked would have a piece made of its own.
  const asked = [...categories.map(({ id }) => id), ...services.map(({ category }) => category)];
  if (choice.answers.length !== asked.filter((id) => id !== 'necessary').length) return 'first';
  const isConsent = choice.answers.includes('1');
  const isRefusal = choice.answers.includes('0');
  const isSignalled = (signals.gpc && law.honoursGpc) || (signals.dnt && honoursDnt);
  if (isSignalled && !choice.isSignalled) return 'first';
  if (isConsent && law.model === 'opt-in' && !choice.isOptIn) return 'first';
  const days = Math.abs(now - choice.chosenAt) / DAY;
  const stands =
    (isConsent && days < renewAfterDays) || (isRefusal && days < refusalDaysOf(stored, law));
  if (!stands) return 'first';
  return isRefusal ? 'back-guarded' : 'back';
}

/**
 * `Set-Cookie` by which a server of the site's own, which passes us on, keeps a choice for as long as it is meant to
 * last: some browsers keep what a script wrote for seven days only. Null when its time is over.
 */
export function renewedCookie(
  { text, chosenAt }: KnownChoice,
  { content: stored }: ConfigurationRow,
  isSecure: boolean,
  now: number,
): string | null {
  const content = completeContent(stored);
  const { cookieDomain } = content;
  const seconds = Math.floor((chosenAt + choiceDays(content) * DAY - now) / 1000);
  if (!(seconds > 0)) return null;
  return [
    `${CHOICE_COOKIE}=${text}`,
    `Max-Age=${seconds}`,
    'Path=/',
    'SameSite=Lax',
    ...(cookieDomain === null ? [] : [`Domain=${cookieDomain}`]),
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
}
