import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default), at the first parameters recommended by OWASP. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost);
}

/** True when the password belongs to the hash; false also for a damaged hash. */
export async function matchesPassword(stored: string, password: string): Promise<boolean> {
  try {
    return await verify(stored, password.normalize('NFKC'));
  } catch {
    return false;
  }
}

let decoy: Promise<string> | undefined;

/** Spends the time of a real check, so that an unknown account answers no faster than a known one. */
export async function spendPasswordCheck(password: string): Promise<void> {
  decoy ??= hashPassword('no account has this password');
  await matchesPassword(await decoy, password);
}
