/**
 * The preview is a website of its own: its sandbox gives it an origin that nothing belongs to, so it neither sees nor
 * leaves cookies, and `connect-src` keeps every choice made in it from being sent.
 */
export const sampleHeaders = (nonce: string) => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
    'sandbox allow-scripts',
  ].join('; '),
  'X-Frame-Options': 'SAMEORIGIN',
});
