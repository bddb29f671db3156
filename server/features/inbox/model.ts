import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** Why nobody is ever answered by this message: a machine wrote it. */
export const automaticKinds = ['bounce', 'auto-reply', 'list'] as const;
export type AutomaticKind = (typeof automaticKinds)[number];

export const dismissalReasons = [
  'not-a-request',
  'spam',
  'automatic',
  'known-already',
  'answered-elsewhere',
] as const;
export type DismissalReason = (typeof dismissalReasons)[number];

export const draftStates = ['waiting', 'entered', 'attached', 'dismissed'] as const;
export type DraftState = (typeof draftStates)[number];

/** A mail that came in, until somebody decides what it is. */
export interface DraftRow extends OfOrganization {
  _id: Types.ObjectId;
  /** Stands for Message-ID and content: the same mail, sent again, is one draft. */
  print: string;
  keyId: Types.ObjectId;
  /** `Letter`, sealed under `keyId`. */
  sealed: Buffer;
  /** The moment of receipt, from which a request's clock runs. */
  receivedAt: Date;
  automatic: AutomaticKind | null;
  state: DraftState;
  /** Nobody has decided yet; stored so that one index serves both views. */
  isWaiting: boolean;
  /** The request that it became, or a part of. */
  requestId: Types.ObjectId | null;
  dismissal: DismissalReason | null;
  handledAt: Date | null;
  /** When it is erased; null while it waits. */
  nextActionAt: Date | null;
}

const draftSchema = new Schema<DraftRow>(
  {
    print: { type: String, required: true, immutable: true },
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, required: true },
    receivedAt: { type: Date, required: true, immutable: true },
    automatic: { type: String, enum: [...automaticKinds, null], default: null },
    state: { type: String, enum: draftStates, default: 'waiting' },
    isWaiting: { type: Boolean, default: true },
    requestId: { type: Schema.Types.ObjectId, default: null },
    dismissal: { type: String, enum: [...dismissalReasons, null], default: null },
    handledAt: { type: Date, default: null },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'mailDrafts', strict: 'throw', versionKey: false },
);
belongsToOrganization(draftSchema);
draftSchema.index({ organizationId: 1, print: 1 }, { unique: true });
draftSchema.index({ organizationId: 1, isWaiting: 1, _id: -1 });
draftSchema.index({ nextActionAt: 1 });
export const DraftModel = model('MailDraft', draftSchema);

/** An address of an organisation for which mail is taken in. It is public, and nobody's own. */
export interface InboundAddressRow extends OfOrganization {
  _id: Types.ObjectId;
  /** In small letters; unique in the installation. */
  address: string;
  /** When the staff were last told that something came in. */
  toldAt: Date | null;
}

const inboundAddressSchema = new Schema<InboundAddressRow>(
  {
    address: { type: String, required: true, immutable: true },
    toldAt: { type: Date, default: null },
  },
  { collection: 'inboundAddresses', strict: 'throw', versionKey: false },
);
belongsToOrganization(inboundAddressSchema);
inboundAddressSchema.index({ address: 1 }, { unique: true });
inboundAddressSchema.index({ organizationId: 1, address: 1 });
export const InboundAddressModel = model('InboundAddress', inboundAddressSchema);
