import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { localDay } from '../../deadlines/days.ts';
import { languageOf } from '../../language.ts';
import { entry, entryChoice, type Entry, type EntryChoice } from './entry-schema.ts';
import { askAboutSame, entryErrors, entryForm } from './entry-view.ts';
import { enterRequest } from './entry.ts';
import { requestPath } from './links.ts';
import { letterToPrint } from './printed-letter.ts';
import { requestId, type RequestId } from './schema.ts';

type EntryCall = StaffCall<unknown, EntryChoice, unknown>;
type Shown = Omit<Parameters<typeof entryForm>[3], 'address' | 'back' | 'receivedAt'>;

const empty: Shown = { values: {}, errors: {} };

async function showEntry({ staff, language, query }: EntryCall, shown = empty): Promise<Answer> {
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
  if (again) return { ...(await showEntry(call, again)), status: 409 };
  const { id } = await enterRequest(staff, body);
  const told = body.email === '' ? 'entry.flash.enteredByPost' : 'entry.flash.entered';
  return { redirect: requestPath(staff.organization, id), flash: told };
}

async function showLetter({
  staff,
  language,
  params,
}: StaffCall<RequestId, unknown, unknown>): Promise<Answer> {
  const { organization } = staff;
  const { language: letterLang, ...letter } = await letterToPrint(staff, params.id);
  return {
    page: 'entry/letter',
    model: {
      ...letter,
      letterLang,
      back: {
        href: requestPath(organization, params.id),
        label: letter.reference,
      },
      sender: organization.name,
      today: languageOf(letterLang).day(localDay(new Date(), organization.timeZone)),
      title: language.t('entry.letter.title'),
    },
  };
}

/** Where staff write down what came by letter, telephone, e-mail or in person. */
export const entryPages: Door[] = [
  staffPage<Record<string, never>, EntryChoice>('requests:work', {
    method: 'get',
    path: '/o/:organization/requests/new',
    query: entryChoice,
    act: (call) => showEntry(call),
  }),
  staffPage<Record<string, never>, EntryChoice, Entry>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/new',
    query: entryChoice,
    body: entry,
    act: sendEntry,
    onInvalid: (call, { values, errors }) =>
      showEntry(call, { values, errors: entryErrors(call.language, errors) }),
  }),
  staffPage<RequestId>('requests:work', {
    method: 'get',
    path: '/o/:organization/requests/:id/letter',
    params: requestId,
    act: showLetter,
  }),
];
