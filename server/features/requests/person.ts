import type { Types } from 'mongoose';
import type { Actor } from '../audit/service.ts';
import { endPortalSession, portalSession } from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';

/** A person who proved control of the mailbox, looking at one request. */
export interface Person extends Actor {
  kind: 'subject';
  id: string;
  organizationId: Types.ObjectId;
  organization: Organization;
  requestId: Types.ObjectId;
}

/** Whoever holds the token of a live portal session, or null. */
export async function personOf(
  organization: Organization,
  token: string | undefined,
): Promise<Person | null> {
  const session = token === undefined ? null : await portalSession(organization._id, token);
  return (
    session && {
      kind: 'subject',
      id: session.subjectId.toHexString(),
      organizationId: organization._id,
      organization,
      requestId: session.requestId,
    }
  );
}

export async function leavePortal(organization: Organization, token: string): Promise<void> {
  await endPortalSession(organization._id, token);
}
