import Joi from 'joi';
import type { Types } from 'mongoose';
import type { Permission } from '../../../config/permissions.ts';
import { staffJson, type Door } from '../../http/doors.ts';
import type { StaffMember } from '../staff/service.ts';
import { filingRoutes } from './filing-routes.ts';
import { listRequests } from './listing.ts';
import { writeToPerson } from './messages.ts';
import { assignRequest, completeRequest, extendRequest, refuseRequest } from './moves.ts';
import { addNote } from './notes.ts';
import { noteClarified } from './pauses.ts';
import { openRequest } from './reading.ts';
import { queueReply, requestReply, standingReply } from './replies.ts';
import type { Standing } from './standing.ts';
import {
  assignment,
  completion,
  extensionNotice,
  messageToPerson,
  newNote,
  refusal,
  requestId,
} from './schema.ts';
import { queueFilters } from './queue-schema.ts';

const noDetails = Joi.object<Record<string, never>>({});

const PATH = '/api/v1/organizations/:organization/requests';

/** A change of one request: the body says how, the answer says where the request stands then. */
function change<B>(
  allow: Permission,
  step: string,
  given: {
    name: string;
    summary: string;
    body: Joi.ObjectSchema<B>;
    act: (staff: StaffMember, id: Types.ObjectId, body: B) => Promise<Standing>;
  },
): Door {
  const { act, ...rest } = given;
  return staffJson(allow, {
    ...rest,
    method: 'post',
    path: `${PATH}/:id/${step}`,
    params: requestId,
    replies: { 200: { description: 'Where the request stands now', schema: standingReply } },
    act: async ({ staff, params, body }) => ({ json: await act(staff, params.id, body) }),
  });
}

export const requestRoutes: Door[] = [
  staffJson('requests:read', {
    method: 'get',
    path: PATH,
    name: 'listRequests',
    summary: 'The queue: the most urgent first, closed ones the newest first',
    query: queueFilters,
    replies: { 200: { description: 'Up to 50 requests', schema: queueReply } },
    act: async ({ staff, query }) => ({ json: await listRequests(staff, query) }),
  }),
  staffJson('requests:read', {
    method: 'get',
    path: `${PATH}/:id`,
    name: 'readRequest',
    summary: 'One request with its messages; the look is recorded',
    params: requestId,
    replies: { 200: { description: 'The request', schema: requestReply } },
    act: async ({ staff, params }) => ({ json: await openRequest(staff, params.id) }),
  }),
  change('requests:work', 'assignment', {
    name: 'assignRequest',
    summary: 'Gives a request to a colleague, or back to all; work on it begins',
    body: assignment,
    act: assignRequest,
  }),
  change('requests:work', 'messages', {
    name: 'writeToPerson',
    summary: 'Writes to the person; the same formKey counts once',
    body: messageToPerson,
    act: writeToPerson,
  }),
  change('requests:work', 'clarification', {
    name: 'noteClarified',
    summary: 'Says that the answer to a question has arrived; the clock runs on',
    body: noDetails,
    act: (staff, id) => noteClarified(staff, id),
  }),
  change('requests:work', 'notes', {
    name: 'addNote',
    summary: 'Adds a note that only staff can read; the same formKey counts once',
    body: newNote,
    act: addNote,
  }),
  change('requests:decide', 'extension', {
    name: 'extendRequest',
    summary: 'Takes the longer period that the law allows, once, with reasons',
    body: extensionNotice,
    act: extendRequest,
  }),
  change('requests:decide', 'refusal', {
    name: 'refuseRequest',
    summary: 'Turns a request down on a ground of the law, with reasons',
    body: refusal,
    act: refuseRequest,
  }),
  change('requests:decide', 'completion', {
    name: 'completeRequest',
    summary: 'Answers a request with a text',
    body: completion,
    act: (staff, id, body) => completeRequest(staff, id, body, []),
  }),
  ...filingRoutes,
];
