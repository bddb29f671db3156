import { contactRoles, noticeChannels } from '../../../config/commitments.ts';
import { languageCodes, languageOf, type Language } from '../../language.ts';
import { regimeIds } from '../../../config/regimes.ts';
import { categoryIds } from '../../../config/consent.ts';
import { controllerRoles, rightIds } from '../../../config/rights.ts';
import { listOf, memberOf, namedErrorList, textOf, type Errors, type Typed } from '../../typed.ts';
import { calendarOptions } from './calendar-names.ts';
import type { OrganizationSettings } from './schema.ts';

function contactFields(typed: Typed, errors: Errors, language: Language) {
  return contactRoles.map((role) => {
    const known = memberOf(typed.contacts, role);
    const field = (part: 'email' | 'phone' | 'post') => {
      const id = `contacts.${role}.${part}`;
      return {
        id,
        name: `contacts[${role}][${part}]`,
        label: language.t(`organizations.field.${part}`),
        value: textOf(memberOf(known, part)),
        error: errors[id],
        optional: true,
        autocomplete: 'off',
      };
    };
    return {
      legend: language.t(`layout.contact.${role}`),
      email: field('email'),
      phone: field('phone'),
      post: field('post'),
    };
  });
}

function commitmentFields(typed: Typed, errors: Errors, language: Language) {
  const number = (group: string, part: string, max: string) => ({
    id: `${group}.${part}`,
    name: `${group}[${part}]`,
    kind: 'number',
    label: language.t(`organizations.field.${part}`),
    value: textOf(memberOf(typed[group], part)),
    error: errors[`${group}.${part}`],
    min: '1',
    max,
    optional: true,
    short: true,
  });
  const channels = (part: string) => {
    const chosen = listOf(memberOf(typed.noticePolicy, part));
    return noticeChannels.map((value) => ({
      value,
      title: language.t(`organizations.notice.${value}`),
      checked: chosen.includes(value),
    }));
  };
  return {
    everywhere: number('ageRule', 'everywhere', '25'),
    eeaAndUk: number('ageRule', 'eeaAndUk', '25'),
    patientsExempt: ['true', true].includes(
      memberOf(typed.ageRule, 'patientsExempt') as string | boolean,
    ),
    daysAhead: number('noticePolicy', 'daysAhead', '365'),
    material: channels('material'),
    significant: channels('significant'),
  };
}

/** The fields that settings and a new organisation share, as the form's partial takes them. */
export function settingsFields(typed: Typed, errors: Errors, language: Language) {
  const options = (field: string, values: readonly string[], text: (value: string) => string) => {
    const chosen = listOf(typed[field]);
    return values.map((value) => ({ value, title: text(value), checked: chosen.includes(value) }));
  };
  return {
    values: {
      name: textOf(typed.name),
      slug: textOf(typed.slug),
      timeZone: textOf(typed.timeZone),
      promiseDays: textOf(typed.promiseDays),
      policyUrl: textOf(typed.policyUrl),
      calendar: textOf(typed.calendar),
      closingDays: listOf(typed.closingDays).map(textOf).join('\n'),
    },
    timeZones: ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map(
      (zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }),
    ),
    calendarOptions: [
      { value: '', label: language.t('organizations.noCalendar') },
      ...calendarOptions(language),
    ],
    languageOptions: options('languages', languageCodes, (code) =>
      languageOf(code).t('layout.languageName'),
    ),
    regimeOptions: options('regimes', regimeIds, (id) =>
      language.t(`deadlines.regime.${id}.short`),
    ),
    rightOptions: options('rights', rightIds, (id) => language.t(`requests.right.${id}`)),
    roleOptions: options('roles', controllerRoles, (id) => language.t(`organizations.role.${id}`)),
    cookieOptions: options(
      'cookieCategories',
      categoryIds.filter((id) => id !== 'necessary'),
      (id) => language.t(`consent.category.${id}`),
    ),
    commitmentFields: commitmentFields(typed, errors, language),
    promiseYields: ['true', true].includes(typed.promiseYields as string | boolean),
    // A checked box arrives as text, the stored setting is a boolean.
    requiresSecondFactor: ['true', true].includes(typed.requiresSecondFactor as string | boolean),
    contactFields: contactFields(typed, errors, language),
    errors,
    errorList: namedErrorList(language, 'organizations.field', errors),
  };
}

/** What a form sends for the default language first; the stored order keeps it so. */
export function inChosenOrder(settings: OrganizationSettings, first: string): OrganizationSettings {
  const { languages } = settings;
  return {
    ...settings,
    languages: [...languages].sort((a, b) => Number(b === first) - Number(a === first)),
  };
}
