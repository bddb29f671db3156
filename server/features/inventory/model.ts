import { model, Schema, type Types } from 'mongoose';
import type { LegalBasis, Retention, SourceKind, Transfer } from '../../../config/inventory.ts';
import type { ControllerRole, DataClass } from '../../../config/rights.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** A text per language code; at least one is there. */
export type Words = Record<string, string>;

export interface Purpose {
  id: string;
  name: Words;
  basis: LegalBasis;
  /** Where the balancing of interests is written down; required for legitimate interests. */
  balancing: string;
  /** An objection to it stops it at once (GDPR Art. 21(3)). */
  isDirectMarketing: boolean;
}

export interface Recipient {
  id: string;
  name: Words;
  /** Day of the contract that binds it (GDPR Art. 28(3)); null while there is none. */
  contractOn: string | null;
  /** It has signed what the agreements with our customers ask of subcontractors (45 CFR 164.502(e)). */
  hasSubcontractorAgreement: boolean;
  /** The only use that it may make of the data. */
  use: Words;
}

export interface Category {
  id: string;
  name: Words;
  description: Words;
  dataClass: DataClass;
  /** Part of a designated record set (45 CFR 164.501). */
  isDesignatedRecordSet: boolean;
  role: ControllerRole;
  sources: SourceKind[];
  /** Third parties among the sources, by name. */
  sourceNames: string[];
  purposeIds: string[];
  recipientIds: string[];
  retention: Retention;
  transfers: Transfer[];
}

export interface InventoryContent {
  purposes: Purpose[];
  recipients: Recipient[];
  categories: Category[];
}

export interface InventoryRow extends OfOrganization {
  _id: Types.ObjectId;
  version: number;
  content: InventoryContent;
  changedAt: Date;
  /** Staff account; null when the installation made it. */
  changedBy: string | null;
}

const inventorySchema = new Schema<InventoryRow>(
  {
    version: { type: Number, required: true, immutable: true },
    content: { type: Schema.Types.Mixed, required: true, immutable: true },
    changedAt: { type: Date, required: true, immutable: true },
    changedBy: { type: String, default: null, immutable: true },
  },
  { collection: 'inventories', strict: 'throw', minimize: false, versionKey: false },
);
belongsToOrganization(inventorySchema);
inventorySchema.index({ organizationId: 1, version: -1 }, { unique: true });
export const InventoryModel = model('Inventory', inventorySchema);
