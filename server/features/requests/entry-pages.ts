import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { entry, entryChoice, type Entry, type EntryChoice } from './entry-schema.ts';
import { askAboutSame, entryErrors, entryForm } from './entry-view.ts';
import { enterRequest } from './entry.ts';

type EntryCall = StaffCall<unknown, EntryChoice, unknown>;
type Shown = Omit<Parameters<typeof entryForm>[3], 'address' | 'back' | 'receivedAt'>;

const empty: Shown = { values: {}, errors: {} };

function showEntry({ staff, language, query }: EntryCall, shown = empty): Answer {
  const { organization } = staff;
  const queue = `/o/${organization.slug}/requests`;
  return entryForm(organization, language, query, {
    ...shown,
    address: `${queue}/new`,
    back: { href: queue, label: language.t('requests.request.back') },
  });
}

async function sendEntry(call: StaffCall<unknown, EntryChoice, Entry>): Promise<Answer> {
  const { staff, language, body } = call;
  const again = await askAboutSame(staff.organization, language, body);
  if (again) return { ...showEntry(call, again), status: 409 };
  const { id } = await enterRequest(staff, body);
  const told = body.email === '' ? 'entry.flash.enteredByPost' : 'entry.flash.entered';
  return { redirect: `/o/${staff.organization.slug}/requests/${id.toHexString()}`, flash: told };
}

/** Where staff write down what came by letter, telephone, e-mail or in person. */
export const entryPages: Door[] = [
  staffPage<Record<string, never>, EntryChoice>('requests:work', {
    method: 'get',
    path: '/o/:organization/requests/new',
    query: entryChoice,
    act: (call) => Promise.resolve(showEntry(call)),
  }),
  staffPage<Record<string, never>, EntryChoice, Entry>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/new',
    query: entryChoice,
    body: entry,
    act: sendEntry,
    onInvalid: (call, { values, errors }) =>
      Promise.resolve(showEntry(call, { values, errors: entryErrors(call.language, errors) })),
  }),
];
