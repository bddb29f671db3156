import { randomBytes } from 'node:crypto';

/** A key as the widget makes one: its time, then chance (RFC 9562, version 7). */
export function newKey(at = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

export const actions = ['accept-all', 'refuse-all', 'choose'] as const;

/** Where the visitors of a shop come from, and what they read: mostly those next door. */
export const visitors = [
  ...Array.from({ length: 12 }, () => ({ region: 'DE', language: 'de' })),
  ...Array.from({ length: 2 }, () => ({ region: 'DE', language: 'en' })),
  { region: 'AT', language: 'de' },
  { region: 'FR', language: 'fr' },
  { region: 'ES', language: 'es' },
  { region: 'NL', language: 'en' },
  { region: 'PL', language: 'en' },
  { region: 'IT', language: 'en' },
];
export const languages = ['en', 'de', 'fr', 'es'];

export const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
];

/** One of a list, by chance. */
export function anyOf<T>(list: readonly T[]): T {
  const one = list[Math.floor(Math.random() * list.length)];
  if (one === undefined) throw new Error('There is none to choose from.');
  return one;
}

export const choicesFor = (action: (typeof actions)[number]) => ({
  necessary: true as const,
  preferences: action !== 'refuse-all',
  analytics: action !== 'refuse-all',
  marketing: action === 'accept-all',
});
