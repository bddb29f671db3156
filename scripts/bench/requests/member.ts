import { Types } from 'mongoose';
import { inTransaction } from '../../../server/database/transaction.ts';
import type { Organization } from '../../../server/features/organizations/service.ts';
import { createAccount } from '../../../server/features/staff/accounts.ts';
import { grantMembership } from '../../../server/features/staff/memberships.ts';
import type { StaffMember } from '../../../server/features/staff/service.ts';

/** Somebody who works on the requests of an organisation. */
export async function foundMember(organization: Organization): Promise<StaffMember> {
  const person = { name: 'Mira Feld', email: 'mira@staff.test' };
  const id = await inTransaction(async () => {
    const accountId = await createAccount({
      ...person,
      passwordHash: 'none',
      language: 'en',
      isInstallationAdministrator: false,
    });
    await grantMembership(organization._id, accountId, 'privacy-officer');
    return accountId;
  });
  return {
    kind: 'staff',
    id: id.toHexString(),
    organizationId: organization._id,
    role: 'privacy-officer',
    organization,
    account: {
      id,
      ...person,
      language: 'en',
      sessionId: new Types.ObjectId(),
      isInstallationAdministrator: false,
      hasSecondFactor: false,
      memberships: [],
    },
  };
}
