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
  // Both tags take from their queues what is an `arguments` object, and nothing else.
  const words = function (..._words: unknown[]): IArguments {
    // eslint-disable-next-line prefer-rest-params
    return arguments;
  };
  (tags.dataLayer ??= []).push(
    words('consent', command, {
      ad_storage: ads,
      ad_user_data: ads,
      ad_personalization: ads,
      analytics_storage: counts,
      functionality_storage: comfort,
      personalization_storage: comfort,
      security_storage: 'granted',
    }),
  );
  (tags.uetq ??= []).push('consent', command, { ad_storage: ads });
  const clarity = (tags.clarity ??= (...given) => {
    (clarity.q ??= []).push(words(...given));
  });
  clarity('consentv2', { ad_Storage: ads, analytics_Storage: counts });
}
