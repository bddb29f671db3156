import { createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { installationKey } from './installation-key.ts';

/** A secret for links and cookies: 256 bits, safe in a URL. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Eight digits from the system's random source, as text with leading zeros. */
export function newCode(): string {
  return randomInt(0, 100_000_000).toString().padStart(8, '0');
}

const derived = new Map<string, Buffer>();

function keyFor(purpose: string): Buffer {
  let key = derived.get(purpose);
  if (!key) {
    key = Buffer.from(hkdfSync('sha256', installationKey(), '', `habeas:${purpose}`, 32));
    derived.set(purpose, key);
  }
  return key;
}

/**
 * What is stored or compared instead of a token, code or address: an HMAC under a key of its own
 * per purpose, so that a stolen database neither reveals the value nor lets it be guessed offline.
 */
export function fingerprint(purpose: string, value: string): string {
  return createHmac('sha256', keyFor(purpose)).update(value).digest('base64url');
}

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
