import { model, Schema, type Types } from 'mongoose';
import type { UndisclosedKind } from '../../../config/undisclosed.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

export const itemKinds = ['records', 'document'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** Whether somebody looked for data of other people in it, and what came of that. */
export const verdicts = ['clear', 'withheld'] as const;
export type Verdict = (typeof verdicts)[number];

export interface ItemRow {
  _id: Types.ObjectId;
  fileId: Types.ObjectId;
  /** Of the inventory; empty for what belongs to none. */
  category: string;
  kind: ItemKind;
  /** Records in it; null for a document. */
  count: number | null;
  /** What was taken out, because it may not be disclosed. */
  held: UndisclosedKind[];
  verdict: Verdict | null;
  reviewedBy: Types.ObjectId | null;
  reviewedAt: Date | null;
  /** Why it is withheld, sealed; null where it is not. */
  sealedReason: Buffer | null;
}

/** The answer to a request for data: what was gathered, reviewed and handed over. */
export interface PackageRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  keyId: Types.ObjectId;
  state: 'open' | 'released' | 'deleted';
  items: ItemRow[];
  /** `PackageFrame` as of the release, sealed. */
  sealed: Buffer | null;
  releasedAt: Date | null;
  /** When files and key are destroyed. */
  endsAt: Date | null;
  downloads: number;
  nextActionAt: Date | null;
}

const itemSchema = new Schema<ItemRow>({
  fileId: { type: Schema.Types.ObjectId, required: true },
  category: { type: String, default: '' },
  kind: { type: String, enum: itemKinds, required: true },
  count: { type: Number, default: null },
  held: { type: [String], default: [] },
  verdict: { type: String, enum: [...verdicts, null], default: null },
  reviewedBy: { type: Schema.Types.ObjectId, default: null },
  reviewedAt: { type: Date, default: null },
  sealedReason: { type: Buffer, default: null },
});

const packageSchema = new Schema<PackageRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    state: { type: String, enum: ['open', 'released', 'deleted'], required: true },
    items: { type: [itemSchema], default: [] },
    sealed: { type: Buffer, default: null },
    releasedAt: { type: Date, default: null },
    endsAt: { type: Date, default: null },
    downloads: { type: Number, default: 0 },
    nextActionAt: { type: Date, default: null },
  },
  { collection: 'packages', timestamps: true, strict: 'throw', versionKey: false },
);
belongsToOrganization(packageSchema);
packageSchema.index({ organizationId: 1, requestId: 1 }, { unique: true });
packageSchema.index({ nextActionAt: 1 });
export const PackageModel = model('Package', packageSchema);
