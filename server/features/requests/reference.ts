import { randomInt } from 'node:crypto';

/** Crockford's signs: no I, L, O or U, so nothing is mistaken on the telephone. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;

/** Doubles in GF(32), modulo x^5 + x^2 + 1. */
const double = (value: number) => (value << 1) ^ (value & 16 ? 0b100101 : 0);

/** Differs whenever one sign is wrong or two neighbours are swapped. */
const checkSign = (body: string) =>
  SIGNS.charAt(Array.from(body).reduce((sum, sign) => double(sum ^ SIGNS.indexOf(sign)), 0));

const grouped = (signs: string) => `${signs.slice(0, 4)}-${signs.slice(4, 8)}-${signs.slice(8)}`;

/** A new reference such as `7K3M-9QXT-2`: 40 random bits and a check sign. */
export function newReference(): string {
  const body = Array.from({ length: LENGTH }, () => SIGNS.charAt(randomInt(32))).join('');
  return grouped(body + checkSign(body));
}

/**
 * The reference that somebody typed, in its one form; null when it cannot be one. Small letters,
 * spaces and missing dashes do not matter, and O is read as 0, I and L as 1.
 */
export function readReference(typed: string): string | null {
  const signs = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Dash_Punctuation}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/gu, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{9}$/u.test(signs)) return null;
  return checkSign(signs.slice(0, LENGTH)) === signs.slice(LENGTH) ? grouped(signs) : null;
}
