import { staffPage, type Door } from '../../http/doors.ts';
import { decisionPages } from './decision-pages.ts';
import { deskPages } from './desk-pages.ts';
import { draftPages } from './draft-pages.ts';
import { outcomePages } from './outcome-pages.ts';
import { entryPages } from './entry-pages.ts';
import { packagePages } from './package-pages.ts';
import { queuePages } from './queue-pages.ts';
import { fileForStaff } from './reading.ts';
import { showRequest } from './request-pages.ts';
import { requestFileId, requestId, type RequestFileId, type RequestId } from './schema.ts';

/** The desk of the privacy team: the queue, and each request with what may be done about it. */
export const requestPages: Door[] = [
  // Before the page of one request, whose address would take the word for an id.
  ...entryPages,
  ...queuePages,
  staffPage<RequestId>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests/:id',
    params: requestId,
    act: (call) => showRequest(call),
  }),
  staffPage<RequestFileId>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests/:id/files/:file',
    params: requestFileId,
    act: async ({ staff, params }) => ({
      file: await fileForStaff(staff, params.id, params.file),
    }),
  }),
  ...packagePages,
  ...decisionPages,
  ...draftPages,
  ...outcomePages,
  ...deskPages,
];
