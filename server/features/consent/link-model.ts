import { model, Schema, type Types } from 'mongoose';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** Whose browser a visitor id names, as a page of the site said when that person was signed in there. */
export interface ConsentLinkRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  visitorId: string;
  /** Keyed index of the person's proven address, as subjects have it: no name, and no address that can be read. */
  personIndex: string;
  linkedAt: Date;
  /** Of a browser that has made no choice yet; null for good. */
  forgetAt: Date | null;
}

const fixed = { required: true, immutable: true } as const;

const linkSchema = new Schema<ConsentLinkRow>(
  {
    siteId: { type: Schema.Types.ObjectId, ...fixed },
    visitorId: { type: String, ...fixed },
    personIndex: { type: String, ...fixed },
    linkedAt: { type: Date, ...fixed },
    forgetAt: { type: Date, default: null },
  },
  { collection: 'consentLinks', strict: 'throw', versionKey: false },
);
belongsToOrganization(linkSchema);
// A browser is one person's: what somebody chose is not handed to whoever signs in there next.
linkSchema.index({ organizationId: 1, siteId: 1, visitorId: 1 }, { unique: true });
linkSchema.index({ organizationId: 1, personIndex: 1, linkedAt: -1 });
linkSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
export const ConsentLinkModel = model('ConsentLink', linkSchema);
