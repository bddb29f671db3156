import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** A privacy notice as it was published; versions are never changed. */
export interface PolicyRow extends OfOrganization {
  _id: Types.ObjectId;
  version: number;
  text: string;
  /** SHA-256 of the text: what a record of consent can point to. */
  hash: string;
  publishedOn: string | null;
  effectiveOn: string | null;
  storedAt: Date;
  storedBy: string | null;
}

const policySchema = new Schema<PolicyRow>(
  {
    version: { type: Number, required: true, immutable: true },
    text: { type: String, required: true, immutable: true },
    hash: { type: String, required: true, immutable: true },
    publishedOn: { type: String, default: null, immutable: true },
    effectiveOn: { type: String, default: null, immutable: true },
    storedAt: { type: Date, required: true, immutable: true },
    storedBy: { type: String, default: null, immutable: true },
  },
  { collection: 'policies', strict: 'throw', versionKey: false },
);
belongsToOrganization(policySchema);
policySchema.index({ organizationId: 1, version: -1 }, { unique: true });
export const PolicyModel = model('Policy', policySchema);
