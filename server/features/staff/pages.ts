import type { Door } from '../../http/doors.ts';
import { accountPages } from './account-pages.ts';
import { invitationPages } from './invitation-pages.ts';
import { memberPages } from './member-pages.ts';
import { passwordPages } from './password-pages.ts';
import { secondFactorPages } from './second-factor-pages.ts';
import { signInPages } from './sign-in-pages.ts';

/** Every door of the staff room. */
export const staffPages: readonly Door[] = [
  ...signInPages,
  ...passwordPages,
  ...accountPages,
  ...secondFactorPages,
  ...invitationPages,
  ...memberPages,
];
