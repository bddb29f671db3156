import { Problem } from '../../problem.ts';
import { inTransaction } from '../../database/transaction.ts';
import { hashPassword } from '../../security/passwords.ts';
import { recordAudit, system } from '../audit/service.ts';
import { allOrganizations } from '../organizations/service.ts';
import { asTarget } from './account.ts';
import { createAccount } from './accounts.ts';
import { makeFirstLink, openLink, takeLink } from './links.ts';
import { grantMembership } from './memberships.ts';
import { StaffAccountModel } from './model.ts';
import { checkNewPassword } from './password-rules.ts';
import { startSession } from './sessions.ts';

const LINK_MINUTES = 7 * 24 * 60;

/** A fresh path for the first administrator while nobody has an account; null afterwards. */
export async function offerFirstAdministrator(): Promise<string | null> {
  if (await StaffAccountModel.exists({})) return null;
  return `/staff/first/${await makeFirstLink(LINK_MINUTES)}`;
}

const isGone = () =>
  new Problem('gone', 'This link was used, or replaced by a newer one.', { code: 'link-gone' });

/** @throws Problem gone when the link no longer counts. */
export async function checkFirstLink(token: string): Promise<void> {
  if (!(await openLink('first-administrator', token))) throw isGone();
}

export interface NewPerson {
  name: string;
  email: string;
  password: string;
}

/**
 * Makes the first account: administrator of the installation and of every organisation there is.
 * Returns the token of its session. @throws Problem gone for everybody but the first.
 */
export async function becomeFirstAdministrator(
  linkToken: string,
  { name, email, password }: NewPerson,
  { language, userAgent }: { language: string; userAgent: string },
): Promise<string> {
  await checkFirstLink(linkToken);
  checkNewPassword(password, { name, email });
  const passwordHash = await hashPassword(password);
  return inTransaction(async () => {
    const link = await takeLink('first-administrator', linkToken);
    if (!link || (await StaffAccountModel.exists({}))) throw isGone();
    const accountId = await createAccount({
      name,
      email,
      passwordHash,
      language,
      isInstallationAdministrator: true,
    });
    const target = asTarget(accountId);
    await recordAudit(system(null), 'staff.first-administrator', target);
    for (const { _id } of await allOrganizations()) {
      await grantMembership(_id, accountId, 'administrator');
      await recordAudit(system(_id), 'staff.joined', target, { role: 'administrator' });
    }
    return startSession(accountId, userAgent);
  });
}
