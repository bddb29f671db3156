import { dataClasses } from '../../../config/rights.ts';
import { languageOf, type Language } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import { errorList, sentencesOf, type Errors } from '../../typed.ts';
import type { Organization } from '../organizations/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { countryOptions, partGroups } from '../explain/service.ts';
import { askedFields } from './asked-questions.ts';
import { readChoice, residenceText, rightsOffered, type ChosenRight } from './choice.ts';
import {
  checkMethods,
  lateReasons,
  staffChannels,
  type Entry,
  type EntryChoice,
} from './entry-schema.ts';
import { sameOpenRequest } from './entry.ts';
import { requestPath } from './links.ts';
import { detailsAreOptional } from './preview-view.ts';
import { previewRequest } from './preview.ts';
import { customerField, relationQuestion } from './relation-view.ts';

const CHOICE_FIELDS = ['right', 'relation', 'country', 'state', 'dataClass'];
const FIELDS_BEFORE = [
  'channel',
  'receivedOn',
  'lateReason',
  'name',
  'email',
  'phone',
  'post',
  'language',
];
const FIELDS_AFTER = ['details', 'level', 'method'];

const channelIcons = { email: 'mail', phone: 'bell', post: 'send', 'in-person': 'user' } as const;

interface Typed {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

/** Where the form stands, and what is in it. */
interface EntryForm extends Typed {
  /** Its address, to which it is also sent. */
  address: string;
  back: { href: string; label: string };
  /** The moment of receipt that a machine noted: then nobody is asked for channel and day. */
  receivedAt?: Date;
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

/** The first step: what is asked, and where the person lives. */
function choiceView(organization: Organization, language: Language, form: EntryForm) {
  const { t } = language;
  const { address, back, values, errors } = form;
  return {
    back,
    action: address,
    values: { dataClass: 'ordinary', ...values },
    errors,
    errorList: errorList(errors, CHOICE_FIELDS),
    rights: rightsOffered(organization).map((value) => ({
      value,
      label: t(`requests.right.${value}`),
    })),
    relation: relationQuestion(language, organization),
    countries: countryOptions(language),
    states: partGroups(language),
    dataClasses: dataClasses.map((value) => ({ value, label: t(`requests.dataClass.${value}`) })),
  };
}

/** The second step: who asked, when and how, and in which words. */
async function detailsView(
  organization: Organization,
  language: Language,
  chosen: ChosenRight,
  { address, values, errors: refused, receivedAt, same }: EntryForm,
) {
  const { t } = language;
  const { timeZone, languages } = organization;
  const choice = { ...chosen, state: chosen.state ?? '' };
  const today = localDay(new Date(), timeZone);
  const here = `${address}?${new URLSearchParams(choice).toString()}`;
  const { fields, errors, names } = await askedFields(organization, language, chosen, {
    typed: values.answers,
    errors: refused,
    mayMiss: true,
  });
  const fixed = receivedAt && { channel: 'email', receivedOn: localDay(receivedAt, timeZone) };
  return {
    back: { href: address, label: t('entry.changeChoice') },
    action: here,
    isFixed: fixed !== undefined,
    hidden: Object.entries({ ...choice, ...fixed }).map(([name, value]) => ({ name, value })),
    wishes: [
      { term: t('entry.right'), text: t(`requests.right.${chosen.right}`) },
      { term: t('entry.residence'), text: residenceText(language, chosen) },
      { term: t('entry.dataClass'), text: t(`requests.dataClass.${chosen.dataClass}`) },
      ...(receivedAt
        ? [{ term: t('entry.receivedOn'), text: language.moment(receivedAt, timeZone) }]
        : []),
    ],
    values: {
      receivedOn: today,
      language: languages[0],
      level: '0',
      formKey: newClientKey(),
      ...values,
    },
    errors,
    errorList: errorList(errors, [...FIELDS_BEFORE, ...names, ...FIELDS_AFTER]),
    customer: customerField(language, chosen.relation, { values, errors }),
    questions: fields,
    same,
    today,
    zone: timeZone.replaceAll('_', ' '),
    channels: staffChannels.map((value) => ({
      value,
      title: t(`requests.channel.${value}`),
      icon: channelIcons[value],
    })),
    lateReasons: lateReasons.map((value) => ({ value, label: t(`entry.lateReason.${value}`) })),
    languages: languages.map((value) => ({
      value,
      label: languageOf(value).t('layout.languageName'),
    })),
    detailsOptional: names.length > 0 || detailsAreOptional(chosen.right),
    needsProof: previewRequest(organization, chosen).needsProof,
    levels: ['0', '1', '2', '3'].map((value) => ({ value, label: t(`entry.level.${value}`) })),
    methods: checkMethods.map((value) => ({ value, label: t(`entry.method.${value}`) })),
  };
}

/** The step of the form that an address asks for, as its page and model. */
export async function entryForm(
  organization: Organization,
  language: Language,
  query: EntryChoice,
  form: EntryForm,
): Promise<{ page: string; model: object }> {
  const read = readEntryChoice(organization, query);
  if ('chosen' in read) {
    return {
      page: 'entry/details',
      model: await detailsView(organization, language, read.chosen, form),
    };
  }
  const isUntouched = query.right === '' && query.country === null;
  const errors = Object.fromEntries(
    (isUntouched ? [] : read.missing).map((field) => [
      field,
      language.t(field === 'relation' ? 'privacy.error.relation' : `entry.error.${field}`),
    ]),
  );
  const values = { ...query, country: query.country ?? '', ...(isUntouched && form.values) };
  return {
    page: 'entry/choice',
    model: choiceView(organization, language, { ...form, values, errors }),
  };
}

/** A sentence for each field of the form that was refused. */
export const entryErrors = (language: Language, errors: Errors): Errors =>
  sentencesOf(language, 'entry.error', errors);

/** The form again, where the person has the same request open already; null when there is none. */
export async function askAboutSame(
  organization: Organization,
  language: Language,
  body: Entry,
): Promise<Pick<EntryForm, 'values' | 'errors' | 'same'> | null> {
  const same = body.despite ? null : await sameOpenRequest(organization, body);
  if (!same) return null;
  const href = requestPath(organization, same._id);
  return {
    values: { ...body, level: String(body.level) },
    errors: {},
    same: { href, label: language.t('entry.same.open'), reference: same.reference },
  };
}
