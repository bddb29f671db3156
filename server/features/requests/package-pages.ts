import type Joi from 'joi';
import type { Permission } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { invalidField, Problem } from '../../problem.ts';
import { errorList, sentencesOf } from '../../typed.ts';
import { itemKinds, newItem, removal, review } from '../packages/service.ts';
import {
  addToPackage,
  packageForStaff,
  removeFromPackage,
  reviewInPackage,
} from './answer-package.ts';
import { addConsentRecords } from './linked-consent.ts';
import { requestPath } from './links.ts';
import { packageView } from './package-view.ts';
import { requestId, type RequestId } from './schema.ts';

type PackageCall<B = unknown> = StaffCall<RequestId, unknown, B>;

interface Refused {
  values?: Record<string, unknown>;
  errors?: Record<string, string>;
  notice?: string;
}

async function showPackage(call: PackageCall, refused: Refused = {}): Promise<Answer> {
  const { staff, language, params } = call;
  const { values = {}, errors = {}, notice } = refused;
  const { row, gathered, sections } = await packageForStaff(staff, params.id);
  return {
    page: 'requests/package',
    model: {
      ...packageView(language, staff, row, gathered, sections),
      values: { kind: itemKinds[0], ...values },
      errors,
      errorList: errorList(errors, ['files', 'category', 'kind', 'reason']),
      notice,
    },
  };
}

interface Change<B> {
  allow: Permission;
  path: string;
  body: Joi.ObjectSchema<B>;
  flash: string;
  uploads?: 'staged';
  make: (call: PackageCall<B>) => Promise<void>;
}

const changePage = <B extends object>({ allow, path, body, flash, uploads, make }: Change<B>) =>
  staffPage<RequestId, Record<string, never>, B>(allow, {
    method: 'post',
    path: `/o/:organization/requests/:id/package${path}`,
    params: requestId,
    body,
    ...(uploads && { uploads }),
    act: async (call) => {
      try {
        await make(call);
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 409) throw error;
        const notice = call.language.t('package.conflict');
        return { ...(await showPackage(call, { notice })), status: 409 };
      }
      const request = requestPath(call.staff.organization, call.params.id);
      return { redirect: `${request}/package`, flash };
    },
    onInvalid: (call, { values, errors }) =>
      showPackage(call, { values, errors: sentencesOf(call.language, 'package.error', errors) }),
  });

/** Where the answer to a request is gathered and looked through before it goes out. */
export const packagePages: Door[] = [
  staffPage<RequestId>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests/:id/package',
    params: requestId,
    act: (call) => showPackage(call),
  }),
  changePage({
    allow: 'requests:work',
    path: '',
    body: newItem,
    flash: 'package.flash.added',
    uploads: 'staged',
    make: async ({ staff, params, body, staged }) => {
      if (staged.length === 0) throw invalidField('files', 'any.required', 'files is required');
      for (const { id } of staged) await addToPackage(staff, params.id, body, id);
    },
  }),
  staffPage<RequestId>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/:id/consent-records',
    params: requestId,
    act: async ({ staff, params }) => {
      await addConsentRecords(staff, params.id);
      const request = requestPath(staff.organization, params.id);
      return { redirect: `${request}/package`, flash: 'linked-consent.flash' };
    },
  }),
  changePage({
    allow: 'requests:work',
    path: '/removal',
    body: removal,
    flash: 'package.flash.removed',
    make: ({ staff, params, body }) => removeFromPackage(staff, params.id, body),
  }),
  changePage({
    allow: 'requests:decide',
    path: '/review',
    body: review,
    flash: 'package.flash.reviewed',
    make: ({ staff, params, body }) => reviewInPackage(staff, params.id, body),
  }),
];
