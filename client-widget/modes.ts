import type { Choices } from './types.ts';

interface Tags {
  dataLayer?: unknown[];
  uetq?: unknown[];
  clarity?: ((...words: unknown[]) => void) & { q?: unknown[] };
}

declare const window: Tags;

/**
 * Tells Google's consent mode (version 2), Microsoft Advertising and Microsoft Clarity what is granted: `default`
 * before any of their tags runs, `update` with each choice.
 */
export function tellConsentModes(
  { preferences, analytics, marketing }: Choices,
  command: 'default' | 'update' = 'default',
): void {
  const word = (isGranted: boolean) => (isGranted ? 'granted' : 'denied');
  /* eslint-disable prefer-rest-params --
     Google and Clarity take from their queues what is an `arguments` object, and nothing else. */
  const tellGoogle = function (..._words: unknown[]) {
    (window.dataLayer ??= []).push(arguments);
  };
  const tellClarity = (window.clarity ??= function () {
    (tellClarity.q ??= []).push(arguments);
  });
  /* eslint-enable prefer-rest-params */
  tellGoogle('consent', command, {
    ad_storage: word(marketing),
    ad_user_data: word(marketing),
    ad_personalization: word(marketing),
    analytics_storage: word(analytics),
    functionality_storage: word(preferences),
    personalization_storage: word(preferences),
    security_storage: 'granted',
  });
  (window.uetq ??= []).push('consent', command, { ad_storage: word(marketing) });
  tellClarity('consentv2', { ad_Storage: word(marketing), analytics_Storage: word(analytics) });
}
