import { model, Schema, type Types } from 'mongoose';
import {
  marketingTopics,
  suppressionCauses,
  type MarketingTopic,
  type SuppressionCause,
} from '../../../config/message-topics.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** An address that gets no more mail about a topic. The address itself is not kept. */
export interface SuppressionRow extends OfOrganization {
  _id: Types.ObjectId;
  /** What the address is looked up by; keyed per organisation. */
  addressIndex: string;
  topic: MarketingTopic;
  since: Date;
  cause: SuppressionCause;
  requestId: Types.ObjectId | null;
}

const suppressionSchema = new Schema<SuppressionRow>(
  {
    addressIndex: { type: String, required: true, immutable: true },
    topic: { type: String, enum: marketingTopics, required: true, immutable: true },
    since: { type: Date, required: true, immutable: true },
    cause: { type: String, enum: suppressionCauses, required: true, immutable: true },
    requestId: { type: Schema.Types.ObjectId, default: null, immutable: true },
  },
  { collection: 'suppressions', strict: 'throw', versionKey: false },
);
belongsToOrganization(suppressionSchema);
suppressionSchema.index({ organizationId: 1, addressIndex: 1, topic: 1 }, { unique: true });
export const SuppressionModel = model('Suppression', suppressionSchema);
