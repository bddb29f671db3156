import {
  choiceActions,
  optionalCategoryIds,
  type CategoryId,
  type ChoiceAction,
} from '../../../config/consent.ts';
import type { Language } from '../../language.ts';
import type { SiteRow } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { firstButtons } from './banner.ts';
import { completeContent } from './content.ts';
import { lawName } from './law-names.ts';
import type { ConfigurationRow, ConsentRecordRow } from './model.ts';
import { shownTexts } from './receipts.ts';
import { categoryAnswers, cursorOf, type RecordFilter } from './schema.ts';
import type { RecordPage } from './service.ts';

/** What a page needs to know about its reader. */
export interface Reading {
  language: Language;
  timeZone: string;
  /** `/o/<organisation>/consent` */
  base: string;
}

export interface Reader {
  staff: StaffMember;
  language: Language;
}

export const readingOf = ({ staff: { organization }, language }: Reader): Reading => ({
  language,
  timeZone: organization.timeZone,
  base: `/o/${organization.slug}/consent`,
});

const tones: Record<ChoiceAction, string> = {
  'accept-all': 'success',
  'refuse-all': 'neutral',
  choose: 'info',
  withdraw: 'warning',
  gpc: 'neutral',
  dnt: 'neutral',
  carried: 'info',
  linked: 'info',
};
const icons: Partial<Record<ChoiceAction, string>> = { gpc: 'shield', choose: 'check' };

export const actionBadge = (language: Language, action: ChoiceAction) => ({
  text: language.t(`consent.action.${action}`),
  tone: tones[action],
  icon: icons[action],
});

/** A code of the law in words where we have them: an older record may name one that is gone. */
const inWords = (language: Language, kind: 'model' | 'basis', code: string) =>
  language.has(`consent.${kind}.${code}`) ? language.t(`consent.${kind}.${code}`) : code;

export const lawInWords = (
  language: Language,
  { regime, model }: { regime: string; model: string },
) => `${lawName(language, regime)}, ${inWords(language, 'model', model)}`;

/** A region by the name of its country, with the code where it says more. */
function regionName(region: string, language: Language): string {
  const [country = region] = region.split('-');
  const name = language.country(country);
  return region === country ? name : `${name} (${region})`;
}

function allowedText(row: ConsentRecordRow, language: Language): string {
  const allowed = optionalCategoryIds.filter((id) => row.choices[id]);
  return allowed.length === 0
    ? language.t('consent.records.onlyNecessary')
    : allowed.map((id) => language.t(`consent.category.${id}`)).join(', ');
}

const shortId = (id: string) => id.slice(0, 8);

/** A table of records; `sites` adds the column that names each one's site. */
export function recordTable(
  records: readonly ConsentRecordRow[],
  { language, timeZone, base }: Reading,
  sites?: readonly SiteRow[],
) {
  const t = (key: string) => language.t(`consent.records.${key}`);
  const names = new Map(sites?.map(({ _id, name }) => [_id.toHexString(), name]));
  const columns = ['time', 'action', 'allowed', sites ? 'site' : 'visitor', 'law', 'language'];
  return {
    caption: t('title'),
    columns: columns.map((key) => ({ label: t(key) })),
    rows: records.map((row) => {
      const siteUrl = `${base}/sites/${row.siteId.toHexString()}`;
      return {
        cells: [
          {
            text: language.moment(row.recordedAt, timeZone),
            href: `${siteUrl}/records/${row._id.toHexString()}`,
          },
          { badge: actionBadge(language, row.action) },
          { text: allowedText(row, language) },
          sites
            ? { text: names.get(row.siteId.toHexString()) ?? '' }
            : { text: shortId(row.visitorId), href: `${siteUrl}?visitor=${row.visitorId}` },
          { text: lawInWords(language, row) },
          { text: language.languageName(row.language) },
        ],
      };
    }),
  };
}

const withAny = (language: Language, options: { value: string; label: string }[]) => [
  { value: '', label: language.t('consent.records.any') },
  ...options,
];

/** The filter bar of a site's records, and the same filter as the end of a URL. */
export function filterModel(
  filter: RecordFilter,
  languages: readonly string[],
  language: Language,
) {
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`consent.records.${key}`, params);
  const answers = categoryAnswers.map((value) => {
    const [category = '', side = ''] = value.split('-');
    return { value, label: t(side, { category: language.t(`consent.category.${category}`) }) };
  });
  const actions = choiceActions.map((value) => ({
    value,
    label: language.t(`consent.action.${value}`),
  }));
  const shown = languages.map((value) => ({ value, label: language.languageName(value) }));
  const signals = [
    { value: 'true', label: t('gpcYes') },
    { value: 'false', label: t('gpcNo') },
  ];
  const select = (
    id: keyof RecordFilter,
    label: string,
    options: { value: string; label: string }[],
  ) => ({
    id,
    label: t(label),
    value: String(filter[id] ?? ''),
    options: withAny(language, options),
  });
  return {
    search: {
      id: 'visitor',
      label: t('visitor'),
      value: filter.visitor,
      placeholder: t('visitorPlaceholder'),
    },
    filters: [
      select('action', 'action', actions),
      select('answer', 'category', answers),
      select('gpc', 'gpc', signals),
      select('language', 'language', shown),
    ],
    dates: [
      { id: 'from', label: t('from'), value: filter.from },
      { id: 'to', label: t('to'), value: filter.to },
    ],
  };
}

/** A filter as the query of a URL, with what else it carries. */
export function filterQuery(filter: RecordFilter, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more }))
    query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** Links to the pages beside this one. */
export function pagesAround(
  { records, hasNewer, hasOlder }: RecordPage,
  filter: RecordFilter,
  url: string,
  language: Language,
) {
  const first = records.at(0);
  const last = records.at(-1);
  return {
    text: language.t('consent.records.perPage', { count: records.length }),
    ...(hasNewer &&
      first && { newerUrl: `${url}${filterQuery(filter, { after: cursorOf(first) })}` }),
    ...(hasOlder &&
      last && { olderUrl: `${url}${filterQuery(filter, { before: cursorOf(last) })}` }),
  };
}

const signalText = (isSent: boolean, language: Language) =>
  language.t(`consent.records.${isSent ? 'gpcYes' : 'gpcNo'}`);

const answerBadge = (language: Language, granted: boolean) => ({
  badge: granted
    ? { text: language.t('consent.record.allowed'), tone: 'success' }
    : { text: language.t('consent.record.notAllowed'), tone: 'neutral' },
});

/** What was answered about each purpose, and beneath it about each service that was decided apart. */
export function choicesTable(
  row: ConsentRecordRow,
  configuration: ConfigurationRow,
  language: Language,
) {
  const t = (key: string) => language.t(`consent.record.${key}`);
  const { categories, services } = completeContent(configuration.content);
  const decidedApart = (category: CategoryId) =>
    services
      .filter((service) => service.category === category && service.id in row.services)
      .map(({ id, name, provider }) => ({
        cells: [
          { text: name, sub: provider },
          answerBadge(language, row.services[id] === true),
          { text: inWords(language, 'basis', row.legalBasis[category]) },
        ],
      }));
  return {
    caption: t('chosen'),
    columns: [{ label: t('category') }, { label: t('answer') }, { label: t('legalBasis') }],
    rows: categories.flatMap(({ id }) => [
      {
        cells: [
          { text: language.t(`consent.category.${id}`) },
          id === 'necessary'
            ? { badge: { text: t('always'), tone: 'neutral', icon: 'lock' } }
            : answerBadge(language, row.choices[id]),
          { text: inWords(language, 'basis', row.legalBasis[id]) },
        ],
      },
      ...decidedApart(id),
    ]),
  };
}

/** The proof: what was chosen, what was shown, by which law, and what this visitor chose before and after. */
export function recordPageModel(
  row: ConsentRecordRow,
  configuration: ConfigurationRow,
  history: readonly ConsentRecordRow[],
  { language, timeZone, base }: Reading,
) {
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`consent.record.${key}`, params);
  const siteUrl = `${base}/sites/${row.siteId.toHexString()}`;
  const shown = shownTexts(configuration, row);
  const at = (instant: Date) => ({
    at: instant.toISOString(),
    text: language.moment(instant, timeZone),
    sub: instant.toISOString(),
  });
  return {
    title: language.moment(row.recordedAt, timeZone),
    back: { href: siteUrl, label: t('back') },
    badge: actionBadge(language, row.action),
    shownText: t('shownText', {
      version: row.configurationVersion,
      language: language.languageName(row.language),
    }),
    shown: {
      lang: row.language,
      ...shown.banner,
      buttons: firstButtons(row.model, shown.banner),
      categories: configuration.content.categories.map(({ id }) => shown.categories[id]),
    },
    choices: choicesTable(row, configuration, language),
    history: history.map((one) => ({
      kind: 'event',
      title: language.t(`consent.action.${one.action}`),
      body: allowedText(one, language),
      tone: tones[one.action],
      label: one._id.equals(row._id) ? t('thisOne') : undefined,
      at: one.inForceAt.toISOString(),
      when: language.moment(one.inForceAt, timeZone),
    })),
    facts: [
      { term: t('recordedAt'), ...at(row.recordedAt) },
      { term: t('chosenAt'), ...at(row.chosenAt) },
      { term: t('page'), text: row.page },
      { term: t('law'), text: lawInWords(language, row) },
      {
        term: t('region'),
        text: row.region === null ? t('noRegion') : regionName(row.region, language),
      },
      { term: t('language'), text: language.languageName(row.language) },
      { term: t('gpc'), text: signalText(row.gpc, language) },
      { term: t('dnt'), text: signalText(row.dnt, language) },
      ...(['tcf', 'gpp'] as const).flatMap((id) =>
        row[id] === null ? [] : [{ term: t(id), text: row[id], code: true }],
      ),
      {
        term: t('browser'),
        text: `${row.browser}, ${language.t(`consent.device.${row.device}`)}`,
        sub: t('noAddress'),
      },
      { term: t('via'), text: language.t(`consent.via.${row.receivedVia}`) },
    ],
    proof: [
      {
        term: t('version'),
        text: language.t('consent.site.version', { version: row.configurationVersion }),
        href: `${siteUrl}/versions/${row.configurationVersion}`,
      },
      { term: t('hash'), text: row.configurationHash, code: true },
      ...(row.textsHash === '' ? [] : [{ term: t('textsHash'), text: row.textsHash, code: true }]),
      { term: t('visitor'), text: row.visitorId, code: true, sub: t('visitorSub') },
      { term: t('key'), text: row.clientKey, code: true },
      ...(row.previousKey === null
        ? []
        : [{ term: t('previousKey'), text: row.previousKey, code: true }]),
    ],
  };
}
