import { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { defaults } from '../../../config/defaults.ts';
import type { Role } from '../../../config/permissions.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { queueMail } from '../../mail/outbox.ts';
import { invalidField, Problem } from '../../problem.ts';
import {
  bytesOf,
  createDataKey,
  destroyDataKey,
  loadDataKey,
  loadDataKeys,
} from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { recordAudit } from '../audit/service.ts';
import { organizationById, type Organization } from '../organizations/service.ts';
import type { StaffMember } from './account.ts';
import { accountRowByAddress, staffAddressIndex } from './accounts.ts';
import { isMember } from './memberships.ts';
import { InvitationModel, StaffAccountModel, type InvitationRow } from './model.ts';

const { lifeDays } = defaults.invitation;
const DAY_MS = 86_400_000;
/** How long an administrator still sees an invitation that nobody took. */
const KEPT_DAYS = 30;

const hashOf = (token: string) => fingerprint('staff-invitation', token);
const placeOf = (id: Types.ObjectId) => ({
  collection: 'staffInvitations',
  row: id,
  field: 'sealed',
});
const expiry = () => new Date(Date.now() + lifeDays * DAY_MS);
const targetOf = (id: Types.ObjectId) => ({ kind: 'staff-invitation', id });

/** An invitation as staff see it. */
export interface Invitation {
  id: Types.ObjectId;
  email: string;
  role: Role;
  expiresAt: Date;
  isExpired: boolean;
}

const addressIn = (key: DataKey, { _id, sealed }: InvitationRow) =>
  (unsealJson(key, placeOf(_id), bytesOf(sealed)) as { email: string }).email;

const toInvitation = (row: InvitationRow, email: string): Invitation => ({
  id: row._id,
  email,
  role: row.role,
  expiresAt: row.expiresAt,
  isExpired: row.expiresAt.getTime() <= Date.now(),
});

/** What an organisation has sent and nobody has taken yet, newest first. */
export async function invitationsOf(organizationId: Types.ObjectId): Promise<Invitation[]> {
  const rows = await InvitationModel.find({ organizationId }).sort({ sentAt: -1 }).lean();
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return rows.flatMap((row) => {
    const key = keys.get(row.keyId.toHexString());
    return key ? [toInvitation(row, addressIn(key, row))] : [];
  });
}

async function mailInvitation(
  organization: Organization,
  invitation: { id: Types.ObjectId; keyId: Types.ObjectId; email: string; role: Role },
  token: string,
): Promise<void> {
  const [code = 'en'] = organization.languages;
  const language = languageOf(code);
  await queueMail({
    template: 'staff-invitation',
    language: language.code,
    to: { name: '', email: invitation.email },
    keyId: invitation.keyId,
    organizationId: organization._id,
    model: {
      organization: { name: organization.name },
      role: language.t(`staff.role.${invitation.role}.name`),
      url: `${config.publicUrl}/staff/invitation/${token}`,
      days: lifeDays,
    },
    about: targetOf(invitation.id),
  });
}

/** Invites somebody by mail. @throws Problem invalid when the address is a member's, or has an invitation. */
export async function inviteStaff(
  staff: StaffMember,
  { email, role }: { email: string; role: Role },
): Promise<void> {
  const { organizationId } = staff;
  const emailIndex = staffAddressIndex(email);
  const token = newToken();
  await inTransaction(async () => {
    const account = await accountRowByAddress(email);
    if (account && (await isMember(organizationId, account._id))) {
      throw invalidField('email', 'staff.member-already', 'This person is a member already.');
    }
    if (await InvitationModel.exists({ organizationId, emailIndex })) {
      throw invalidField(
        'email',
        'staff.invited-already',
        'This address has an invitation already.',
      );
    }
    const id = new Types.ObjectId();
    const key = account ? await loadDataKey(account.keyId) : await createDataKey(null, 'staff');
    await InvitationModel.create({
      _id: id,
      organizationId,
      role,
      keyId: key.id,
      sealed: sealJson(key, placeOf(id), { email }),
      emailIndex,
      tokenHash: hashOf(token),
      sentAt: new Date(),
      expiresAt: expiry(),
    });
    await mailInvitation(staff.organization, { id, keyId: key.id, email, role }, token);
    await recordAudit(staff, 'staff.invited', targetOf(id), { role });
  });
}

/** Sends an invitation again, with a new link and a new term; the old link ends. @throws Problem not-found */
export async function resendInvitation(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  const token = newToken();
  await inTransaction(async () => {
    const row = await InvitationModel.findOneAndUpdate(
      { _id: id, organizationId },
      { tokenHash: hashOf(token), sentAt: new Date(), expiresAt: expiry() },
      { returnDocument: 'after' },
    ).lean();
    if (!row) throw new Problem('not-found', 'There is no such invitation.');
    const email = addressIn(await loadDataKey(row.keyId), row);
    const { keyId, role } = row;
    await mailInvitation(staff.organization, { id, keyId, email, role }, token);
    await recordAudit(staff, 'staff.invitation-resent', targetOf(id));
  });
}

/** Erases the address of an invitation that came to nothing, unless an account lives under the same key. */
async function forget({ keyId }: InvitationRow): Promise<void> {
  if (!(await StaffAccountModel.exists({ keyId }))) await destroyDataKey(keyId);
}

/** Takes an invitation back; its link ends. @throws Problem not-found */
export async function revokeInvitation(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const row = await InvitationModel.findOneAndDelete({ _id: id, organizationId }).lean();
    if (!row) throw new Problem('not-found', 'There is no such invitation.');
    await forget(row);
    await recordAudit(staff, 'staff.invitation-revoked', targetOf(id));
  });
}

/** For the sweep: erases invitations that expired long ago, and says how many. */
export async function forgetOldInvitations(): Promise<number> {
  const old = { expiresAt: { $lt: new Date(Date.now() - KEPT_DAYS * DAY_MS) } };
  const rows = await InvitationModel.find(old, null, { acrossOrganizations: true }).lean();
  for (const row of rows) {
    await inTransaction(async () => {
      const { _id, organizationId } = row;
      const { deletedCount } = await InvitationModel.deleteOne({ _id, organizationId, ...old });
      if (deletedCount === 1) await forget(row);
    });
  }
  return rows.length;
}

/** An invitation as the invited person meets it. */
export interface OpenInvitation {
  row: InvitationRow;
  email: string;
  organization: Organization;
  /** True when somebody already has an account under the invited address. */
  hasAccount: boolean;
}

/** @throws Problem gone when the link was used, taken back, replaced or is too old. */
export async function openInvitation(token: string): Promise<OpenInvitation> {
  const row = await InvitationModel.findOne(
    { tokenHash: hashOf(token), expiresAt: { $gt: new Date() } },
    null,
    { acrossOrganizations: true },
  ).lean();
  if (!row) throw new Problem('gone', 'Ask for a new invitation.', { code: 'invitation-gone' });
  return {
    row,
    email: addressIn(await loadDataKey(row.keyId), row),
    organization: await organizationById(row.organizationId),
    hasAccount: (await StaffAccountModel.exists({ emailIndex: row.emailIndex })) !== null,
  };
}
