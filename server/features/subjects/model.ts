import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** A person who asks something of an organisation. */
export interface SubjectRow extends OfOrganization {
  _id: Types.ObjectId;
  keyId: Types.ObjectId;
  /** Name and address, sealed under `keyId`. */
  sealed: Buffer;
  /** Index of the proven address, unique; absent while control of the mailbox is not proved. */
  provenIndex?: string;
  /** When control of the mailbox was proved; null for a provisional subject. */
  verifiedAt: Date | null;
}

const subjectSchema = new Schema<SubjectRow>(
  {
    keyId: { type: Schema.Types.ObjectId, required: true },
    sealed: { type: Buffer, required: true },
    provenIndex: { type: String },
    verifiedAt: { type: Date, default: null },
  },
  { collection: 'subjects', timestamps: true, strict: 'throw' },
);
belongsToOrganization(subjectSchema);
// The index value is keyed per organisation, so it is unique across them.
subjectSchema.index({ provenIndex: 1 }, { unique: true, sparse: true });
export const SubjectModel = model('Subject', subjectSchema);
