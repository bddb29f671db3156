import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { toString as drawQrCode } from 'qrcode';
import { fingerprint } from '../../security/tokens.ts';

/** RFC 6238 as every authenticator app speaks it: SHA-1, six digits, steps of 30 seconds. */
const PERIOD_SECONDS = 30;
const ISSUER = 'Habeas';

/** A new secret, in base32. */
export const newSecret = (): string => new Secret({ size: 20 }).base32;

const totpOf = (secret: string, label: string) =>
  new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });

/** The time step in which a code is valid, or null. Clocks may be one step apart. */
export function timeStepOf(secret: string, code: string): number | null {
  const timestamp = Date.now();
  const delta = totpOf(secret, '').validate({ token: code, window: 1, timestamp });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

/** The secret as an authenticator app takes it: as a picture, and for typing in groups of four. */
export async function drawSecret(
  secret: string,
  label: string,
): Promise<{ picture: string; groups: string; uri: string }> {
  const uri = totpOf(secret, label).toString();
  return {
    picture: await drawQrCode(uri, { type: 'svg', margin: 0 }),
    groups: secret.match(/.{1,4}/gu)?.join(' ') ?? secret,
    uri,
  };
}

const RECOVERY_CODES = 10;
/** Crockford's base32: no I, L, O or U. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes of 50 random bits each, in two groups of five signs. */
export function newRecoveryCodes(): string[] {
  const group = () => Array.from({ length: 5 }, () => SIGNS[randomInt(SIGNS.length)]).join('');
  return Array.from({ length: RECOVERY_CODES }, () => `${group()}-${group()}`);
}

/** What is stored of a recovery code; white space, case and look-alikes do not matter when it is typed. */
export function recoveryFingerprint(code: string): string {
  const normal = code
    .toUpperCase()
    .replace(/[^0-9A-Z]/gu, '')
    .replace(/[IL]/gu, '1')
    .replaceAll('O', '0');
  return fingerprint('staff-recovery-code', normal);
}
