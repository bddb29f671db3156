import type { Types } from 'mongoose';
import type { Answer, StaffCall } from '../../http/doors.ts';
import { newClientKey } from '../../wire.ts';
import { apiKeyNames } from '../api-keys/service.ts';
import { auditTrailOf } from '../audit/service.ts';
import { memberNames, membersOf, type StaffMember } from '../staff/service.ts';
import { errorList } from './centre-frame.ts';
import { forwardingView } from './forwarding-view.ts';
import { mailsToPerson } from './person-mails.ts';
import { identityForStaff } from './proof-staff.ts';
import { proofPanel } from './proof-staff-view.ts';
import { openRequest } from './reading.ts';
import { requestView } from './request-view.ts';
import type { RequestId } from './schema.ts';

/** The form of a request's page that was not accepted, with what was typed into it. */
export interface RefusedForm {
  form: 'assign' | 'extend' | 'forward' | 'refuse' | 'complete' | 'message' | 'note';
  values: Record<string, unknown>;
  errors: Record<string, string>;
  /** Why, when it is no fault of a field. */
  notice?: string;
}

const staffHome = ({ organization }: StaffMember, id: Types.ObjectId) =>
  `/o/${organization.slug}/requests/${id.toHexString()}`;

/** The page of one request, as it stands now. */
export async function showRequest(
  { staff, language, params }: StaffCall<RequestId, unknown, unknown>,
  refused?: RefusedForm,
): Promise<Answer> {
  const { organizationId } = staff;
  const [view, events, members, mails] = await Promise.all([
    openRequest(staff, params.id),
    auditTrailOf(organizationId, { kind: 'request', id: params.id }),
    membersOf(organizationId),
    mailsToPerson(organizationId, params.id),
  ]);
  const staffIds = [
    ...events.flatMap(({ actorKind, actorId, facts }) => [
      actorKind === 'staff' && actorId !== null ? actorId : [],
      typeof facts.assignee === 'string' ? facts.assignee : [],
    ]),
    view.assigneeId ?? [],
  ].flat();
  const machineIds = events.flatMap(({ actorKind, actorId }) =>
    actorKind === 'machine' && actorId !== null ? [actorId] : [],
  );
  const names = new Map([
    ...(await memberNames(organizationId, [...new Set(staffIds)])),
    ...(await apiKeyNames(organizationId, [...new Set(machineIds)])),
  ]);
  const { form, values = {}, errors = {}, notice } = refused ?? {};
  return {
    page: 'requests/request',
    model: {
      ...requestView(language, staff, view, { events, members, names, mails }),
      forward: await forwardingView(language, staff, view),
      forms: Object.fromEntries(
        ['assign', 'extend', 'forward', 'refuse', 'complete', 'message', 'note'].map((name) => [
          name,
          name === form ? { values, errors, open: true } : { values: {}, errors: {} },
        ]),
      ),
      proof:
        view.requiredLevel > 0
          ? proofPanel(
              language,
              await identityForStaff(staff, params.id),
              staffHome(staff, params.id),
            )
          : null,
      messageKey: form === 'message' ? values.formKey : newClientKey(),
      noteKey: form === 'note' ? values.formKey : newClientKey(),
      notice,
      noticeLink: form !== undefined &&
        isOffered(form, view.can) && {
          href: `#${form}`,
          label: language.t('requests.request.toText'),
        },
      // A form that is no longer offered cannot hold what was typed.
      kept:
        form !== undefined && notice !== undefined && !isOffered(form, view.can)
          ? values.text
          : null,
      errorList: errorList(
        Object.fromEntries(
          Object.entries(errors).map(([field, text]) => [`${form ?? ''}-${field}`, text]),
        ),
        Object.keys(errors).map((field) => `${form ?? ''}-${field}`),
      ),
    },
  };
}

const isOffered = (form: RefusedForm['form'], can: Record<RefusedForm['form'], boolean>) =>
  can[form];
