import { setTimeout as wait } from 'node:timers/promises';
import { config } from '../../../config/index.ts';
import { defaults } from '../../../config/defaults.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { queueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { hashPassword } from '../../security/passwords.ts';
import { recordAudit, system } from '../audit/service.ts';
import { asActor, asTarget, type Account } from './account.ts';
import { accountRowByAddress, personOf, sealPerson, staffAddressIndex } from './accounts.ts';
import { accountRow, confirmPassword } from './credentials.ts';
import { dropLinks, makeLink, openLink, takeLink } from './links.ts';
import { StaffAccountModel } from './model.ts';
import { tellOfChange } from './notices.ts';
import { checkNewPassword } from './password-rules.ts';
import { endSessions, startSession } from './sessions.ts';
import { countTry } from './tries.ts';

/** Changes the name, and the language of mails. */
export async function changeProfile(
  { id, email }: Account,
  { name, language }: { name: string; language: string },
): Promise<void> {
  await inTransaction(async () => {
    const { keyId } = await accountRow(id);
    const sealed = sealPerson(await loadDataKey(keyId), id, { name, email });
    await StaffAccountModel.updateOne({ _id: id }, { sealed, language });
    await recordAudit(asActor(id), 'staff.profile-changed', asTarget(id));
  });
}

/**
 * Changes the password. Every session ends; the answer is the token of a new one for this browser.
 * @throws Problem invalid for a wrong present password or an unusable new one.
 */
export async function changePassword(
  account: Account,
  { current, password }: { current: string; password: string },
  userAgent: string,
): Promise<string> {
  const { id } = account;
  checkNewPassword(password, account);
  const row = await confirmPassword(id, current);
  const passwordHash = await hashPassword(password);
  return inTransaction(async () => {
    await StaffAccountModel.updateOne({ _id: id }, { passwordHash });
    await dropLinks(id);
    await endSessions(id);
    await recordAudit(asActor(id), 'staff.password-changed', asTarget(id));
    await tellOfChange(row, 'password');
    return startSession(id, userAgent);
  });
}

/** Longer than the work for a known address, so that the answer's time tells nothing. */
const ANSWER_MS = 300;

async function mailReset(email: string): Promise<void> {
  try {
    await countTry('reset-mail', staffAddressIndex(email));
  } catch (error) {
    // Enough mails went to this address: the answer stays the same.
    if (error instanceof Problem) return;
    throw error;
  }
  const row = await accountRowByAddress(email);
  if (!row) return;
  const { lifeMinutes } = defaults.passwordReset;
  const language = languageOf(row.language);
  await inTransaction(async () => {
    const token = await makeLink('password-reset', row._id, lifeMinutes);
    await queueMail({
      template: 'staff-password-reset',
      language: language.code,
      to: await personOf(row),
      keyId: row.keyId,
      organizationId: null,
      model: {
        organization: { name: language.t('staff.mail.sender') },
        url: `${config.publicUrl}/staff/reset/${token}`,
        minutes: lifeMinutes,
      },
    });
    await recordAudit(system(null), 'staff.password-reset-asked', asTarget(row._id));
  });
}

/** Mails a link for a new password to an address, if it has an account. It never says whether. */
export async function askForReset(email: string): Promise<void> {
  await Promise.all([mailReset(email), wait(ANSWER_MS)]);
}

const isGone = () => new Problem('gone', 'Ask for a new link.', { code: 'link-gone' });

/** @throws Problem gone when the link was used or is too old. */
export async function checkResetLink(token: string): Promise<void> {
  if (!(await openLink('password-reset', token))) throw isGone();
}

/**
 * Sets a new password by a mailed link, which works once. Every session ends.
 * @throws Problem gone, or invalid for an unusable password (the link then stays).
 */
export async function resetPassword(token: string, password: string): Promise<void> {
  const link = await openLink('password-reset', token);
  if (!link?.accountId) throw isGone();
  const id = link.accountId;
  const row = await accountRow(id);
  checkNewPassword(password, await personOf(row));
  const passwordHash = await hashPassword(password);
  await inTransaction(async () => {
    if (!(await takeLink('password-reset', token))) throw isGone();
    await StaffAccountModel.updateOne({ _id: id }, { passwordHash });
    await dropLinks(id);
    await endSessions(id);
    await recordAudit(asActor(id), 'staff.password-reset', asTarget(id));
    await tellOfChange(row, 'password');
  });
}
