import { model, Schema, type Types } from 'mongoose';
import type { DocumentKind, EvidenceKind, LevelTable, PointId } from '../../../config/identity.ts';
import type { IdentityLevel, RightId } from '../../../config/rights.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';
import type { LevelDecision } from './levels.ts';

/** One published version of how an organisation proves who somebody is. */
export interface IdentityRulesRow extends OfOrganization {
  _id: Types.ObjectId;
  version: number;
  levels: LevelTable;
  /** Whether the declaration under penalty of perjury is offered. */
  declaration: boolean;
  /** For which rights staff may ask for a document, and why no milder way does. */
  documents: { right: RightId; reason: string }[];
  publishedAt: Date;
  publishedBy: string | null;
}

const identityRulesSchema = new Schema<IdentityRulesRow>(
  {
    version: { type: Number, required: true, immutable: true },
    levels: { type: Schema.Types.Mixed, required: true, immutable: true },
    declaration: { type: Boolean, required: true, immutable: true },
    documents: {
      type: [
        new Schema(
          { right: { type: String, required: true }, reason: { type: String, required: true } },
          { _id: false },
        ),
      ],
      immutable: true,
    },
    publishedAt: { type: Date, required: true, immutable: true },
    publishedBy: { type: String, default: null, immutable: true },
  },
  { collection: 'identityRules', strict: 'throw', versionKey: false },
);
belongsToOrganization(identityRulesSchema);
identityRulesSchema.index({ organizationId: 1, version: -1 }, { unique: true });
export const IdentityRulesModel = model('IdentityRules', identityRulesSchema);

/** Where the organisation's own system answers whether data points match. */
export interface MatchEndpointRow extends OfOrganization {
  _id: Types.ObjectId;
  url: string;
  /** What is sent: the values, or hashes of them under a salt of their own. */
  sends: 'values' | 'hashes';
  points: PointId[];
  keyId: Types.ObjectId;
  /** The secret of the signatures, sealed. */
  sealedSecret: Buffer;
}

const matchEndpointSchema = new Schema<MatchEndpointRow>(
  {
    url: { type: String, required: true },
    sends: { type: String, enum: ['values', 'hashes'], required: true },
    points: { type: [String], required: true },
    keyId: { type: Schema.Types.ObjectId, required: true },
    sealedSecret: { type: Buffer, required: true },
  },
  { collection: 'matchEndpoints', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(matchEndpointSchema);
matchEndpointSchema.index({ organizationId: 1 }, { unique: true });
export const MatchEndpointModel = model('MatchEndpoint', matchEndpointSchema);

/** What proved something, without the evidence itself. */
export interface EvidenceRow {
  kind: EvidenceKind;
  at: Date;
  by: 'subject' | 'staff';
  /** The staff account. */
  accountId: string | null;
  /** Of data points: how many of how many matched. */
  matched: number | null;
  asked: number | null;
}

/** A staff member asks for a document. */
export interface DocumentAskRow {
  at: Date;
  accountId: string;
  /** Why no milder way does, sealed under the request's key. */
  sealed: Buffer;
}

/** How far the identity behind one request is proved, and what was asked for it. */
export interface IdentityCaseRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  right: RightId;
  rulesVersion: number;
  required: IdentityLevel;
  reasons: LevelDecision['reasons'];
  contactChanged: boolean;
  deliveryDiffers: boolean;
  evidence: EvidenceRow[];
  /** Which points a correction is about, as the person said before trying any; null before that. */
  disputed: PointId[] | null;
  /** How many sets of data points were tried. */
  setsTried: number;
  documentAsk: DocumentAskRow | null;
  /** Since when the person is asked for more than the mailbox; null while nothing is asked. */
  askedAt: Date | null;
  /** How many reminders went out. */
  reminded: number;
  /** Who has checked a deletion of irreplaceable data, beside the one who carries it out. */
  checkedBy: string | null;
  nextActionAt: Date | null;
}

const evidenceSchema = new Schema<EvidenceRow>(
  {
    kind: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
    accountId: { type: String, default: null },
    matched: { type: Number, default: null },
    asked: { type: Number, default: null },
  },
  { _id: false },
);

const documentAskSchema = new Schema<DocumentAskRow>(
  {
    at: { type: Date, required: true },
    accountId: { type: String, required: true },
    sealed: { type: Buffer, required: true },
  },
  { _id: false },
);

const identityCaseSchema = new Schema<IdentityCaseRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    right: { type: String, required: true, immutable: true },
    rulesVersion: { type: Number, required: true, immutable: true },
    required: { type: Number, required: true },
    reasons: { type: Schema.Types.Mixed, required: true },
    contactChanged: { type: Boolean, default: false },
    deliveryDiffers: { type: Boolean, default: false },
    evidence: { type: [evidenceSchema], default: [] },
    disputed: { type: [String], default: null },
    setsTried: { type: Number, default: 0 },
    documentAsk: { type: documentAskSchema, default: null },
    askedAt: { type: Date, default: null },
    reminded: { type: Number, default: 0 },
    checkedBy: { type: String, default: null },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'identityCases', strict: 'throw', versionKey: false },
);
belongsToOrganization(identityCaseSchema);
identityCaseSchema.index({ requestId: 1 }, { unique: true });
identityCaseSchema.index({ nextActionAt: 1 });
export const IdentityCaseModel = model('IdentityCase', identityCaseSchema);

export type DocumentState = 'waiting' | 'accepted' | 'rejected' | 'expired';

/** An identity document. Its bytes are a file with a key of its own, gone once `state` is not `waiting`. */
export interface IdentityDocumentRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  type: 'image/jpeg' | 'application/pdf';
  uploadedAt: Date;
  /** Whether a scanner for viruses looked at it. */
  isScanned: boolean;
  state: DocumentState;
  /** Who opened it first, and when. Others may after a day. */
  reviewerId: string | null;
  viewedAt: Date | null;
  kind: DocumentKind | null;
  country: string | null;
  decidedAt: Date | null;
  reviewerRole: string | null;
  /** When it is deleted, decided or not; null once it is gone. */
  nextActionAt: Date | null;
}

const identityDocumentSchema = new Schema<IdentityDocumentRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    type: { type: String, required: true, immutable: true },
    uploadedAt: { type: Date, required: true, immutable: true },
    isScanned: { type: Boolean, required: true, immutable: true },
    state: { type: String, enum: ['waiting', 'accepted', 'rejected', 'expired'], required: true },
    reviewerId: { type: String, default: null },
    viewedAt: { type: Date, default: null },
    kind: { type: String, default: null },
    country: { type: String, default: null },
    decidedAt: { type: Date, default: null },
    reviewerRole: { type: String, default: null },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'identityDocuments', strict: 'throw', versionKey: false },
);
belongsToOrganization(identityDocumentSchema);
identityDocumentSchema.index({ organizationId: 1, requestId: 1, _id: -1 });
identityDocumentSchema.index({ nextActionAt: 1 });
export const IdentityDocumentModel = model('IdentityDocument', identityDocumentSchema);

/** What somebody declared under penalty of perjury, kept as California's record rules ask. */
export interface DeclarationRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  keyId: Types.ObjectId;
  /** The words and the name typed below them, sealed. */
  sealed: Buffer;
  signedAt: Date;
  /** When it is deleted. */
  nextActionAt: Date;
}

const declarationSchema = new Schema<DeclarationRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, required: true, immutable: true },
    signedAt: { type: Date, required: true, immutable: true },
    nextActionAt: { type: Date, required: true },
  },
  { collection: 'declarations', strict: 'throw', versionKey: false },
);
belongsToOrganization(declarationSchema);
declarationSchema.index({ organizationId: 1, requestId: 1 });
declarationSchema.index({ nextActionAt: 1 });
export const DeclarationModel = model('Declaration', declarationSchema);
