import type { Retention, Transfer } from '../../../config/inventory.ts';
import type { Language } from '../../language.ts';
import type { Category, InventoryContent, Words } from './model.ts';

/** A text in a language; in the first of the others that has it where that one has none. */
export function wordsIn(words: Words, { code }: Language): string {
  return words[code] ?? words.en ?? Object.values(words)[0] ?? '';
}

function spanText({ t }: Language, months: number): string {
  return months % 12 === 0
    ? t('inventory.span.years', { count: months / 12 })
    : t('inventory.span.months', { count: months });
}

/** How long something is kept, such as "at least 7 years after the document's date". */
export function retentionText(language: Language, retention: Retention): string {
  const { anchor, atLeastMonths, atMostMonths } = retention;
  const { t } = language;
  const from = t(`inventory.anchor.${anchor}.after`);
  const span = (months: number | null) => (months === null ? '' : spanText(language, months));
  const params = { from, least: span(atLeastMonths), most: span(atMostMonths) };
  if (atLeastMonths !== null && atLeastMonths === atMostMonths) {
    return t('inventory.retention.exactly', params);
  }
  if (atLeastMonths !== null && atMostMonths !== null)
    return t('inventory.retention.range', params);
  if (atLeastMonths !== null) return t('inventory.retention.at-least', params);
  if (atMostMonths !== null) return t('inventory.retention.at-most', params);
  return t(`inventory.anchor.${anchor}.until`);
}

function transferText({ t, country }: Language, transfer: Transfer): string {
  const mechanism = t(`inventory.mechanism.${transfer.mechanism}`);
  return t('inventory.transfer', { country: country(transfer.country), mechanism });
}

/** What a person is told about a category of data (GDPR Art. 15(1), 15(2); 11 CCR 7024). */
export interface CategoryDescription {
  name: string;
  description: string;
  sources: string[];
  purposes: { name: string; basis: string }[];
  recipients: string[];
  retention: string;
  transfers: string[];
}

export function describeCategory(
  language: Language,
  { purposes, recipients }: InventoryContent,
  category: Category,
): CategoryDescription {
  const { t } = language;
  return {
    name: wordsIn(category.name, language),
    description: wordsIn(category.description, language),
    sources: [
      ...category.sources.map((source) => t(`inventory.source.${source}`)),
      ...category.sourceNames,
    ],
    purposes: purposes
      .filter(({ id }) => category.purposeIds.includes(id))
      .map(({ name, basis }) => ({
        name: wordsIn(name, language),
        basis: t(`inventory.basis.${basis}`),
      })),
    recipients: recipients
      .filter(({ id }) => category.recipientIds.includes(id))
      .map(({ name }) => wordsIn(name, language)),
    retention: retentionText(language, category.retention),
    transfers: category.transfers.map((transfer) => transferText(language, transfer)),
  };
}
