import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** What staff prepare for a site; nobody else sees it before it is published. One per site at most. */
export interface ConsentDraftRow<Content = unknown> extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  /** The version in force when the draft was begun. */
  baseVersion: number;
  /** Counts the savings. */
  revision: number;
  content: Content;
  /** The revision in which each part was saved last; `*` stands for all of them. */
  touched: Record<string, number>;
  savedAt: Date;
  /** Staff account; null for the system. */
  savedBy: string | null;
}

const draftSchema = new Schema<ConsentDraftRow>(
  {
    siteId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    baseVersion: { type: Number, required: true },
    revision: { type: Number, required: true },
    content: { type: Schema.Types.Mixed, required: true },
    touched: { type: Schema.Types.Mixed, required: true },
    savedAt: { type: Date, required: true },
    savedBy: { type: String, default: null },
  },
  { collection: 'consentDrafts', strict: 'throw', minimize: false, versionKey: false },
);
belongsToOrganization(draftSchema);
draftSchema.index({ organizationId: 1, siteId: 1 }, { unique: true });

export const ConsentDraftModel = model('ConsentDraft', draftSchema);
