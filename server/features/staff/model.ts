import { model, Schema, type Types } from 'mongoose';
import type { Role } from '../../../config/permissions.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** One person who works here, whichever organisations they work for. */
export interface StaffAccountRow {
  _id: Types.ObjectId;
  keyId: Types.ObjectId;
  /** Name and address, sealed under `keyId`. */
  sealed: Buffer;
  /** What the address is looked up by; one account per address. */
  emailIndex: string;
  passwordHash: string;
  /** Language of mails to this person. */
  language: string;
  isInstallationAdministrator: boolean;
  /** The TOTP secret in use, sealed; null while there is no second factor. */
  sealedSecret: Buffer | null;
  /** A TOTP secret shown to the person but not yet confirmed by a code. */
  sealedNewSecret: Buffer | null;
  /** The last 30-second step whose code was accepted: each code opens once. */
  lastTimeStep: number;
  /** Fingerprints of the recovery codes that are left. */
  recoveryCodes: string[];
}

const accountSchema = new Schema<StaffAccountRow>(
  {
    keyId: { type: Schema.Types.ObjectId, required: true },
    sealed: { type: Buffer, required: true },
    emailIndex: { type: String, required: true },
    passwordHash: { type: String, required: true },
    language: { type: String, required: true },
    isInstallationAdministrator: { type: Boolean, default: false },
    sealedSecret: { type: Buffer, default: null },
    sealedNewSecret: { type: Buffer, default: null },
    lastTimeStep: { type: Number, default: 0 },
    recoveryCodes: { type: [String], default: [] },
  },
  { collection: 'staffAccounts', timestamps: true, strict: 'throw' },
);
accountSchema.index({ emailIndex: 1 }, { unique: true });
accountSchema.index({ keyId: 1 });
accountSchema.index({ isInstallationAdministrator: 1 });
export const StaffAccountModel = model('StaffAccount', accountSchema);

/** What an account may do in one organisation. The row outlives the membership, so that its name can be read in old entries. */
export interface MembershipRow extends OfOrganization {
  _id: Types.ObjectId;
  accountId: Types.ObjectId;
  role: Role;
  joinedAt: Date;
  endedAt: Date | null;
  /** Raised on every administrator's row when one of them changes, so that two such changes conflict. */
  version: number;
}

const membershipSchema = new Schema<MembershipRow>(
  {
    accountId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    role: { type: String, required: true },
    joinedAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    version: { type: Number, default: 0 },
  },
  { collection: 'staffMemberships', strict: 'throw', versionKey: false },
);
belongsToOrganization(membershipSchema);
membershipSchema.index({ accountId: 1, organizationId: 1 }, { unique: true });
membershipSchema.index({ organizationId: 1, endedAt: 1 });
export const MembershipModel = model('StaffMembership', membershipSchema);

export interface StaffSessionRow {
  _id: Types.ObjectId;
  accountId: Types.ObjectId;
  tokenHash: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  /** Kinds of browser and system, such as `firefox` and `linux`; never the whole header. */
  browser: string;
  platform: string;
}

const sessionSchema = new Schema<StaffSessionRow>(
  {
    accountId: { type: Schema.Types.ObjectId, required: true },
    tokenHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    browser: { type: String, required: true },
    platform: { type: String, required: true },
  },
  { collection: 'staffSessions', strict: 'throw', versionKey: false },
);
sessionSchema.index({ tokenHash: 1 }, { unique: true });
sessionSchema.index({ accountId: 1, lastSeenAt: -1 });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const StaffSessionModel = model('StaffSession', sessionSchema);

/** What a link or a half-done sign-in is for. */
export type LinkPurpose = 'first-administrator' | 'password-reset' | 'second-step';

export interface StaffLinkRow {
  _id: Types.ObjectId;
  purpose: LinkPurpose;
  /** Null for the link of the first administrator, who has no account yet. */
  accountId: Types.ObjectId | null;
  tokenHash: string;
  expiresAt: Date;
}

const linkSchema = new Schema<StaffLinkRow>(
  {
    purpose: { type: String, required: true },
    accountId: { type: Schema.Types.ObjectId, default: null },
    tokenHash: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'staffLinks', strict: 'throw', versionKey: false },
);
linkSchema.index({ tokenHash: 1 }, { unique: true });
linkSchema.index({ accountId: 1 });
linkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const StaffLinkModel = model('StaffLink', linkSchema);

export interface InvitationRow extends OfOrganization {
  _id: Types.ObjectId;
  role: Role;
  keyId: Types.ObjectId;
  /** The invited address, sealed under `keyId`. */
  sealed: Buffer;
  emailIndex: string;
  tokenHash: string;
  sentAt: Date;
  expiresAt: Date;
}

const invitationSchema = new Schema<InvitationRow>(
  {
    role: { type: String, required: true },
    keyId: { type: Schema.Types.ObjectId, required: true },
    sealed: { type: Buffer, required: true },
    emailIndex: { type: String, required: true },
    tokenHash: { type: String, required: true },
    sentAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'staffInvitations', strict: 'throw', versionKey: false },
);
belongsToOrganization(invitationSchema);
invitationSchema.index({ organizationId: 1, emailIndex: 1 }, { unique: true });
invitationSchema.index({ tokenHash: 1 }, { unique: true });
invitationSchema.index({ expiresAt: 1 });
export const InvitationModel = model('StaffInvitation', invitationSchema);

/** Tries of a password or code, per account or device and window of time. */
export interface StaffTriesRow {
  _id: string;
  tries: number;
  endsAt: Date;
}

const triesSchema = new Schema<StaffTriesRow>(
  {
    _id: { type: String, required: true },
    tries: { type: Number, required: true },
    endsAt: { type: Date, required: true },
  },
  { collection: 'staffTries', strict: 'throw', versionKey: false },
);
triesSchema.index({ endsAt: 1 }, { expireAfterSeconds: 0 });
export const StaffTriesModel = model('StaffTries', triesSchema);
