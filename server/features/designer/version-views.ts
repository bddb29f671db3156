import type { Language } from '../../language.ts';
import { firstButtons, lawName, type ConfigurationRow } from '../consent/service.ts';
import { completeTexts } from './fresh-content.ts';
import { modelsInUse } from './word-faults.ts';

interface Reading {
  language: Language;
  timeZone: string;
}

/** Who published a version. */
export const publisherText = (
  publishedBy: string | null,
  names: ReadonlyMap<string, string>,
  { t }: Language,
): string =>
  publishedBy === null
    ? t('consent.version.bySystem')
    : (names.get(publishedBy) ?? t('consent.version.byStaff'));

/** Every version of a site, newest first. */
export function versionTable(
  versions: readonly Omit<ConfigurationRow, 'content'>[],
  versionsUrl: string,
  names: ReadonlyMap<string, string>,
  { language, timeZone }: Reading,
) {
  const { t } = language;
  return {
    caption: t('designer.versions.tab'),
    columns: [
      { label: t('designer.versions.version') },
      { label: t('consent.version.publishedAt') },
      { label: t('consent.version.publishedBy') },
      { label: t('designer.versions.state') },
    ],
    rows: versions.map(({ version, note, publishedAt, publishedBy }, at) => ({
      cells: [
        {
          text: t('consent.site.version', { version }),
          sub: note,
          href: `${versionsUrl}/${String(version)}`,
        },
        { at: publishedAt.toISOString(), text: language.moment(publishedAt, timeZone) },
        { text: publisherText(publishedBy, names, language) },
        at === 0
          ? { badge: { text: t('designer.versions.inForce'), tone: 'success' } }
          : { text: t('designer.versions.before') },
      ],
    })),
  };
}

/** The facts of a published version. */
export function versionFacts(
  { hash, content, publishedAt }: ConfigurationRow,
  publisher: string,
  { language, timeZone }: Reading,
) {
  const { t } = language;
  const none = t('consent.version.none');
  const laws = content.laws.map(
    ({ regime, model }) => `${lawName(language, regime)}, ${t(`consent.model.${model}`)}`,
  );
  return [
    {
      term: t('consent.version.publishedAt'),
      at: publishedAt.toISOString(),
      text: language.moment(publishedAt, timeZone),
    },
    { term: t('consent.version.publishedBy'), text: publisher },
    { term: t('consent.version.laws'), text: laws.join('; ') },
    {
      term: t('designer.field.position'),
      text: t(`consent.position.${content.look.position}`),
    },
    { term: t('designer.field.theme'), text: t(`consent.theme.${content.look.theme}`) },
    { term: t('designer.field.accent'), text: content.look.accent ?? none },
    { term: t('designer.field.policyUrl'), text: content.policyUrl ?? none },
    {
      term: t('consent.version.cookieDays'),
      text: t('consent.version.days', { count: content.cookieDays }),
    },
    { term: t('consent.version.hash'), text: hash, code: true },
  ];
}

/** Every word of a version that visitors may have met. */
export function wordsOfVersion({ content }: ConfigurationRow, language: Language) {
  const { t } = language;
  const models = modelsInUse(content);
  return content.languages.map((code) => {
    const texts = completeTexts(code, content.texts[code]);
    return {
      lang: code,
      heading: t('consent.version.words', { language: language.languageName(code) }),
      models: models.map((model) => ({
        name: t(`consent.model.${model}`),
        ...texts.models[model],
        buttons: firstButtons(model, texts.models[model]),
      })),
      categories: content.categories.map(({ id }) => texts.categories[id]),
    };
  });
}
