import type { Types } from 'mongoose';
import { Problem } from '../../problem.ts';
import { organizationBySlug, organizationsByIds } from '../organizations/service.ts';
import type { Account, StaffMember } from './account.ts';
import { personOf } from './accounts.ts';
import { MembershipModel, StaffAccountModel } from './model.ts';
import { liveSession } from './sessions.ts';

export type { Account, StaffMember } from './account.ts';
export { offerFirstAdministrator } from './first-administrator.ts';
export { forgetOldInvitations } from './invitations.ts';
export {
  admitInstallationAdministrators,
  foundOrganization,
  memberNames,
  membersOf,
  type Member,
} from './memberships.ts';

async function membershipsOf(accountId: Types.ObjectId): Promise<Account['memberships']> {
  const across = { acrossOrganizations: true };
  const rows = await MembershipModel.find({ accountId, endedAt: null }, null, across).lean();
  const organizations = await organizationsByIds(rows.map((row) => row.organizationId));
  const roles = new Map(rows.map((row) => [row.organizationId.toHexString(), row.role]));
  return organizations
    .flatMap(({ _id, slug, name }) => {
      const role = roles.get(_id.toHexString());
      return role ? [{ organizationId: _id, slug, name, role }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The account of a live session, or null. */
export async function accountOf(sessionToken: string): Promise<Account | null> {
  const session = await liveSession(sessionToken);
  if (!session) return null;
  const [row, memberships] = await Promise.all([
    StaffAccountModel.findById(session.accountId).lean(),
    membershipsOf(session.accountId),
  ]);
  if (!row) return null;
  return {
    id: row._id,
    ...(await personOf(row)),
    language: row.language,
    sessionId: session._id,
    isInstallationAdministrator: row.isInstallationAdministrator,
    hasSecondFactor: row.sealedSecret !== null,
    memberships,
  };
}

/**
 * The account's membership in an organisation.
 * @throws Problem not-found for foreign and unknown organisations alike.
 * @throws Problem forbidden with code `second-factor-required` until the account has one.
 */
export async function memberOf(account: Account, slug: string): Promise<StaffMember> {
  const membership = account.memberships.find((one) => one.slug === slug);
  if (!membership) throw new Problem('not-found', 'There is no such organisation.');
  const organization = await organizationBySlug(slug);
  if (organization.requiresSecondFactor && !account.hasSecondFactor) {
    throw new Problem(
      'forbidden',
      'This organisation asks for a second factor: turn it on first.',
      {
        code: 'second-factor-required',
      },
    );
  }
  return {
    kind: 'staff',
    id: account.id.toHexString(),
    organizationId: organization._id,
    role: membership.role,
    account,
    organization,
  };
}
