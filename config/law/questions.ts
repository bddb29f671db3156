import { regimeIds, type RegimeId } from '../regimes.ts';

/**
 * Where authorities or scholars differ, or a law has not been read this way by a court. The
 * product shows them instead of hiding them; the texts of `deadlines.question` say what we count
 * with.
 */
export const openQuestions: readonly {
  readonly id: string;
  /** None where it concerns whatever law applies. */
  readonly regimes: readonly RegimeId[];
}[] = [
  { id: 'uk-pause-days', regimes: ['uk-gdpr'] },
  { id: 'identity-pause', regimes: ['gdpr'] },
  { id: 'california-counting', regimes: ['ccpa'] },
  { id: 'promise-or-law', regimes: [] },
  { id: 'holiday-calendar', regimes: ['gdpr', 'uk-gdpr'] },
  { id: 'extension-anchor', regimes: ['gdpr', 'uk-gdpr'] },
  { id: 'hours-and-working-days', regimes: ['gdpr'] },
  { id: 'state-computation', regimes: regimeIds.filter((id) => id.startsWith('us-')) },
];
