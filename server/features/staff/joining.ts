import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { destroyDataKey, loadDataKey } from '../../security/data-keys.ts';
import { hashPassword } from '../../security/passwords.ts';
import { recordAudit } from '../audit/service.ts';
import { asActor, asTarget, type Account } from './account.ts';
import { createAccount } from './accounts.ts';
import { openInvitation, type OpenInvitation } from './invitations.ts';
import { grantMembership } from './memberships.ts';
import { InvitationModel, StaffAccountModel } from './model.ts';
import { checkNewPassword } from './password-rules.ts';
import { startSession } from './sessions.ts';

/** Takes the invitation that was opened. @throws Problem gone when somebody else took it meanwhile. */
async function take({ row }: OpenInvitation): Promise<void> {
  const { _id, organizationId, tokenHash } = row;
  const taken = await InvitationModel.findOneAndDelete({ _id, organizationId, tokenHash }).lean();
  if (!taken) throw new Problem('gone', 'Ask for a new invitation.', { code: 'invitation-gone' });
}

async function admit({ row }: OpenInvitation, accountId: Types.ObjectId): Promise<void> {
  const { organizationId, role } = row;
  await grantMembership(organizationId, accountId, role);
  const actor = { ...asActor(accountId), organizationId };
  await recordAudit(actor, 'staff.joined', asTarget(accountId), { role });
}

/**
 * Makes the account of an invited person and lets it in. Returns the token of its session.
 * @throws Problem gone, or conflict with code `account-exists` when the address has an account: then sign in first.
 */
export async function joinWithNewAccount(
  linkToken: string,
  { name, password }: { name: string; password: string },
  { language, userAgent }: { language: string; userAgent: string },
): Promise<{ sessionToken: string; slug: string }> {
  const invitation = await openInvitation(linkToken);
  const { email, organization, row } = invitation;
  checkNewPassword(password, { name, email });
  const passwordHash = await hashPassword(password);
  return inTransaction(async () => {
    await take(invitation);
    if (await StaffAccountModel.exists({ emailIndex: row.emailIndex })) {
      throw new Problem('conflict', 'Sign in, then open the link again.', {
        code: 'account-exists',
      });
    }
    const accountId = await createAccount({
      name,
      email,
      passwordHash,
      language,
      isInstallationAdministrator: false,
      // The invitation's key becomes the person's: one key erases all.
      key: await loadDataKey(row.keyId),
    });
    await admit(invitation, accountId);
    return { sessionToken: await startSession(accountId, userAgent), slug: organization.slug };
  });
}

/** Lets a signed-in account in by an invitation and returns the organisation's short name. @throws Problem gone, or conflict when it is in already. */
export async function joinWithAccount(linkToken: string, { id }: Account): Promise<string> {
  const invitation = await openInvitation(linkToken);
  await inTransaction(async () => {
    await take(invitation);
    await admit(invitation, id);
    const { keyId } = invitation.row;
    if (!(await StaffAccountModel.exists({ keyId }))) await destroyDataKey(keyId);
  });
  return invitation.organization.slug;
}
