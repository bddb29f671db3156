import type { AuditRow } from './model.ts';

/** The canonical form that entries are written in today. */
export const AUDIT_FORMAT = 1;

/**
 * The one byte form of an entry: UTF-8 JSON with members sorted by code unit, no white space, the
 * moment as an ISO instant and ids in lower-case hexadecimal (after RFC 8785). A sealer hashes this.
 */
export function canonicalBytes(entry: AuditRow): Buffer {
  const sorted = (value: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(
    JSON.stringify(
      sorted({
        action: entry.action,
        actorId: entry.actorId,
        actorKind: entry.actorKind,
        at: entry.at.toISOString(),
        facts: sorted(entry.facts),
        format: entry.format,
        id: entry._id.toHexString(),
        organizationId: entry.organizationId?.toHexString() ?? null,
        targetId: entry.targetId,
        targetKind: entry.targetKind,
      }),
    ),
  );
}
