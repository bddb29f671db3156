import type { Choices } from './types.ts';

interface Tags {
  dataLayer?: unknown[];
  uetq?: unknown[];
  clarity?: ((...words: unknown[]) => void) & { q?: unknown[] };
}

/**
 * Tells Google's consent mode (version 2), Microsoft Advertising and Microsoft Clarity what is granted: `default`
 * before any of their tags runs, `update` with each choice.
 */
export function tellConsentModes(
  command: 'default' | 'update',
  { preferences, analytics, marketing }: Choices,
): void {
  const tags = window as Tags;
  const word = (isGranted: boolean) => (isGranted ? 'granted' : 'denied');
  const ads = word(marketing);
  const counts = word(analytics);
  const comfort = word(preferences);
  gtag('consent', command, {
    ad_storage: ads,
    ad_user_data: ads,
    ad_personalization: ads,
    analytics_storage: counts,
    functionality_storage: comfort,
    personalization_storage: comfort,
    security_storage: 'granted',
  });
  (tags.uetq ??= []).push('consent', command, { ad_storage: ads });
  (tags.clarity ??= clarity)('consentv2', { ad_Storage: ads, analytics_Storage: counts });
}

// Both tags take from their queues what is an `arguments` object, and nothing else.
/* eslint-disable prefer-rest-params */
function gtag(..._words: unknown[]): void {
  ((window as Tags).dataLayer ??= []).push(arguments);
}

function clarity(..._words: unknown[]): void {
  const { clarity: queue } = window as Tags;
  if (queue) (queue.q ??= []).push(arguments);
}
/* eslint-enable prefer-rest-params */
