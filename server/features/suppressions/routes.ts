import Joi from 'joi';
import { publicJson, staffJson, type Door } from '../../http/doors.ts';
import { organizationBySlug } from '../organizations/service.ts';
import {
  addressAndTopic,
  sendCheck,
  unsubscribeLink,
  type AddressAndTopic,
  type SendCheck,
  type UnsubscribeLink,
} from './schema.ts';
import { isSuppressed, suppressByStaff, unsubscribeByLink, unsubscribeLinkFor } from './service.ts';

const PATH = '/api/v1/organizations/:organization/suppressions';

type Nothing = Record<string, never>;

export const suppressionRoutes: Door[] = [
  staffJson<Nothing, Nothing, SendCheck>('suppressions:read', {
    method: 'post',
    path: `${PATH}/check`,
    name: 'checkSuppression',
    summary: 'Whether mail about a topic may not go to an address; ask before each mail',
    body: sendCheck,
    replies: {
      200: {
        description: 'The present state, also of a second ago',
        schema: Joi.object({ suppressed: Joi.boolean().required() }),
      },
    },
    act: async ({ staff, body }) => ({
      json: { suppressed: await isSuppressed(staff.organization, body) },
    }),
  }),
  staffJson<Nothing, Nothing, AddressAndTopic>('suppressions:read', {
    method: 'post',
    path: `${PATH}/links`,
    name: 'makeUnsubscribeLink',
    summary: 'The signed one-click link for a mail, with its headers (RFC 8058)',
    body: addressAndTopic,
    replies: {
      200: {
        description: 'Put the headers into the mail and sign them with DKIM',
        schema: Joi.object({
          url: Joi.string().required(),
          headers: Joi.object().pattern(Joi.string(), Joi.string()).required(),
        }),
      },
    },
    act: async ({ staff, body }) => ({ json: await unsubscribeLinkFor(staff.organization, body) }),
  }),
  staffJson<Nothing, Nothing, AddressAndTopic>('suppressions:write', {
    method: 'post',
    path: PATH,
    name: 'addSuppression',
    summary: 'Ends mail about a topic to an address; again changes nothing',
    body: addressAndTopic,
    replies: { 204: { description: 'No more mail goes there' } },
    act: async ({ staff, body }) => {
      await suppressByStaff(staff, body);
      return { text: '', type: 'text', status: 204 };
    },
  }),
  publicJson<UnsubscribeLink>({
    method: 'post',
    path: '/privacy/:organization/unsubscribe/:token',
    params: unsubscribeLink,
    name: 'unsubscribeOneClick',
    summary: 'What a mailbox sends when its owner presses unsubscribe (RFC 8058)',
    crossOrigin: true,
    ignoresBody: true,
    limit: 'api',
    replies: { 204: { description: 'No more such mail goes to this address' } },
    act: async ({ params }) => {
      await unsubscribeByLink(await organizationBySlug(params.organization), params.token);
      return { text: '', type: 'text', status: 204 };
    },
  }),
];
