import {
  legalBases,
  retentionAnchors,
  sourceKinds,
  transferMechanisms,
} from '../../../config/inventory.ts';
import { controllerRoles, dataClasses } from '../../../config/rights.ts';
import { languageOf, type Language } from '../../language.ts';
import { listOf, memberOf, namedErrorList, textOf, type Errors, type Typed } from '../../typed.ts';
import { countryOptions } from '../explain/service.ts';
import type { InventoryContent } from './model.ts';
import type { ItemKind } from './schema.ts';
import { wordsIn } from './words.ts';

export interface Filling {
  typed: Typed;
  errors: Errors;
  /** Languages of the organisation, the default one first. */
  languages: readonly string[];
}

const isChecked = (value: unknown) => value === true || value === 'yes';

/** One field per language of the organisation; the first is the one that must be filled. */
function wordFields(
  language: Language,
  { typed, errors, languages }: Filling,
  name: string,
  { isRequired = false, kind = 'text' } = {},
) {
  return languages.map((code, at) => ({
    id: at === 0 ? name : `${name}.${code}`,
    name: `${name}[${code}]`,
    kind,
    rows: 3,
    label: `${language.t(`inventory.field.${name}`)}${languages.length > 1 ? ` (${languageOf(code).t('layout.languageName')})` : ''}`,
    value: textOf(memberOf(typed[name], code)),
    error: errors[`${name}.${code}`] ?? (at === 0 ? errors[name] : undefined),
    optional: !isRequired || at > 0,
    autocomplete: 'off',
  }));
}

const options = ({ t }: Language, vocabulary: string, values: readonly string[]) =>
  values.map((value) => ({
    value,
    label: t(`inventory.${vocabulary}.${value}`),
    title: t(`inventory.${vocabulary}.${value}`),
  }));

const checkedOptions = <T extends { value: string }>(all: T[], typed: unknown) => {
  const chosen = listOf(typed);
  return all.map((one) => ({ ...one, checked: chosen.includes(one.value) }));
};

function purposeFields(language: Language, filling: Filling) {
  const { typed, errors } = filling;
  return {
    names: wordFields(language, filling, 'name', { isRequired: true }),
    bases: options(language, 'basis', legalBases),
    basis: { value: textOf(typed.basis), error: errors.basis },
    balancing: { value: textOf(typed.balancing), error: errors.balancing },
    isDirectMarketing: isChecked(typed.isDirectMarketing),
  };
}

function recipientFields(language: Language, filling: Filling) {
  const { typed, errors } = filling;
  return {
    names: wordFields(language, filling, 'name', { isRequired: true }),
    uses: wordFields(language, filling, 'use'),
    contractOn: { value: textOf(typed.contractOn), error: errors.contractOn },
    hasSubcontractorAgreement: isChecked(typed.hasSubcontractorAgreement),
  };
}

function transferRows(language: Language, { typed, errors }: Filling) {
  const known = listOf(typed.transfers);
  const countries = countryOptions(language);
  return [...known, ...(known.length < 30 ? [{}] : [])].map((row, at) => ({
    country: {
      id: `transfers.${at}.country`,
      name: `transfers[${at}][country]`,
      kind: 'select',
      label: language.t('inventory.field.country'),
      value: textOf(memberOf(row, 'country')),
      options: countries,
      error: errors[`transfers.${at}.country`],
      placeholder: language.t('inventory.choose'),
      optional: true,
    },
    mechanism: {
      id: `transfers.${at}.mechanism`,
      name: `transfers[${at}][mechanism]`,
      kind: 'select',
      label: language.t('inventory.field.mechanism'),
      value: textOf(memberOf(row, 'mechanism')),
      options: options(language, 'mechanism', transferMechanisms),
      error: errors[`transfers.${at}.mechanism`],
      placeholder: language.t('inventory.choose'),
      optional: true,
    },
  }));
}

function monthsField(language: Language, { typed, errors }: Filling, part: string) {
  const id = `retention.${part}`;
  return {
    id,
    name: `retention[${part}]`,
    kind: 'number',
    label: language.t(`inventory.field.${part}`),
    value: textOf(memberOf(typed.retention, part)),
    error: errors[id],
    min: '1',
    max: '1200',
    optional: true,
    short: true,
  };
}

function categoryFields(language: Language, filling: Filling, content: InventoryContent) {
  const { typed, errors } = filling;
  const itemsOf = (items: { id: string; name: Record<string, string> }[], chosen: unknown) =>
    checkedOptions(
      items.map(({ id, name }) => ({ value: id, title: wordsIn(name, language) })),
      chosen,
    );
  return {
    names: wordFields(language, filling, 'name', { isRequired: true }),
    descriptions: wordFields(language, filling, 'description', { kind: 'textarea' }),
    classes: options(language, 'class', dataClasses),
    dataClass: { value: textOf(typed.dataClass), error: errors.dataClass },
    isDesignatedRecordSet: isChecked(typed.isDesignatedRecordSet),
    roles: options(language, 'role', controllerRoles),
    role: { value: textOf(typed.role), error: errors.role },
    sources: checkedOptions(options(language, 'source', sourceKinds), typed.sources),
    sourceNames: {
      // What is stored is a list; what was typed is its lines.
      value: Array.isArray(typed.sourceNames)
        ? typed.sourceNames.join('\n')
        : textOf(typed.sourceNames),
      error: errors.sourceNames,
    },
    purposes: itemsOf(content.purposes, typed.purposeIds),
    recipients: itemsOf(content.recipients, typed.recipientIds),
    anchor: {
      id: 'retention.anchor',
      name: 'retention[anchor]',
      kind: 'select',
      label: language.t('inventory.field.anchor'),
      placeholder: language.t('inventory.choose'),
      value: textOf(memberOf(typed.retention, 'anchor')),
      error: errors['retention.anchor'],
      options: retentionAnchors.map((value) => ({
        value,
        label: language.t(`inventory.anchor.${value}.name`),
      })),
    },
    atLeast: monthsField(language, filling, 'atLeastMonths'),
    atMost: monthsField(language, filling, 'atMostMonths'),
    transfers: transferRows(language, filling),
  };
}

/** The fields of an item's form as its page takes them. */
export function itemFields(
  language: Language,
  kind: ItemKind,
  content: InventoryContent,
  filling: Filling,
) {
  const fields =
    kind === 'categories'
      ? categoryFields(language, filling, content)
      : kind === 'purposes'
        ? purposeFields(language, filling)
        : recipientFields(language, filling);
  return {
    ...fields,
    errors: filling.errors,
    errorList: namedErrorList(language, 'inventory.field', filling.errors, (error) =>
      error.replace(/^(name|use|description)\.\w+$/u, '$1'),
    ),
  };
}
