import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';
import { draftForms, type DraftForm } from './schema.ts';
import type { ViewFilters } from './queue-schema.ts';

/** Filters of the queue under a name. What was searched for is never kept. */
export interface SavedViewRow extends OfOrganization {
  _id: Types.ObjectId;
  ownerId: Types.ObjectId;
  name: string;
  /** Colleagues see it too. */
  isShared: boolean;
  filters: ViewFilters;
}

const savedViewSchema = new Schema<SavedViewRow>(
  {
    ownerId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    name: { type: String, required: true },
    isShared: { type: Boolean, required: true },
    filters: { type: Schema.Types.Mixed, required: true },
  },
  {
    collection: 'savedViews',
    timestamps: true,
    strict: 'throw',
    minimize: false,
    versionKey: false,
  },
);
belongsToOrganization(savedViewSchema);
savedViewSchema.index({ organizationId: 1, ownerId: 1, name: 1 }, { unique: true });
savedViewSchema.index({ organizationId: 1, isShared: 1, name: 1 });
export const SavedViewModel = model('SavedView', savedViewSchema);

/** A tag that some request has had: what a filter offers. */
export interface RequestTagRow extends OfOrganization {
  name: string;
}

const tagSchema = new Schema<RequestTagRow>(
  { name: { type: String, required: true } },
  { collection: 'requestTags', strict: 'throw', versionKey: false },
);
belongsToOrganization(tagSchema);
tagSchema.index({ organizationId: 1, name: 1 }, { unique: true });
export const RequestTagModel = model('RequestTag', tagSchema);

/** What a member has begun to write, on whatever device. */
export interface DraftRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  accountId: Types.ObjectId;
  form: DraftForm;
  /** The text, sealed under the request's key. */
  sealed: Buffer;
  savedAt: Date;
}

const draftSchema = new Schema<DraftRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    accountId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    form: { type: String, enum: draftForms, required: true, immutable: true },
    sealed: { type: Buffer, required: true },
    savedAt: { type: Date, required: true },
  },
  { collection: 'requestDrafts', strict: 'throw', versionKey: false },
);
belongsToOrganization(draftSchema);
draftSchema.index({ organizationId: 1, requestId: 1, accountId: 1, form: 1 }, { unique: true });
export const DraftModel = model('RequestDraft', draftSchema);

/** A member has the page of a request open. */
export interface PresenceRow extends OfOrganization {
  requestId: Types.ObjectId;
  accountId: Types.ObjectId;
  /** Until then, unless the page says again that it is open. */
  endsAt: Date;
}

const presenceSchema = new Schema<PresenceRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true },
    accountId: { type: Schema.Types.ObjectId, required: true },
    endsAt: { type: Date, required: true },
  },
  { collection: 'requestPresence', strict: 'throw', versionKey: false },
);
belongsToOrganization(presenceSchema);
presenceSchema.index({ organizationId: 1, requestId: 1, accountId: 1 }, { unique: true });
presenceSchema.index({ endsAt: 1 }, { expireAfterSeconds: 0 });
export const PresenceModel = model('RequestPresence', presenceSchema);
