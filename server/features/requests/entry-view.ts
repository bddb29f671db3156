import { dataClasses } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import { languageOf } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import type { Organization } from '../organizations/service.ts';
import { localDay } from './calendar.ts';
import { errorList } from './centre-frame.ts';
import {
  countryOptions,
  residenceText,
  rightsOffered,
  stateOptions,
  type ChosenRight,
} from './choice.ts';
import { checkMethods, lateReasons, staffChannels } from './entry-schema.ts';
import { previewRequest } from './intake.ts';
import { detailsAreOptional } from './preview-view.ts';

type Values = Record<string, unknown>;
type Errors = Record<string, string>;

const CHOICE_FIELDS = ['right', 'country', 'state', 'dataClass'];
const ENTRY_FIELDS = [
  'channel',
  'receivedOn',
  'lateReason',
  'name',
  'email',
  'phone',
  'post',
  'language',
  'details',
  'level',
  'method',
];

const channelIcons = { email: 'mail', phone: 'bell', post: 'send', 'in-person': 'user' } as const;

/** The first step: what is asked, and where the person lives. */
export function choiceView(
  organization: Organization,
  language: Language,
  { values, errors }: { values: Values; errors: Errors },
) {
  const { t } = language;
  const home = `/o/${organization.slug}/requests`;
  return {
    back: { href: home, label: t('requests.request.back') },
    action: `${home}/new`,
    values: { dataClass: 'ordinary', ...values },
    errors,
    errorList: errorList(errors, CHOICE_FIELDS),
    rights: rightsOffered(organization).map((value) => ({
      value,
      label: t(`requests.right.${value}`),
    })),
    countries: countryOptions(language),
    states: stateOptions(language),
    dataClasses: dataClasses.map((value) => ({ value, label: t(`requests.dataClass.${value}`) })),
  };
}

/** The second step: who asked, when and how, and in which words. */
export function entryView(
  organization: Organization,
  language: Language,
  chosen: ChosenRight,
  { values, errors }: { values: Values; errors: Errors },
) {
  const { t } = language;
  const home = `/o/${organization.slug}/requests`;
  const choice = new URLSearchParams({ ...chosen, state: chosen.state ?? '' }).toString();
  const today = localDay(new Date(), organization.timeZone);
  const preview = previewRequest(organization, chosen);
  return {
    back: { href: `${home}/new?${choice}`, label: t('entry.changeChoice') },
    action: `${home}/new?${choice}`,
    hidden: Object.entries({ ...chosen, state: chosen.state ?? '' }).map(([name, value]) => ({
      name,
      value,
    })),
    wishes: [
      { term: t('entry.right'), text: t(`requests.right.${chosen.right}`) },
      { term: t('entry.residence'), text: residenceText(language, chosen) },
      { term: t('entry.dataClass'), text: t(`requests.dataClass.${chosen.dataClass}`) },
    ],
    values: {
      receivedOn: today,
      language: organization.languages[0],
      level: '0',
      formKey: newClientKey(),
      ...values,
    },
    errors,
    errorList: errorList(errors, ENTRY_FIELDS),
    today,
    zone: organization.timeZone.replaceAll('_', ' '),
    channels: staffChannels.map((value) => ({
      value,
      title: t(`requests.channel.${value}`),
      icon: channelIcons[value],
    })),
    lateReasons: lateReasons.map((value) => ({ value, label: t(`entry.lateReason.${value}`) })),
    languages: organization.languages.map((value) => ({
      value,
      label: languageOf(value).t('layout.languageName'),
    })),
    detailsOptional: detailsAreOptional(chosen.right),
    needsProof: preview.needsProof,
    levels: ['0', '1', '2', '3'].map((value) => ({ value, label: t(`entry.level.${value}`) })),
    methods: checkMethods.map((value) => ({ value, label: t(`entry.method.${value}`) })),
  };
}
