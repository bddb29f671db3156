import type { Types } from 'mongoose';
import type { Permission, Role } from '../../../config/permissions.ts';
import type { Actor, OrganizationActor } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';

/** A signed-in account with what it may enter. */
export interface Account {
  id: Types.ObjectId;
  name: string;
  email: string;
  /** Language of mails to this person. */
  language: string;
  sessionId: Types.ObjectId;
  isInstallationAdministrator: boolean;
  hasSecondFactor: boolean;
  memberships: { organizationId: Types.ObjectId; slug: string; name: string; role: Role }[];
}

/** An account acting inside one organisation, or a machine that acts for its staff. */
export interface StaffMember extends OrganizationActor {
  kind: 'staff' | 'machine';
  id: string;
  /** Of a machine: the scopes of its key. */
  role: Role | readonly Permission[];
  account: Account;
  organization: Organization;
}

/** An account as the author of what concerns only itself. */
export const asActor = (id: Types.ObjectId): Actor => ({
  kind: 'staff',
  id: id.toHexString(),
  organizationId: null,
});

/** An account as the target of an audit entry. */
export const asTarget = (id: Types.ObjectId) => ({ kind: 'staff-account', id });
