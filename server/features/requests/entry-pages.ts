import { dataClasses } from '../../../config/rights.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Organization } from '../organizations/service.ts';
import { readChoice, type ChosenRight } from './choice.ts';
import { entry, entryChoice, type Entry, type EntryChoice } from './entry-schema.ts';
import { choiceView, entryView } from './entry-view.ts';
import { enterRequest, sameOpenRequest } from './entry.ts';

type EntryCall = StaffCall<unknown, EntryChoice, unknown>;

interface Refused {
  values: Record<string, unknown>;
  errors: Record<string, string>;
  /** A request that would be entered twice. */
  same?: { href: string; label: string; reference: string };
}

/** What the first step chose, or the names of the fields that still need a choice. */
function readEntryChoice(
  organization: Organization,
  query: EntryChoice,
): { chosen: ChosenRight } | { missing: string[] } {
  const read = readChoice(organization, { ...query, health: '' });
  const dataClass = dataClasses.find((one) => one === query.dataClass);
  if ('missing' in read) return read;
  return dataClass ? { chosen: { ...read.chosen, dataClass } } : { missing: ['dataClass'] };
}

function showEntry({ staff, language, query }: EntryCall, refused?: Refused): Answer {
  const { organization } = staff;
  const read = readEntryChoice(organization, query);
  if ('chosen' in read) {
    const { same, ...form } = refused ?? { values: {}, errors: {} };
    return {
      page: 'entry/details',
      model: { ...entryView(organization, language, read.chosen, form), same },
    };
  }
  const isUntouched = query.right === '' && query.country === null;
  const errors = Object.fromEntries(
    (isUntouched ? [] : read.missing).map((field) => [field, language.t(`entry.error.${field}`)]),
  );
  const values = { ...query, country: query.country ?? '' };
  return { page: 'entry/choice', model: choiceView(organization, language, { values, errors }) };
}

async function sendEntry(call: StaffCall<unknown, EntryChoice, Entry>): Promise<Answer> {
  const { staff, body } = call;
  const home = `/o/${staff.organization.slug}/requests`;
  const same = body.despite ? null : await sameOpenRequest(staff.organization, body);
  if (same) {
    const { _id, reference } = same;
    const values = { ...body, level: String(body.level) };
    const label = call.language.t('entry.same.open');
    const link = { href: `${home}/${_id.toHexString()}`, label, reference };
    return { ...showEntry(call, { values, errors: {}, same: link }), status: 409 };
  }
  const { id } = await enterRequest(staff, body);
  const told = body.email === '' ? 'entry.flash.enteredByPost' : 'entry.flash.entered';
  return { redirect: `${home}/${id.toHexString()}`, flash: told };
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
    onInvalid: (call, { values, errors }) => {
      const { t, has } = call.language;
      const sentences = Object.keys(errors).map((field) => {
        const key = `entry.error.${field}`;
        return [field, t(has(key) ? key : 'entry.error.other')] as const;
      });
      return Promise.resolve(showEntry(call, { values, errors: Object.fromEntries(sentences) }));
    },
  }),
];
