/** Order matters: most browsers also claim to be those further down. */
const families: readonly (readonly [RegExp, string])[] = [
  [/bot\b|crawl|spider|headless/iu, 'automated'],
  [/\bedg(?:e|a|ios)?\//iu, 'Edge'],
  [/\bopr\/|\bopera\b/iu, 'Opera'],
  [/\bsamsungbrowser\//iu, 'Samsung Internet'],
  [/\bfirefox\/|\bfxios\//iu, 'Firefox'],
  [/\bchrome\/|\bcrios\/|\bchromium\//iu, 'Chrome'],
  [/\bsafari\//iu, 'Safari'],
];

/** What is kept of a User-Agent header: the browser's family and the kind of device, too coarse to recognise anybody. */
export function familyOf(userAgent: string): { browser: string; device: string } {
  const browser = families.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'other';
  const isTablet = /ipad|tablet|android(?!.*mobile)/iu.test(userAgent);
  const isPhone = /mobi|iphone/iu.test(userAgent);
  const device = isTablet
    ? 'tablet'
    : isPhone
      ? 'phone'
      : userAgent === ''
        ? 'unknown'
        : 'computer';
  return { browser, device };
}
