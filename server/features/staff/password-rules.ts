import { invalidField } from '../../problem.ts';
import type { Person } from './accounts.ts';

/** NIST SP 800-63B-4, section 3.1.1.2: length counts, composition does not. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

const plain = (text: string) => text.normalize('NFKC').toLowerCase();

/** True when hardly anything is left of a password without the person's own name and address. */
function isPersonal(password: string, { name, email }: Person): boolean {
  const parts = [email, ...email.split(/[@.]/u), name, ...name.split(/\s+/u)]
    .map(plain)
    .filter((part) => part.length > 2)
    .sort((a, b) => b.length - a.length);
  const rest = parts.reduce((text, part) => text.replaceAll(part, ''), plain(password));
  return rest.length < PASSWORD_MIN / 2;
}

/** @throws Problem invalid for a password that is too short, or made of the person's name or address. */
export function checkNewPassword(password: string, person: Person): void {
  if (Array.from(password.normalize('NFKC')).length < PASSWORD_MIN) {
    throw invalidField('password', 'password.short', `Use at least ${PASSWORD_MIN} characters.`);
  }
  if (isPersonal(password, person)) {
    throw invalidField('password', 'password.personal', 'Do not use your name or e-mail address.');
  }
}
