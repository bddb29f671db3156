import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** A link with which the controller sees a forwarded request, once. */
export interface ForwardingRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  agreementId: Types.ObjectId;
  /** Fingerprint of the link's token. */
  tokenPrint: string;
  sentAt: Date;
  expiresAt: Date;
  openedAt: Date | null;
}

const forwardingSchema = new Schema<ForwardingRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    agreementId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    tokenPrint: { type: String, required: true, immutable: true },
    sentAt: { type: Date, required: true, immutable: true },
    expiresAt: { type: Date, required: true },
    openedAt: { type: Date, default: null },
  },
  { collection: 'forwardings', strict: 'throw', versionKey: false },
);
belongsToOrganization(forwardingSchema);
forwardingSchema.index({ tokenPrint: 1 }, { unique: true });
forwardingSchema.index({ organizationId: 1, requestId: 1, _id: -1 });
export const ForwardingModel = model('Forwarding', forwardingSchema);
