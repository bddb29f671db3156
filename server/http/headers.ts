import helmet from 'helmet';
import type { RequestHandler } from 'express';
import { config } from '../../config/index.ts';

const isSecure = config.publicUrl.startsWith('https:');

/** Security headers of every answer: nothing but our own files may run, frame or receive. */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
      ...(isSecure && { 'upgrade-insecure-requests': [] }),
    },
  },
  strictTransportSecurity: isSecure && { maxAge: 31_536_000, includeSubDomains: false },
  // Links of ours carry tokens: they must not travel to other origins, but our own forms need their Origin.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
});

/** What says something about documents only: a script that others wait for comes without. */
export const aboutDocuments = [
  'Content-Security-Policy',
  'Cross-Origin-Opener-Policy',
  'Origin-Agent-Cluster',
  'Referrer-Policy',
  'X-DNS-Prefetch-Control',
  'X-Download-Options',
  'X-Frame-Options',
  'X-Permitted-Cross-Domain-Policies',
  'X-XSS-Protection',
];

/** Answers hold personal data unless they say otherwise: nobody may keep them. */
export const neverStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** For pages that show another of ours inside them; no other may frame anything. */
const FRAMING_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const framingHeaders = { 'Content-Security-Policy': FRAMING_POLICY };
