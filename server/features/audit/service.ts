import type { Types } from 'mongoose';
import { AUDIT_FORMAT } from './canonical.ts';
import { AuditModel, type ActorKind, type AuditRow } from './model.ts';

export type { ActorKind, AuditRow } from './model.ts';

/** Who does something: the first argument of every change. */
export interface Actor {
  kind: ActorKind;
  id: string | null;
  organizationId: Types.ObjectId | null;
}

/** Somebody who acts inside one organisation. */
export interface OrganizationActor extends Actor {
  organizationId: Types.ObjectId;
}

/** The clockwork, or the start of an installation. */
export const system = <O extends Types.ObjectId | null>(
  organizationId: O,
): Actor & { organizationId: O } => ({ kind: 'system', id: null, organizationId });

/** Somebody of whom nothing is proved. */
export const asVisitor = (organizationId: Types.ObjectId): OrganizationActor => ({
  kind: 'visitor',
  id: null,
  organizationId,
});

/** A person who proved control of a mailbox. */
export const asSubject = (
  organizationId: Types.ObjectId,
  subjectId: Types.ObjectId,
): OrganizationActor => ({ kind: 'subject', id: subjectId.toHexString(), organizationId });

export interface AuditTarget {
  kind: string;
  id: Types.ObjectId | string;
}

/** Adds to the trail, in the caller's transaction. Facts hold codes, ids and days, never personal data. */
export async function recordAudit(
  actor: Actor,
  action: string,
  target: AuditTarget,
  facts: AuditRow['facts'] = {},
): Promise<void> {
  await AuditModel.create({
    organizationId: actor.organizationId,
    at: new Date(),
    actorKind: actor.kind,
    actorId: actor.id,
    action,
    targetKind: target.kind,
    targetId: target.id.toString(),
    facts,
    format: AUDIT_FORMAT,
  });
}

/** Entries of an organisation, newest first; `before` is the id of the last one already shown. */
export async function auditEntries(
  organizationId: Types.ObjectId,
  { before, limit }: { before?: Types.ObjectId | undefined; limit: number },
): Promise<AuditRow[]> {
  return AuditModel.find({ organizationId, ...(before && { _id: { $lt: before } }) })
    .sort({ _id: -1 })
    .limit(limit)
    .lean();
}

/** The whole story of one thing, oldest first. */
export async function auditTrailOf(
  organizationId: Types.ObjectId,
  target: AuditTarget,
): Promise<AuditRow[]> {
  return AuditModel.find({
    organizationId,
    targetKind: target.kind,
    targetId: target.id.toString(),
  })
    .sort({ _id: 1 })
    .lean();
}
