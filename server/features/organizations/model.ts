import { model, Schema, type Types } from 'mongoose';
import type { CalendarId } from '../../../config/law/calendars.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import { noCommitments, type Commitments } from '../../../config/commitments.ts';
import type { RightId } from '../../../config/rights.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

export interface OrganizationRow extends Commitments {
  _id: Types.ObjectId;
  /** Its place in every URL. */
  slug: string;
  name: string;
  timeZone: string;
  /** The first one is the default. */
  languages: string[];
  regimes: RegimeId[];
  rights: RightId[];
  /** Days in which the organisation promises an answer, beside the law; null for no promise. */
  promiseDays: number | null;
  /** The promise is "or as the law requires": it gives way where a law allows longer. */
  promiseYields: boolean;
  /** The public holidays of the establishment that answers; null counts weekends only. */
  calendar: CalendarId | null;
  /** Days on which nobody answers, beside holidays. */
  closingDays: CalendarDay[];
  requiresSecondFactor: boolean;
  policyUrl: string | null;
  /** Contacts, sealed under `keyId`. */
  sealedContacts: Buffer;
  keyId: Types.ObjectId;
  indexKeyId: Types.ObjectId;
}

const organizationSchema = new Schema<OrganizationRow>(
  {
    slug: { type: String, required: true },
    name: { type: String, required: true },
    timeZone: { type: String, required: true },
    languages: { type: [String], required: true },
    regimes: { type: [String], required: true },
    rights: { type: [String], required: true },
    promiseDays: { type: Number, default: null },
    promiseYields: { type: Boolean, default: false },
    calendar: { type: String, default: null },
    closingDays: { type: [String], default: [] },
    requiresSecondFactor: { type: Boolean, default: false },
    policyUrl: { type: String, default: null },
    roles: { type: [String], default: [...noCommitments.roles] },
    ageRule: { type: Schema.Types.Mixed, default: noCommitments.ageRule },
    noticePolicy: { type: Schema.Types.Mixed, default: noCommitments.noticePolicy },
    cookieCategories: { type: [String], default: [...noCommitments.cookieCategories] },
    sealedContacts: { type: Buffer, required: true },
    keyId: { type: Schema.Types.ObjectId, required: true },
    indexKeyId: { type: Schema.Types.ObjectId, required: true },
  },
  { collection: 'organizations', timestamps: true, strict: 'throw' },
);
organizationSchema.index({ slug: 1 }, { unique: true });
export const OrganizationModel = model('Organization', organizationSchema);

export interface SiteRow extends OfOrganization {
  _id: Types.ObjectId;
  /** Public name of the site in the widget's address. */
  siteKey: string;
  name: string;
  /** Origins that may show the banner and send choices, such as `https://www.example.org`. */
  origins: string[];
}

const siteSchema = new Schema<SiteRow>(
  {
    siteKey: { type: String, required: true, immutable: true },
    name: { type: String, required: true },
    origins: { type: [String], required: true },
  },
  { collection: 'sites', timestamps: true, strict: 'throw' },
);
belongsToOrganization(siteSchema);
siteSchema.index({ siteKey: 1 }, { unique: true });
siteSchema.index({ organizationId: 1, name: 1 });
export const SiteModel = model('Site', siteSchema);
