import type { Types } from 'mongoose';
import type { Role } from '../../../config/permissions.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, system } from '../audit/service.ts';
import { createOrganization, type Organization } from '../organizations/service.ts';
import { asActor, asTarget, type Account, type StaffMember } from './account.ts';
import { personsById } from './accounts.ts';
import { MembershipModel, StaffAccountModel, type MembershipRow } from './model.ts';

/** Somebody who works for an organisation, for lists and notifications. */
export interface Member {
  accountId: Types.ObjectId;
  name: string;
  email: string;
  /** Language of mails to this person. */
  language: string;
  /** The account's key, under which mail to this person is sealed. */
  keyId: Types.ObjectId;
  role: Role;
  joinedAt: Date;
  hasSecondFactor: boolean;
}

/** Everybody who works for an organisation now, by name. */
export async function membersOf(organizationId: Types.ObjectId): Promise<Member[]> {
  const rows = await MembershipModel.find({ organizationId, endedAt: null }).lean();
  const persons = await personsById(rows.map(({ accountId }) => accountId));
  return rows
    .flatMap(({ accountId, role, joinedAt }) => {
      const person = persons.get(accountId.toHexString());
      return person ? [{ accountId, role, joinedAt, ...person }] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

const noSuchMember = () => new Problem('not-found', 'There is no such member.');

async function membershipRow(organizationId: Types.ObjectId, accountId: Types.ObjectId) {
  const row = await MembershipModel.findOne({ organizationId, accountId, endedAt: null }).lean();
  if (!row) throw noSuchMember();
  return row;
}

/** Somebody who works for an organisation now. @throws Problem not-found */
export async function memberById(
  organizationId: Types.ObjectId,
  accountId: Types.ObjectId,
): Promise<Member> {
  const { role, joinedAt } = await membershipRow(organizationId, accountId);
  const person = (await personsById([accountId])).get(accountId.toHexString());
  if (!person) throw noSuchMember();
  return { accountId, role, joinedAt, ...person };
}

export async function isMember(
  organizationId: Types.ObjectId,
  accountId: Types.ObjectId,
): Promise<boolean> {
  return (await MembershipModel.exists({ organizationId, accountId, endedAt: null })) !== null;
}

/** Names of people who work or worked for an organisation, by account id; others are missing. */
export async function memberNames(
  organizationId: Types.ObjectId,
  ids: readonly (Types.ObjectId | string)[],
): Promise<Map<string, string>> {
  const rows = await MembershipModel.find({ organizationId, accountId: { $in: ids } }).lean();
  const persons = await personsById(rows.map(({ accountId }) => accountId));
  return new Map([...persons].map(([id, { name }]) => [id, name]));
}

/** Gives an account a role in an organisation, in the caller's transaction. @throws Problem conflict when it has one. */
export async function grantMembership(
  organizationId: Types.ObjectId,
  accountId: Types.ObjectId,
  role: Role,
): Promise<void> {
  const former = await MembershipModel.findOne({ organizationId, accountId }).lean();
  if (former?.endedAt === null) {
    throw new Problem('conflict', 'This account is a member already.', { code: 'member-already' });
  }
  await MembershipModel.updateOne(
    { organizationId, accountId },
    { role, joinedAt: new Date(), endedAt: null },
    { upsert: true },
  );
}

/** Opens an organisation whose first administrator is the account that asks. @throws Problem conflict for a taken short name. */
export async function foundOrganization(
  account: Account,
  input: Parameters<typeof createOrganization>[1],
): Promise<Organization> {
  return inTransaction(async () => {
    const organization = await createOrganization(asActor(account.id), input);
    const actor = { ...asActor(account.id), organizationId: organization._id };
    await grantMembership(organization._id, account.id, 'administrator');
    await recordAudit(actor, 'staff.joined', asTarget(account.id), { role: 'administrator' });
    return organization;
  });
}

/** Makes those who administer the installation administrators of an organisation, in the caller's transaction. */
export async function admitInstallationAdministrators(
  organizationId: Types.ObjectId,
): Promise<void> {
  for (const { _id } of await StaffAccountModel.find({
    isInstallationAdministrator: true,
  }).lean()) {
    await grantMembership(organizationId, _id, 'administrator');
    await recordAudit(system(organizationId), 'staff.joined', asTarget(_id), {
      role: 'administrator',
    });
  }
}

/** @throws Problem not-allowed-now when nobody else could administer the organisation. */
async function keepOneAdministrator(row: MembershipRow): Promise<void> {
  if (row.role !== 'administrator') return;
  const { organizationId } = row;
  // Written to all of them, so that two administrators who demote each other at once conflict.
  const { matchedCount } = await MembershipModel.updateMany(
    { organizationId, role: 'administrator', endedAt: null },
    { $inc: { version: 1 } },
  );
  if (matchedCount > 1) return;
  throw new Problem('not-allowed-now', 'An organisation keeps at least one administrator.', {
    code: 'last-administrator',
  });
}

/** @throws Problem not-found, or not-allowed-now for the last administrator. */
export async function changeRole(
  staff: StaffMember,
  accountId: Types.ObjectId,
  role: Role,
): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const row = await membershipRow(organizationId, accountId);
    if (row.role === role) return;
    await keepOneAdministrator(row);
    await MembershipModel.updateOne({ organizationId, accountId, endedAt: null }, { role });
    await recordAudit(staff, 'staff.role-changed', asTarget(accountId), {
      from: row.role,
      to: role,
    });
  });
}

/** Ends a membership; the next click of that person meets a closed door. @throws like `changeRole` */
export async function endMembership(staff: StaffMember, accountId: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const row = await membershipRow(organizationId, accountId);
    await keepOneAdministrator(row);
    await MembershipModel.updateOne(
      { organizationId, accountId, endedAt: null },
      { endedAt: new Date() },
    );
    await recordAudit(staff, 'staff.removed', asTarget(accountId), { role: row.role });
  });
}
