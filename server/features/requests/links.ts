import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import type { Organization } from '../organizations/service.ts';

/** The addresses that mails about requests point to. None of them names a person. */
const centreOf = ({ slug }: Organization) => `${config.publicUrl}/privacy/${slug}`;

export const centreUrl = centreOf;

/** Where the person enters: it asks for a code. */
export const portalUrl = (organization: Organization, reference: string) =>
  `${centreOf(organization)}/requests/${reference}`;

/** A page with a button that proves control of the mailbox. */
export const confirmUrl = (organization: Organization, linkToken: string) =>
  `${centreOf(organization)}/confirm/${linkToken}`;

/** A page with buttons for "this was not me" and for stopping such mails. */
export const stopUrl = (organization: Organization, stopToken: string) =>
  `${centreOf(organization)}/not-me/${stopToken}`;

/** A page that shows a forwarded request to its controller, once. */
export const forwardedUrl = (organization: Organization, token: string) =>
  `${centreOf(organization)}/forwarded/${token}`;

/** The queue of whoever opens it. */
export const ownQueueUrl = ({ slug }: Organization) =>
  `${config.publicUrl}/o/${slug}/requests?assignee=me`;

export const staffUrl = ({ slug }: Organization, id: Types.ObjectId) =>
  `${config.publicUrl}/o/${slug}/requests/${id.toHexString()}`;
