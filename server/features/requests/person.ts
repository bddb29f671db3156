import type { Types } from 'mongoose';
import type { IdentityLevel } from '../../../config/rights.ts';
import type { OrganizationActor } from '../audit/service.ts';
import { endPortalSession, portalSession } from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import { liveRequestByReference } from './live-request.ts';

/** A person who proved control of the mailbox, looking at one request. */
export interface Person extends OrganizationActor {
  kind: 'subject';
  id: string;
  organization: Organization;
  requestId: Types.ObjectId;
  /** How surely this visitor is known; from 2 on, they see all requests of their own. */
  level: IdentityLevel;
}

/** Another request of the same proven person; null for anybody else's, and for none. */
async function ownRequest(
  organizationId: Types.ObjectId,
  subjectId: Types.ObjectId,
  reference: string,
): Promise<Types.ObjectId | null> {
  const row = await liveRequestByReference(organizationId, reference);
  return row?.subjectId.equals(subjectId) ? row._id : null;
}

/**
 * Whoever holds the token of a live portal session, or null. They look at the request that they
 * entered; somebody who is known at level 2 may name another one of theirs.
 */
export async function personOf(
  organization: Organization,
  token: string | undefined,
  reference?: string,
): Promise<Person | null> {
  const organizationId = organization._id;
  const session = token === undefined ? null : await portalSession(organizationId, token);
  if (!session) return null;
  const { subjectId, level } = session;
  const named =
    level >= 2 && reference !== undefined
      ? await ownRequest(organizationId, subjectId, reference)
      : null;
  return {
    kind: 'subject',
    id: subjectId.toHexString(),
    organizationId,
    organization,
    requestId: named ?? session.requestId,
    level,
  };
}

export async function leavePortal(organization: Organization, token: string): Promise<void> {
  await endPortalSession(organization._id, token);
}
