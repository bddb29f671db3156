import { inviteStaff } from '../../server/features/staff/invitations.ts';
import { signIn } from '../../server/features/staff/sign-in.ts';
import type { Office } from './office.ts';
import { latelyInRooms } from './rooms.ts';

const HOUR = 3_600_000;
const devices = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Firefox/145.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) Version/19.0 Safari/605.1',
  'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36',
];

/** Something that happens at a moment. */
export interface Happening {
  at: number;
  happen: () => Promise<unknown>;
}

/** What staff did lately beside their requests: they signed in, and invited colleagues. */
export function recentHappenings(
  office: Office,
  place: number,
  password: string,
  now: number,
): Happening[] {
  const { administrator, everybody, organization } = office;
  const signIns = everybody.map(({ account: { email } }, index) => ({
    at: now - (2 + place * 0.3 + index * 1.7) * HOUR,
    happen: () => {
      const userAgent = devices[index % devices.length] ?? '';
      return signIn({ email, password }, { userAgent, proof: undefined, formerSession: undefined });
    },
  }));
  const invitations = organization.invited.map((email) => ({
    at: now - (20 + place * 37) * HOUR,
    happen: () => inviteStaff(administrator, { email, role: 'agent' }),
  }));
  const inRooms = latelyInRooms.map((happen, index) => ({
    at: now - (1 + place * 0.7 + index * 9) * HOUR,
    happen: () => happen(office),
  }));
  return [...signIns, ...invitations, ...inRooms];
}
