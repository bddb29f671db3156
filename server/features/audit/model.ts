import { model, Schema, type Types } from 'mongoose';
import { onlyGrows } from '../../database/append-only.ts';

export type ActorKind = 'staff' | 'machine' | 'subject' | 'visitor' | 'system';

export interface AuditRow {
  _id: Types.ObjectId;
  /** Null for what concerns the whole installation. */
  organizationId: Types.ObjectId | null;
  at: Date;
  actorKind: ActorKind;
  actorId: string | null;
  action: string;
  targetKind: string;
  targetId: string;
  /** Codes, ids, counts and days; never personal data. */
  facts: Record<string, string | number | boolean | null>;
  /** Version of the canonical form. */
  format: number;
}

const auditSchema = new Schema<AuditRow>(
  {
    organizationId: { type: Schema.Types.ObjectId, default: null, immutable: true },
    at: { type: Date, required: true, immutable: true },
    actorKind: { type: String, required: true, immutable: true },
    actorId: { type: String, default: null, immutable: true },
    action: { type: String, required: true, immutable: true },
    targetKind: { type: String, required: true, immutable: true },
    targetId: { type: String, required: true, immutable: true },
    facts: { type: Schema.Types.Mixed, default: {}, immutable: true },
    format: { type: Number, required: true, immutable: true },
  },
  { collection: 'auditEntries', strict: 'throw', minimize: false },
);
auditSchema.index({ organizationId: 1, _id: -1 });
auditSchema.index({ organizationId: 1, targetKind: 1, targetId: 1, _id: 1 });

onlyGrows(auditSchema, 'Audit entries are never changed.');
export const AuditModel = model('AuditEntry', auditSchema);
