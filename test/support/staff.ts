import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { Types } from 'mongoose';
import { Secret, TOTP } from 'otpauth';
import type { Role } from '../../config/permissions.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { createAccount } from '../../server/features/staff/accounts.ts';
import { grantMembership } from '../../server/features/staff/memberships.ts';
import { startSession } from '../../server/features/staff/sessions.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { accountOf, memberOf, type StaffMember } from '../../server/features/staff/service.ts';
import { MailModel } from '../../server/mail/model.ts';
import { openMail, type SealedMail } from '../../server/mail/outbox.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { hashPassword } from '../../server/security/passwords.ts';
import { Client } from './client.ts';
import { OF_A_TEST } from './commands.ts';

export const PASSWORD = 'correct horse battery staple';
let hash: Promise<string> | undefined;

export interface Person {
  accountId: Types.ObjectId;
  name: string;
  email: string;
}

/** An account with the password `PASSWORD`, in any number of organisations. */
export async function anAccount(
  memberships: [Organization, Role][] = [],
  given: { name?: string; isInstallationAdministrator?: boolean; language?: string } = {},
): Promise<Person> {
  hash ??= hashPassword(PASSWORD);
  const passwordHash = await hash;
  const unique = randomBytes(4).toString('hex');
  const { name = `Robin ${unique}`, isInstallationAdministrator = false, language = 'en' } = given;
  const email = `staff-${unique}@mail.test`;
  const accountId = await inTransaction(async () => {
    const person = { name, email, passwordHash, language, isInstallationAdministrator };
    const id = await createAccount(person);
    for (const [{ _id }, role] of memberships) await grantMembership(_id, id, role);
    return id;
  });
  return { accountId, name, email };
}

/** A member as services take it: the first argument of every change. */
export async function aStaffMember(
  organization: Organization,
  role: Role = 'privacy-officer',
  given: { isInstallationAdministrator?: boolean } = {},
): Promise<StaffMember> {
  const { accountId } = await anAccount([[organization, role]], given);
  const account = await accountOf(await startSession(accountId, ''));
  if (!account) throw new Error('The session of a new account does not live.');
  return memberOf(account, organization.slug);
}

/** Signs in through the front door. */
export async function signedIn({ email }: { email: string }, headers = {}): Promise<Client> {
  const client = new Client(headers);
  const reply = await client.submit('/staff/sign-in', { email, password: PASSWORD });
  expect(reply.url, 'where signing in led').not.to.match(/^\/staff\/sign-in/u);
  return client;
}

/** A browser in which a member of an organisation is signed in. */
export async function clientOf(
  organization: Organization,
  role: Role,
  given: { isInstallationAdministrator?: boolean } = {},
): Promise<Client> {
  return signedIn(await anAccount([[organization, role]], given));
}

/** The newest mail to an address, as it waits in the database. */
export async function mailTo(email: string): Promise<SealedMail & { template: string }> {
  for (const row of await MailModel.find().sort({ _id: -1 }).comment(OF_A_TEST).lean()) {
    const key = (await loadDataKeys([row.keyId])).get(row.keyId.toHexString());
    if (!key || row.sealed === null) continue;
    const mail = openMail(key, { _id: row._id, sealed: row.sealed });
    if (mail.to.email === email) return { ...mail, template: row.template };
  }
  throw new Error('No mail waits for this address.');
}

/** The path of the link in the newest mail to an address. */
export async function linkMailedTo(email: string): Promise<string> {
  const { text } = await mailTo(email);
  return new URL(/https?:\/\/\S+/u.exec(text)?.[0] ?? '').pathname;
}

/** What an authenticator app shows now, or some steps of 30 seconds later. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: Date.now() + steps * 30_000,
  });

/** Sets up an authenticator app through the pages; gives its secret and the recovery codes. */
export async function setUpSecondFactor(
  client: Client,
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const page = '/staff/account/second-factor';
  const { text } = await client.submit(page, { current: PASSWORD }, `${page}/begin`);
  const secret = /<code>([A-Z2-7 ]+)<\/code>/u.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
  const done = await client.submit(page, { code: codeOf(secret) }, `${page}/confirm`);
  expect(done.status).to.equal(200);
  const recoveryCodes = [...done.text.matchAll(/<li>([0-9A-Z]{5}-[0-9A-Z]{5})<\/li>/gu)].map(
    ([, code]) => code ?? '',
  );
  return { secret, recoveryCodes };
}
