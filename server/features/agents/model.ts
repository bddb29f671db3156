import { model, Schema, type Types } from 'mongoose';
import { agentBases, type AgentBasis } from '../../../config/agents.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

const mandateStates = ['waiting', 'permitted', 'refused', 'revoked', 'lapsed'] as const;
export type MandateState = (typeof mandateStates)[number];

/** What lets somebody ask in another person's name, for one request. */
export interface MandateRow extends OfOrganization {
  /** The request's `agentId`. */
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  /** The request's own key: whoever erases the request erases the agent. */
  keyId: Types.ObjectId;
  /** `Agent`, sealed under `keyId`. */
  sealed: Buffer;
  basis: AgentBasis;
  /** Answered without proof of identity: the written permission alone is needed (11 CCR 7026(j)). */
  isOptOut: boolean;
  /** The agent's entry in the directory of agent networks; null for anybody else. */
  directoryId: string | null;
  state: MandateState;
  /** The agent proved control of the mailbox. */
  agentConfirmedAt: Date | null;
  decidedAt: Date | null;
  decidedBy: 'person' | 'staff' | null;
  /** The agent asks to receive the answer as well. */
  asksForDelivery: boolean;
  /** The person allowed that. */
  coversDelivery: boolean;
  /** The last day of the authority, by its own words. */
  authorityEndsOn: string | null;
  /** When evidence is erased, or a mandate that nobody answered lapses; null when neither is to come. */
  nextActionAt: Date | null;
}

const mandateSchema = new Schema<MandateRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true },
    keyId: { type: Schema.Types.ObjectId, required: true },
    sealed: { type: Buffer, required: true },
    basis: { type: String, enum: agentBases, required: true, immutable: true },
    isOptOut: { type: Boolean, required: true, immutable: true },
    directoryId: { type: String, default: null, immutable: true },
    state: { type: String, enum: mandateStates, default: 'waiting' },
    agentConfirmedAt: { type: Date, default: null },
    decidedAt: { type: Date, default: null },
    decidedBy: { type: String, enum: ['person', 'staff', null], default: null },
    asksForDelivery: { type: Boolean, default: false },
    coversDelivery: { type: Boolean, default: false },
    authorityEndsOn: { type: String, default: null },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'agentMandates', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(mandateSchema);
mandateSchema.index({ organizationId: 1, requestId: 1 }, { unique: true });
mandateSchema.index({ nextActionAt: 1 });
export const MandateModel = model('AgentMandate', mandateSchema);
