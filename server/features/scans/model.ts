import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';
import type { ScanReport } from '../../scanner/report.ts';

/** How often a site is scanned without being asked; 0 only when somebody asks. */
export const scanIntervals = [0, 1, 7, 30] as const;
export type ScanInterval = (typeof scanIntervals)[number];

/** What is scanned of a site, and when next. One per site. */
export interface ScanPlanRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  /** The page at which the walk begins, on one of the site's origins. */
  url: string;
  everyDays: ScanInterval;
  nextActionAt: Date | null;
  /** Until when a node is at work on it. */
  claimedUntil: Date | null;
}

const planSchema = new Schema<ScanPlanRow>(
  {
    siteId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    url: { type: String, required: true },
    everyDays: { type: Number, required: true, enum: scanIntervals },
    nextActionAt: { type: Date, default: null },
    claimedUntil: { type: Date, default: null },
  },
  { collection: 'scanPlans', strict: 'throw', versionKey: false },
);
belongsToOrganization(planSchema);
planSchema.index({ organizationId: 1, siteId: 1 }, { unique: true });
planSchema.index({ nextActionAt: 1 });
planSchema.index({ claimedUntil: 1 });
export const ScanPlanModel = model('ScanPlan', planSchema);

/** What a scan found; null where it could not be done, with the reason. */
export interface ScanRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  url: string;
  endedAt: Date;
  report: ScanReport | null;
  failure: 'no-browser' | 'unreachable' | null;
}

const scanSchema = new Schema<ScanRow>(
  {
    siteId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    url: { type: String, required: true, immutable: true },
    endedAt: { type: Date, required: true, immutable: true },
    report: { type: Schema.Types.Mixed, default: null, immutable: true },
    failure: { type: String, default: null, immutable: true },
  },
  { collection: 'scans', strict: 'throw', versionKey: false, minimize: false },
);
belongsToOrganization(scanSchema);
scanSchema.index({ organizationId: 1, siteId: 1, _id: -1 });
export const ScanModel = model('Scan', scanSchema);
