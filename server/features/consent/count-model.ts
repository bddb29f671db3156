import { model, Schema, type Types } from 'mongoose';
import type { ChoiceAction, ConsentModel, OptionalCategoryId } from '../../../config/consent.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** What is counted: choices by how they came about, and banners that were shown. */
export type CountedAction = ChoiceAction | 'prompt';

/** Choices of one kind, counted together. */
export interface Counted {
  version: number;
  region: string | null;
  device: string;
  language: string;
  model: ConsentModel;
  action: CountedAction;
  count: number;
  /** How many of them allowed each purpose. */
  granted: Record<OptionalCategoryId, number>;
}

interface OfDay extends OfOrganization {
  siteId: Types.ObjectId;
  /** Of the organisation's time zone when it was counted. */
  day: CalendarDay;
}

/** How many choices of one site on one day are of one kind. */
export interface ConsentCountRow extends OfDay, Counted {
  /** Site, day and kind as one text, so that the row is found by its id. */
  _id: string;
}

/** Until when the records of a site are in the counts; what is younger is counted as it stands. */
export interface ConsentCountMarkRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  countedUntil: Date;
}

const required = { required: true } as const;

const countSchema = new Schema<ConsentCountRow>(
  {
    _id: { type: String, ...required },
    siteId: { type: Schema.Types.ObjectId, ...required },
    day: { type: String, ...required },
    version: { type: Number, ...required },
    region: { type: String, default: null },
    device: { type: String, ...required },
    language: { type: String, ...required },
    model: { type: String, ...required },
    action: { type: String, ...required },
    count: { type: Number, ...required },
    granted: { type: Schema.Types.Mixed, ...required },
  },
  { collection: 'consentCounts', strict: 'throw', versionKey: false },
);
belongsToOrganization(countSchema);
countSchema.index({ organizationId: 1, siteId: 1, day: 1 });
export const ConsentCountModel = model('ConsentCount', countSchema);

const markSchema = new Schema<ConsentCountMarkRow>(
  {
    siteId: { type: Schema.Types.ObjectId, ...required },
    countedUntil: { type: Date, ...required },
  },
  { collection: 'consentCountMarks', strict: 'throw', versionKey: false },
);
belongsToOrganization(markSchema);
markSchema.index({ organizationId: 1, siteId: 1 }, { unique: true });
export const ConsentCountMarkModel = model('ConsentCountMark', markSchema);
