import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** How the network names an organisation. */
export interface BusinessRow extends OfOrganization {
  _id: Types.ObjectId;
  businessId: string;
}

const businessSchema = new Schema<BusinessRow>(
  { businessId: { type: String, required: true } },
  { collection: 'networkBusinesses', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(businessSchema);
businessSchema.index({ organizationId: 1 }, { unique: true });
export const BusinessModel = model('NetworkBusiness', businessSchema);

/** An agent of the network, as an administrator entered it into the directory. */
export interface NetworkAgentRow extends OfOrganization {
  _id: Types.ObjectId;
  /** The claim `agent-id`. */
  agentId: string;
  name: string;
  /** Ed25519 public key: 32 bytes in base64. */
  verifyKey: string;
  webUrl: string;
  /** Mail address of its technical contact, sealed under the organisation's key. */
  sealedContact: Buffer;
  /** Fingerprint of the token that it was given last. */
  tokenPrint?: string;
  /** `issued-at` of the message that the token answered: an older one gets none. */
  tokenAskedAt: Date | null;
}

const agentSchema = new Schema<NetworkAgentRow>(
  {
    agentId: { type: String, required: true, immutable: true },
    name: { type: String, required: true },
    verifyKey: { type: String, required: true },
    webUrl: { type: String, required: true },
    sealedContact: { type: Buffer, required: true },
    tokenPrint: { type: String },
    tokenAskedAt: { type: Date, default: null },
  },
  { collection: 'networkAgents', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(agentSchema);
agentSchema.index({ organizationId: 1, agentId: 1 }, { unique: true });
agentSchema.index({ tokenPrint: 1 }, { unique: true, sparse: true });
export const NetworkAgentModel = model('NetworkAgent', agentSchema);

/** A request that came over the network, and what its agent was told of it. */
export interface NetworkRequestRow extends OfOrganization {
  _id: Types.ObjectId;
  /** `request_id`: a UUID. */
  networkId: string;
  agentRowId: Types.ObjectId;
  requestId: Types.ObjectId;
  /** Of the signed message: the same one counts once. */
  messagePrint: string;
  /** The agent's own name for it. */
  agentRequestId: string | null;
  statusCallback: string | null;
  /** The status that the callback took last, with its reason. */
  told: string | null;
  /** When the callback is looked after next; null when there is nothing more to tell. */
  nextActionAt: Date | null;
}

const requestSchema = new Schema<NetworkRequestRow>(
  {
    networkId: { type: String, required: true, immutable: true },
    agentRowId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    messagePrint: { type: String, required: true, immutable: true },
    agentRequestId: { type: String, default: null, immutable: true },
    statusCallback: { type: String, default: null, immutable: true },
    told: { type: String, default: null },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'networkRequests', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(requestSchema);
requestSchema.index({ networkId: 1 }, { unique: true });
requestSchema.index({ organizationId: 1, agentRowId: 1, messagePrint: 1 }, { unique: true });
requestSchema.index({ nextActionAt: 1 });
export const NetworkRequestModel = model('NetworkRequest', requestSchema);
