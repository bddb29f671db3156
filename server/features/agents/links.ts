import { Types } from 'mongoose';
import { fingerprint, sameText } from '../../security/tokens.ts';
import { centreUrl } from '../../centre.ts';
import type { Organization } from '../organizations/service.ts';

/** Whose link it is: the agent's shows how things stand, the person's permits and revokes. */
export type LinkHolder = 'agent' | 'person';

const PAGES = { agent: 'agent', person: 'permission' } as const;
const ID_SIGNS = 24;

const proofOf = (holder: LinkHolder, id: string) => fingerprint(`mandate-${holder}`, id);

/**
 * The address that a mail leads to. Its secret follows from the mandate's id and the installation's
 * key, so that every later mail can repeat it, while no row holds anything that opens it.
 */
export function mandateUrl(
  organization: Pick<Organization, 'slug'>,
  holder: LinkHolder,
  mandateId: Types.ObjectId,
): string {
  const id = mandateId.toHexString();
  return `${centreUrl(organization)}/${PAGES[holder]}/${id}${proofOf(holder, id)}`;
}

/** The mandate of a link, or null for one that we never made. */
export function mandateOfLink(holder: LinkHolder, token: string): Types.ObjectId | null {
  const id = token.slice(0, ID_SIGNS);
  if (!/^[0-9a-f]{24}$/u.test(id)) return null;
  return sameText(token.slice(ID_SIGNS), proofOf(holder, id)) ? new Types.ObjectId(id) : null;
}
