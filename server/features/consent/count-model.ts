import { model, Schema, type Types } from 'mongoose';
import type { ChoiceAction, ConsentModel, OptionalCategoryId } from '../../../config/consent.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** What is counted: choices by how they came about, and banners that were shown. */
export type CountedAction = ChoiceAction | 'prompt';

/** How many choices of one site on one day have all of this in common. */
export interface ConsentCountRow extends OfOrganization {
  /** All of it as one text, so that the row is found by its id. */
  _id: string;
  siteId: Types.ObjectId;
  /** Of the organisation's time zone when it was counted. */
  day: CalendarDay;
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
