import type { Answer, StaffCall } from '../../http/doors.ts';
import { newClientKey } from '../../wire.ts';
import { errorList } from '../../typed.ts';
import { apiKeyNames } from '../api-keys/service.ts';
import { auditTrailOf } from '../audit/service.ts';
import { memberNames, membersOf } from '../staff/service.ts';
import { purposesAsked } from './at-once.ts';
import { draftsOf } from './kept-drafts.ts';
import { consentPanel } from './linked-consent.ts';
import { requestPath } from './links.ts';
import { meetAt } from './presence.ts';
import { deskHead } from './request-desk.ts';
import { tagsOf } from './tags.ts';
import { forwardingView } from './forwarding-view.ts';
import { mailsToPerson } from './person-mails.ts';
import { outcomeModel } from './outcome-view.ts';
import { identityForStaff } from './proof-staff.ts';
import { proofPanel } from './proof-staff-view.ts';
import { openRequest, type RequestView } from './reading.ts';
import { requestView } from './request-view.ts';
import type { RequestId } from './schema.ts';

const formNames = [
  'assign',
  'extend',
  'adopt',
  'forward',
  'refuse',
  'complete',
  'message',
  'note',
  'item-kept',
  'item-change',
  'item-disclosure',
  'lift',
  'tags',
] as const;
type FormName = (typeof formNames)[number];

/** The form of a request's page that was not accepted, with what was typed into it. */
export interface RefusedForm {
  form: FormName;
  values: Record<string, unknown>;
  errors: Record<string, string>;
  /** Why, when it is no fault of a field. */
  notice?: string;
}

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
    ...(await memberNames(organizationId, staffIds)),
    ...(await apiKeyNames(organizationId, machineIds)),
  ]);
  const [drafts, others, knownTags] = await Promise.all([
    draftsOf(staff, params.id),
    meetAt(staff, params.id),
    tagsOf(organizationId),
  ]);
  const purposes = await purposesAsked(staff.organization, view);
  const here = requestPath(staff.organization, view.id);
  const { form, values = {}, errors = {}, notice } = refused ?? {};
  return {
    page: 'requests/request',
    model: {
      ...requestView(language, staff, view, { events, members, names, mails }),
      forward: await forwardingView(language, staff, view),
      ...outcomeModel(language, view, { here, purposes, ...(refused && { refused }) }),
      forms: Object.fromEntries(
        formNames.map((name) => [
          name,
          name === form
            ? { values, errors, open: true }
            : { values: { text: (drafts as Record<string, string>)[name] }, errors: {} },
        ]),
      ),
      proof:
        view.requiredLevel > 0
          ? proofPanel(language, await identityForStaff(staff, params.id), here)
          : null,
      ...deskHead(language, staff, view, others),
      consent: await consentPanel(staff, params.id, language),
      knownTags,
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
      ),
    },
  };
}

const isOffered = (form: FormName, can: RequestView['can']): boolean =>
  form === 'item-kept' || form === 'item-change' || form === 'item-disclosure'
    ? can.item
    : form === 'tags'
      ? can.note
      : can[form];
