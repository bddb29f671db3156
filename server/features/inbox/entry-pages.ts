import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import {
  askAboutSame,
  entry,
  entryChoice,
  entryErrors,
  entryForm,
  type Entry,
  type EntryChoice,
} from '../requests/service.ts';
import { enterDraft, openDraft } from './drafts.ts';
import { draftId, type DraftId } from './schema.ts';
import { prefilled } from './view.ts';

type Shown = Pick<Parameters<typeof entryForm>[3], 'values' | 'errors' | 'same'>;

async function showForm(
  { staff, language, params, query }: StaffCall<DraftId, EntryChoice, unknown>,
  shown?: Shown,
): Promise<Answer> {
  const { organization } = staff;
  const draft = await openDraft(staff, params.id);
  const here = `/o/${organization.slug}/inbox/${params.id.toHexString()}`;
  return entryForm(organization, language, query, {
    ...(shown ?? { values: prefilled(draft, organization.languages), errors: {} }),
    address: `${here}/request`,
    back: { href: here, label: language.t('inbox.backToMail') },
    receivedAt: draft.receivedAt,
  });
}

async function sendForm(call: StaffCall<DraftId, EntryChoice, Entry>): Promise<Answer> {
  const { staff, language, params, body } = call;
  const again = await askAboutSame(staff.organization, language, body);
  if (again) return { ...(await showForm(call, again)), status: 409 };
  const { id } = await enterDraft(staff, params.id, body);
  const told = body.email === '' ? 'entry.flash.enteredByPost' : 'entry.flash.entered';
  return { redirect: `/o/${staff.organization.slug}/requests/${id.toHexString()}`, flash: told };
}

const PATH = '/o/:organization/inbox/:id/request';

/** The form of a request, with what a mail says filled in and its moment of receipt fixed. */
export const draftEntryPages: Door[] = [
  staffPage<DraftId, EntryChoice>('requests:work', {
    method: 'get',
    path: PATH,
    params: draftId,
    query: entryChoice,
    act: (call) => showForm(call),
  }),
  staffPage<DraftId, EntryChoice, Entry>('requests:work', {
    method: 'post',
    path: PATH,
    params: draftId,
    query: entryChoice,
    body: entry,
    act: sendForm,
    onInvalid: (call, { values, errors }) =>
      showForm(call, { values, errors: entryErrors(call.language, errors) }),
  }),
];
