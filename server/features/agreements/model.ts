import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** In which part the organisation serves the other side of an agreement. */
export const servingRoles = ['processor', 'businessAssociate'] as const;
export type ServingRole = (typeof servingRoles)[number];

/** What becomes of the data when an agreement ends (GDPR Art. 28(3)(g), 45 CFR 164.504(e)(2)(ii)(J)). */
export const endings = ['return', 'destroy', 'return-or-destroy'] as const;
export type Ending = (typeof endings)[number];

export interface AgreementRow extends OfOrganization {
  _id: Types.ObjectId;
  keyId: Types.ObjectId;
  /** `Controller`, sealed under `keyId`. */
  sealed: Buffer;
  role: ServingRole;
  startsOn: string;
  /** The last day; null while none is agreed. */
  endsOn: string | null;
  /** Business days in which a request must reach the controller; null where nothing is agreed. */
  forwardDays: number | null;
  /** Days in which the controller must hear of a breach; null leaves it to the law. */
  breachNoticeDays: number | null;
  ending: Ending;
  /** Raised by each change. */
  version: number;
}

const agreementSchema = new Schema<AgreementRow>(
  {
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, required: true },
    role: { type: String, enum: servingRoles, required: true },
    startsOn: { type: String, required: true },
    endsOn: { type: String, default: null },
    forwardDays: { type: Number, default: null },
    breachNoticeDays: { type: Number, default: null },
    ending: { type: String, enum: endings, required: true },
    version: { type: Number, default: 1 },
  },
  { collection: 'agreements', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(agreementSchema);
agreementSchema.index({ organizationId: 1, _id: 1 });
export const AgreementModel = model('Agreement', agreementSchema);
