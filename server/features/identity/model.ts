import { model, Schema, type Types } from 'mongoose';
import type { IdentityLevel } from '../../../config/rights.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** What a proof of control over a mailbox opens. */
export type ChallengePurpose = 'verify-request' | 'open-portal' | 'fetch-package';

/** A code and its links, sent to a mailbox. Of these secrets only fingerprints are stored. */
export interface ChallengeRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  purpose: ChallengePurpose;
  /** Whose mailbox: a fingerprint. */
  addressPrint: string;
  codePrint: string;
  linkPrint: string;
  /** Of the link that stops these mails. It outlives code and link. */
  stopPrint: string;
  tries: number;
  codeEndsAt: Date;
  linkEndsAt: Date;
  /** When it was used, or gave way to a newer one. */
  endedAt: Date | null;
  forgetAt: Date;
}

const challengeSchema = new Schema<ChallengeRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    purpose: { type: String, required: true, immutable: true },
    addressPrint: { type: String, required: true, immutable: true },
    codePrint: { type: String, required: true, immutable: true },
    linkPrint: { type: String, required: true, immutable: true },
    stopPrint: { type: String, required: true, immutable: true },
    tries: { type: Number, default: 0 },
    codeEndsAt: { type: Date, required: true },
    linkEndsAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    forgetAt: { type: Date, required: true },
  },
  { collection: 'challenges', strict: 'throw', versionKey: false },
);
belongsToOrganization(challengeSchema);
challengeSchema.index({ requestId: 1, endedAt: 1, _id: -1 });
challengeSchema.index({ linkPrint: 1 }, { unique: true });
challengeSchema.index({ stopPrint: 1 }, { unique: true });
challengeSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
export const ChallengeModel = model('Challenge', challengeSchema);

/** The mails that one unproven address got lately, in the whole installation. */
export interface AllowanceRow {
  /** Fingerprint of the address. */
  _id: string;
  sentAt: Date[];
  /** Those of them that anybody could have caused who knows the address. */
  unprovenAt: Date[];
  silentUntil: Date | null;
  forgetAt: Date;
}

const allowanceSchema = new Schema<AllowanceRow>(
  {
    _id: { type: String, required: true },
    sentAt: { type: [Date], default: [] },
    unprovenAt: { type: [Date], default: [] },
    silentUntil: { type: Date, default: null },
    forgetAt: { type: Date, required: true },
  },
  { collection: 'mailAllowances', strict: 'throw', versionKey: false },
);
allowanceSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
export const AllowanceModel = model('MailAllowance', allowanceSchema);

/** A proven person's visit to one request. */
export interface PortalSessionRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  subjectId: Types.ObjectId;
  /** How surely the visitor is known; from 2 on, all requests of the same person can be seen. */
  level: IdentityLevel;
  tokenPrint: string;
  startedAt: Date;
  endsAt: Date;
}

const portalSessionSchema = new Schema<PortalSessionRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    subjectId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    level: { type: Number, default: 1 },
    tokenPrint: { type: String, required: true, immutable: true },
    startedAt: { type: Date, required: true, immutable: true },
    endsAt: { type: Date, required: true },
  },
  { collection: 'portalSessions', strict: 'throw', versionKey: false },
);
belongsToOrganization(portalSessionSchema);
portalSessionSchema.index({ tokenPrint: 1 }, { unique: true });
portalSessionSchema.index({ organizationId: 1, requestId: 1 });
portalSessionSchema.index({ endsAt: 1 }, { expireAfterSeconds: 0 });
export const PortalSessionModel = model('PortalSession', portalSessionSchema);
