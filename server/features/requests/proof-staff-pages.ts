import type Joi from 'joi';
import { identityFigures, type ViewReason } from '../../../config/identity.ts';
import type { Permission } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { sentencesOf } from '../../typed.ts';
import { memberNames } from '../staff/service.ts';
import { requestPath } from './links.ts';
import {
  circumstances,
  documentAsk,
  documentId,
  documentVerdict,
  documentView,
  staffEvidence,
  type DocumentId,
} from './proof-schema.ts';
import {
  askPersonForDocument,
  checkDeletion,
  decideOnDocument,
  identityForStaff,
  recordCircumstances,
  recordStaffEvidence,
  viewPersonsDocument,
} from './proof-staff.ts';
import { proofStaffView, reviewView, type RefusedStaffProof } from './proof-staff-view.ts';
import { requestId, type RequestId } from './schema.ts';

const PATH = '/o/:organization/requests/:id/identity';

const homeOf = ({ staff, params }: StaffCall<RequestId, unknown, unknown>) =>
  `${requestPath(staff.organization, params.id)}/identity`;

async function showIdentity(
  call: StaffCall<RequestId, unknown, unknown>,
  refused?: RefusedStaffProof,
): Promise<Answer> {
  const { staff, language, params } = call;
  const view = await identityForStaff(staff, params.id);
  const ids = view.evidence.flatMap(({ accountId }) => accountId ?? []);
  const names = await memberNames(staff.organizationId, ids);
  return {
    page: 'requests/identity',
    model: proofStaffView(language, staff, view, names, refused),
  };
}

/** Shows the page as it stands now, with why an act was not possible. */
async function notNow(
  call: StaffCall<RequestId, unknown, unknown>,
  form: string,
  error: unknown,
): Promise<Answer> {
  if (!(error instanceof Problem) || ![409, 410].includes(error.status)) throw error;
  const { t, has } = call.language;
  const key = `identity.problem.${error.code ?? ''}`;
  const notice = t(has(key) ? key : 'identity.problem.other');
  const page = await showIdentity(call, { form, values: {}, errors: {}, notice });
  return 'page' in page ? { ...page, status: error.status } : page;
}

const onInvalid =
  (form: string) =>
  (
    call: StaffCall<RequestId, unknown, unknown>,
    { values, errors }: { values: Record<string, unknown>; errors: Record<string, string> },
  ) => {
    const said = sentencesOf(call.language, 'identity.error', errors);
    return showIdentity(call, { form, values, errors: said });
  };

const proofForm = <P extends RequestId, B>(given: {
  form: string;
  allow: Permission;
  path?: string;
  params: Joi.ObjectSchema<P>;
  body?: Joi.ObjectSchema<B>;
  flash: string;
  act: (call: StaffCall<P, unknown, B>) => Promise<unknown>;
}): Door =>
  staffPage<P, Record<string, never>, B>(given.allow, {
    method: 'post',
    path: `${PATH}/${given.path ?? given.form}`,
    params: given.params,
    ...(given.body && { body: given.body }),
    act: async (call) => {
      try {
        await given.act(call);
      } catch (error) {
        return notNow(call, given.form, error);
      }
      return { redirect: homeOf(call), flash: given.flash };
    },
    onInvalid: onInvalid(given.form),
  });

/**
 * Answers with the document itself: there is no address under which it could be fetched again. A
 * picture stands on a page that closes by itself; a PDF is shown by the browser.
 */
async function showDocument(call: StaffCall<DocumentId, unknown, ViewBody>): Promise<Answer> {
  const { staff, language, params, body } = call;
  let document: Awaited<ReturnType<typeof viewPersonsDocument>>;
  try {
    document = await viewPersonsDocument(staff, params.id, params.document, body.reason);
  } catch (error) {
    return notNow(call, 'view', error);
  }
  const { type, content } = document;
  if (type === 'application/pdf') return { bytes: content, type };
  const seconds = identityFigures.document.viewMinutes * 60;
  const ids = { requestId: params.id.toHexString(), documentId: params.document.toHexString() };
  return {
    page: 'requests/document',
    headers: { Refresh: `${seconds}; url=${homeOf(call)}` },
    model: reviewView(language, staff, { ...ids, picture: content }),
  };
}

interface ViewBody {
  reason: ViewReason;
}

/** The identity behind a request: what staff see, record, ask and decide. */
export const proofStaffPages: Door[] = [
  staffPage<RequestId>('requests:read', {
    method: 'get',
    path: PATH,
    params: requestId,
    act: (call) => showIdentity(call),
  }),
  proofForm({
    form: 'evidence',
    allow: 'requests:work',
    params: requestId,
    body: staffEvidence,
    flash: 'identity.flash.evidence',
    act: ({ staff, params, body }) => recordStaffEvidence(staff, params.id, body),
  }),
  proofForm({
    form: 'circumstances',
    allow: 'requests:work',
    params: requestId,
    body: circumstances,
    flash: 'identity.flash.circumstances',
    act: ({ staff, params, body }) => recordCircumstances(staff, params.id, body),
  }),
  proofForm({
    form: 'document-ask',
    allow: 'requests:decide',
    params: requestId,
    body: documentAsk,
    flash: 'identity.flash.documentAsked',
    act: ({ staff, params, body }) => askPersonForDocument(staff, params.id, body.reason),
  }),
  proofForm({
    form: 'check',
    allow: 'requests:decide',
    params: requestId,
    flash: 'identity.flash.checked',
    act: ({ staff, params }) => checkDeletion(staff, params.id),
  }),
  staffPage<DocumentId, Record<string, never>, ViewBody>('identity:review', {
    method: 'post',
    path: `${PATH}/documents/:document/view`,
    params: documentId,
    body: documentView,
    act: showDocument,
    onInvalid: onInvalid('view'),
  }),
  proofForm({
    form: 'decision',
    allow: 'identity:review',
    path: 'documents/:document/decision',
    params: documentId,
    body: documentVerdict,
    flash: 'identity.flash.decided',
    act: ({ staff, params, body }) => decideOnDocument(staff, params.id, params.document, body),
  }),
];
