import type { Commitments, ContactRole } from '../../../config/commitments.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import type { RightId } from '../../../config/rights.ts';

/** What is wrong in a text by itself. */
export const textFindings = [
  'not-sold-but-marketing',
  'anonymous-but-identified',
  'end-to-end-claimed',
  'account-settings-only',
  'no-date',
  'no-answer-time',
  'no-complaint-route',
  'no-retention-period',
  'consent-by-use',
  'browser-control-only',
] as const;

/** Where text and settings say different things. */
const settingFindings = [
  'right-not-offered',
  'promise-differs',
  'promise-not-set',
  'promise-not-stated',
  'age-differs',
  'law-not-set',
  'contact-not-set',
  'address-unknown',
  'no-contact-stated',
  'notice-differs',
  'cookies-not-set',
] as const;

export const findingCodes = [...textFindings, ...settingFindings] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  /** The passage that shows it; empty where something is missing from the whole text. */
  readonly quote: string;
  /** Codes and numbers for the words of the finding. */
  readonly facts: Readonly<Record<string, string>>;
}

/** What an organisation has set, as far as its privacy notice speaks of it. */
export interface PolicyConfiguration extends Pick<
  Commitments,
  'ageRule' | 'noticePolicy' | 'cookieCategories'
> {
  readonly rights: readonly RightId[];
  readonly regimes: readonly RegimeId[];
  readonly promiseDays: number | null;
  /** E-mail address per role; empty for none. */
  readonly contacts: Readonly<Record<ContactRole, string>>;
}
