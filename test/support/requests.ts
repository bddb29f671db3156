import { randomUUID } from 'node:crypto';
import { Types } from 'mongoose';
import type { Role } from '../../config/permissions.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { system } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { confirmDeletion } from '../../server/features/requests/confirmation.ts';
import { requestForPerson } from '../../server/features/requests/portal.ts';
import { enterByCode } from '../../server/features/requests/entrance.ts';
import { submitRequest } from '../../server/features/requests/intake.ts';
import { RequestModel, type RequestRow } from '../../server/features/requests/model.ts';
import { personOf, type Person } from '../../server/features/requests/person.ts';
import { provePerson } from '../../server/features/requests/proof.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import { createAccount } from '../../server/features/staff/accounts.ts';
import { grantMembership } from '../../server/features/staff/memberships.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { MailModel } from '../../server/mail/model.ts';
import { openMail, type SealedMail } from '../../server/mail/outbox.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { OF_A_TEST } from './commands.ts';

let count = 0;

/** What a person types in the form, under an address of their own. */
export function typedRequest(given: Partial<NewRequest> = {}): NewRequest {
  count += 1;
  return {
    formKey: randomUUID(),
    right: 'access',
    country: 'DE',
    state: null,
    dataClass: 'ordinary',
    name: 'Ada Beispiel',
    email: `ada-${count}@person.test`,
    details: 'Everything you hold about my orders.',
    answers: {},
    ...given,
  };
}

export async function requestByReference(
  { _id }: Organization,
  reference: string,
): Promise<RequestRow> {
  return RequestModel.findOne({ organizationId: _id, reference }).orFail().lean();
}

/** A request whose mailbox nobody has proved yet. */
export async function anUnverifiedRequest(
  organization: Organization,
  given: Partial<NewRequest> = {},
): Promise<RequestRow> {
  const { reference } = await submitRequest(organization, typedRequest(given), 'en');
  return requestByReference(organization, reference);
}

/** A request whose person proved no more than the mailbox, and that person in the portal. */
export async function aRequestByMail(
  organization: Organization,
  given: Partial<NewRequest> = {},
): Promise<{ row: RequestRow; person: Person; email: string; token: string }> {
  const typed = typedRequest(given);
  const { reference } = await submitRequest(organization, typed, 'en');
  const { token } = await enterByCode(organization, reference, await codeSentTo(typed.email));
  const person = await personOf(organization, token);
  const row = await requestByReference(organization, reference);
  return { row, person: person!, email: typed.email, token };
}

/** Proves the person behind a request as surely as it needs: met at the office. */
export async function proveInPerson(
  organization: Organization,
  row: RequestRow,
): Promise<RequestRow> {
  const office = system(organization._id);
  if (row.provenLevel < row.requiredLevel) {
    await inTransaction(() => provePerson(office, row, { kind: 'in-person' }));
  }
  return requestByReference(organization, row.reference);
}

/** A request that can be answered, and its person in the portal. */
export async function aRequest(
  organization: Organization,
  given: Partial<NewRequest> = {},
): Promise<{ row: RequestRow; person: Person; email: string }> {
  const { row, person, email } = await aRequestByMail(organization, given);
  const { awaitsConfirmation, version } = await requestForPerson(person);
  if (awaitsConfirmation) await confirmDeletion(person, { version });
  return { row: await proveInPerson(organization, row), person, email };
}

/** Mails about requests that wait in the database, oldest first, whoever they go to. */
export async function waitingMails(): Promise<(SealedMail & { template: string })[]> {
  const rows = await MailModel.find({ template: /^request-/u, sealed: { $ne: null } })
    .sort({ _id: 1 })
    .comment(OF_A_TEST)
    .lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return rows.flatMap((row) => {
    const key = keys.get(row.keyId.toHexString());
    if (!key || !row.sealed) return [];
    return [{ template: row.template, ...openMail(key, { _id: row._id, sealed: row.sealed }) }];
  });
}

export async function mailsTo(email: string): Promise<(SealedMail & { template: string })[]> {
  return (await waitingMails()).filter(({ to }) => to.email === email);
}

async function newestMatch(email: string, pattern: RegExp): Promise<string> {
  const texts = (await mailsTo(email)).map(({ text }) => pattern.exec(text)?.[1]);
  const found = texts.filter((text) => text !== undefined).at(-1);
  if (found === undefined) throw new Error('No mail to this address has one.');
  return found;
}

/** The newest code in a mail to an address. */
export const codeSentTo = (email: string) => newestMatch(email, /(\d{4} \d{4})/u);

/** The newest token of a link such as `confirm` in a mail to an address. */
export const linkSentTo = (email: string, page: 'confirm' | 'not-me') =>
  newestMatch(email, new RegExp(`/${page}/([\\w-]+)`, 'u'));

/** A member of an organisation, as the doors hand one to a service. */
export async function aMember(
  organization: Organization,
  role: Role = 'privacy-officer',
): Promise<StaffMember> {
  count += 1;
  const person = { name: 'Staff Member', email: `member-${count}@staff.test` };
  const accountId = await inTransaction(async () => {
    const id = await createAccount({
      ...person,
      passwordHash: 'none',
      language: 'en',
      isInstallationAdministrator: false,
    });
    await grantMembership(organization._id, id, role);
    return id;
  });
  return {
    kind: 'staff',
    id: accountId.toHexString(),
    organizationId: organization._id,
    role,
    organization,
    account: {
      id: accountId,
      ...person,
      language: 'en',
      sessionId: new Types.ObjectId(),
      isInstallationAdministrator: false,
      hasSecondFactor: false,
      memberships: [],
    },
  };
}
