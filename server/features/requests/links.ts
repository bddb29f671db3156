import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { centreUrl } from '../../centre.ts';
import type { Organization } from '../organizations/service.ts';

/** The addresses of requests. None of them names a person. */

/** Where the person enters: it asks for a code. */
export const portalUrl = (organization: Organization, reference: string) =>
  `${centreUrl(organization)}/requests/${reference}`;

/** A page with a button that proves control of the mailbox. */
export const confirmUrl = (organization: Organization, linkToken: string) =>
  `${centreUrl(organization)}/confirm/${linkToken}`;

/** A page with buttons for "this was not me" and for stopping such mails. */
export const stopUrl = (organization: Organization, stopToken: string) =>
  `${centreUrl(organization)}/not-me/${stopToken}`;

/** A page that shows a forwarded request to its controller, once. */
export const forwardedUrl = (organization: Organization, token: string) =>
  `${centreUrl(organization)}/forwarded/${token}`;

/** The queue of whoever opens it. */
export const ownQueueUrl = ({ slug }: Organization) =>
  `${config.publicUrl}/o/${slug}/requests?assignee=me`;

/** The page of a request, for staff. */
export const requestPath = ({ slug }: { slug: string }, id: Types.ObjectId | string) =>
  `/o/${slug}/requests/${id.toString()}`;

export const staffUrl = (organization: Organization, id: Types.ObjectId) =>
  `${config.publicUrl}${requestPath(organization, id)}`;
