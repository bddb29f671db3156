import { model, Schema, type Types } from 'mongoose';
import type { MachineScope } from '../../../config/permissions.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** What lets a machine in. The key itself was shown once; only its fingerprint is stored. */
export interface ApiKeyRow extends OfOrganization {
  _id: Types.ObjectId;
  name: string;
  keyPrint: string;
  /** The last signs of the key, by which people recognise it. */
  ending: string;
  scopes: MachineScope[];
  createdBy: Types.ObjectId;
  createdAt: Date;
  /** The last day on which it opens, in the organisation's zone; null for no end. */
  lastOn: string | null;
  /** The last day on which it was used, UTC. */
  usedOn: string | null;
  revokedAt: Date | null;
}

const apiKeySchema = new Schema<ApiKeyRow>(
  {
    name: { type: String, required: true, immutable: true },
    keyPrint: { type: String, required: true, immutable: true },
    ending: { type: String, required: true, immutable: true },
    scopes: { type: [String], required: true, immutable: true },
    createdBy: { type: Schema.Types.ObjectId, required: true, immutable: true },
    createdAt: { type: Date, required: true, immutable: true },
    lastOn: { type: String, default: null, immutable: true },
    usedOn: { type: String, default: null },
    revokedAt: { type: Date, default: null },
  },
  { collection: 'apiKeys', strict: 'throw', versionKey: false },
);
belongsToOrganization(apiKeySchema);
apiKeySchema.index({ keyPrint: 1 }, { unique: true });
apiKeySchema.index({ organizationId: 1, _id: -1 });
export const ApiKeyModel = model('ApiKey', apiKeySchema);
