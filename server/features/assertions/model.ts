import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** Signatures of a pair of keys alone: whoever can check one cannot make one. */
export const algorithms = ['EdDSA', 'ES256', 'RS256'] as const;
export type Algorithm = (typeof algorithms)[number];

/** A system of the organisation whose word about its signed-in people counts. */
export interface IssuerRow extends OfOrganization {
  _id: Types.ObjectId;
  name: string;
  /** The claim `iss`. */
  issuer: string;
  /** Origins of the pages that may send assertions. */
  origins: string[];
  algorithms: Algorithm[];
  /** Where its public keys are; null when they were pasted. */
  jwksUrl: string | null;
  /** Pasted public keys: a JSON Web Key Set; null when they are fetched. */
  jwks: string | null;
  /** Where people sign in there. */
  signInUrl: string | null;
}

const issuerSchema = new Schema<IssuerRow>(
  {
    name: { type: String, required: true },
    issuer: { type: String, required: true },
    origins: { type: [String], required: true },
    algorithms: { type: [String], enum: algorithms, required: true },
    jwksUrl: { type: String, default: null },
    jwks: { type: String, default: null },
    signInUrl: { type: String, default: null },
  },
  { collection: 'assertionIssuers', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(issuerSchema);
issuerSchema.index({ organizationId: 1, issuer: 1 }, { unique: true });
export const IssuerModel = model('AssertionIssuer', issuerSchema);

/** An assertion that was used: it counts once, on whatever node. */
export interface UseRow extends OfOrganization {
  issuerId: Types.ObjectId;
  jtiPrint: string;
  /** Once the assertion has expired by itself. */
  forgetAt: Date;
}

const useSchema = new Schema<UseRow>(
  {
    issuerId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    jtiPrint: { type: String, required: true, immutable: true },
    forgetAt: { type: Date, required: true, immutable: true },
  },
  { collection: 'assertionUses', strict: 'throw', versionKey: false },
);
belongsToOrganization(useSchema);
useSchema.index({ organizationId: 1, issuerId: 1, jtiPrint: 1 }, { unique: true });
useSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
export const UseModel = model('AssertionUse', useSchema);

/** The visit of a person whom an issuer vouches for. */
export interface SignedInSessionRow extends OfOrganization {
  _id: Types.ObjectId;
  issuerId: Types.ObjectId;
  tokenPrint: string;
  /** `SignedInPerson`, sealed under the organisation's key; gone with the row. */
  sealed: Buffer;
  /** When the person last showed the issuer who they are. */
  authenticatedAt: Date;
  /** By more than one factor. */
  isStrong: boolean;
  /** What the browser must be able to prove it was given; null where the issuer took none along. */
  nonce: string | null;
  startedAt: Date;
  endsAt: Date;
}

const sessionSchema = new Schema<SignedInSessionRow>(
  {
    issuerId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    tokenPrint: { type: String, required: true, immutable: true },
    sealed: { type: Buffer, required: true, immutable: true },
    authenticatedAt: { type: Date, required: true, immutable: true },
    isStrong: { type: Boolean, required: true, immutable: true },
    nonce: { type: String, default: null, immutable: true },
    startedAt: { type: Date, required: true, immutable: true },
    endsAt: { type: Date, required: true },
  },
  { collection: 'signedInSessions', strict: 'throw', versionKey: false },
);
belongsToOrganization(sessionSchema);
sessionSchema.index({ tokenPrint: 1 }, { unique: true });
sessionSchema.index({ organizationId: 1, issuerId: 1 });
sessionSchema.index({ endsAt: 1 }, { expireAfterSeconds: 0 });
export const SignedInSessionModel = model('SignedInSession', sessionSchema);
