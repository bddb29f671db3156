import type Joi from 'joi';
import type { Permission } from '../../../config/permissions.ts';
import { staffPage, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { sentencesOf } from '../../typed.ts';
import { requestPath } from './links.ts';
import { writeToPerson } from './messages.ts';
import { forwardRequest } from './forwarding.ts';
import { assignRequest, completeRequest, extendRequest, refuseRequest } from './moves.ts';
import { addNote } from './notes.ts';
import { adoptNewerRules } from './newer-rules.ts';
import { noteClarified } from './pauses.ts';
import { showRequest, type RefusedForm } from './request-pages.ts';
import {
  assignment,
  completion,
  extensionNotice,
  forwarding,
  messageToPerson,
  newNote,
  refusal,
  requestId,
  versioned,
  type RequestId,
} from './schema.ts';

interface Decision<B> {
  form: RefusedForm['form'];
  allow: Permission;
  /** Last part of the form's address. */
  path: string;
  body: Joi.ObjectSchema<B>;
  flash: string;
  uploads?: 'staged';
  decide: (call: StaffCall<RequestId, unknown, B>) => Promise<unknown>;
}

/** What was typed, for the form that is shown again; the version is the present one's. */
const typedOf = (body: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => name !== 'version')
      .map(([name, value]: [string, unknown]) => [name, value ?? '']),
  );

/**
 * One form of a request's page. Whoever acts upon an older version than the present one sees how
 * things stand now, with what was typed still in the form.
 */
export const decisionPage = <B extends object>(decision: Decision<B>): Door =>
  staffPage<RequestId, Record<string, never>, B>(decision.allow, {
    method: 'post',
    path: `/o/:organization/requests/:id/${decision.path}`,
    params: requestId,
    body: decision.body,
    ...(decision.uploads && { uploads: decision.uploads }),
    act: async (call) => {
      const { form, flash, decide } = decision;
      try {
        await decide(call);
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 409) throw error;
        const { t, has } = call.language;
        const reason = `outcomes.why.${error.code ?? ''}`;
        const sentence = error.problem === 'conflict' ? 'conflict' : 'notNow';
        const notice = t(has(reason) ? reason : `requests.request.${sentence}`);
        const refused = { form, values: typedOf(call.body), errors: {}, notice };
        return { ...(await showRequest(call, refused)), status: 409 };
      }
      return { redirect: requestPath(call.staff.organization, call.params.id), flash };
    },
    onInvalid: (call, { values, errors }) =>
      showRequest(call, {
        form: decision.form,
        values: typedOf(values),
        errors: sentencesOf(call.language, 'requests.error', errors),
      }),
  });

/** All that staff do about a request. */
export const decisionPages: Door[] = [
  staffPage<RequestId>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/:id/clarification',
    params: requestId,
    act: async ({ staff, params }) => {
      await noteClarified(staff, params.id);
      const here = requestPath(staff.organization, params.id);
      return { redirect: here, flash: 'deadlines.pausing.flash' };
    },
  }),
  decisionPage({
    form: 'assign',
    allow: 'requests:work',
    path: 'assignment',
    body: assignment,
    flash: 'requests.flash.assigned',
    decide: ({ staff, params, body }) => assignRequest(staff, params.id, body),
  }),
  decisionPage({
    form: 'message',
    allow: 'requests:work',
    path: 'messages',
    body: messageToPerson,
    flash: 'requests.flash.messageSent',
    decide: ({ staff, params, body }) => writeToPerson(staff, params.id, body),
  }),
  decisionPage({
    form: 'note',
    allow: 'requests:work',
    path: 'notes',
    body: newNote,
    flash: 'requests.flash.noteAdded',
    decide: ({ staff, params, body }) => addNote(staff, params.id, body),
  }),
  decisionPage({
    form: 'extend',
    allow: 'requests:decide',
    path: 'extension',
    body: extensionNotice,
    flash: 'requests.flash.extended',
    decide: ({ staff, params, body }) => extendRequest(staff, params.id, body),
  }),
  decisionPage({
    form: 'adopt',
    allow: 'requests:decide',
    path: 'newer-rules',
    body: versioned,
    flash: 'deadlines.newerRule.flash',
    decide: ({ staff, params, body }) => adoptNewerRules(staff, params.id, body),
  }),
  decisionPage({
    form: 'forward',
    allow: 'requests:decide',
    path: 'forwarding',
    body: forwarding,
    flash: 'forwarding.flash.forwarded',
    decide: ({ staff, params, body }) => forwardRequest(staff, params.id, body),
  }),
  decisionPage({
    form: 'refuse',
    allow: 'requests:decide',
    path: 'refusal',
    body: refusal,
    flash: 'requests.flash.refused',
    decide: ({ staff, params, body }) => refuseRequest(staff, params.id, body),
  }),
  decisionPage({
    form: 'complete',
    allow: 'requests:decide',
    path: 'completion',
    body: completion,
    uploads: 'staged',
    flash: 'requests.flash.completed',
    decide: ({ staff, params, body, staged }) =>
      completeRequest(
        staff,
        params.id,
        body,
        staged.map(({ id }) => id),
      ),
  }),
];
