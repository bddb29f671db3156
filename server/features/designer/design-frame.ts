import { lookThemes } from '../../../config/consent.ts';
import type { Language } from '../../language.ts';
import { lawName, type ConfigurationContent } from '../consent/service.ts';
import { designSections, type DesignSection } from './controls.ts';
import type { Fault } from './faults.ts';
import type { PreviewQuery } from './schema.ts';

const SECTION_OF: Record<string, DesignSection> = {
  categories: 'purposes',
  services: 'purposes',
  words: 'words',
  look: 'look',
  law: 'law',
  technical: 'technical',
};

const sectionOf = ({ at }: Fault) => SECTION_OF[at.page.split('/')[0] ?? ''] ?? 'overview';

/** A region by the name of its country, with the code where it says more. */
function regionName(region: string, language: Language): string {
  const [country = region] = region.split('-');
  const name = language.country(country);
  return region === country ? name : `${name} (${region})`;
}

/** What the preview can be asked to show: one region per law, each language, each theme. */
export function previewChoices(content: ConfigurationContent, language: Language) {
  const { t } = language;
  const regions = content.laws.flatMap(({ regime, regions: [region] }) =>
    region === undefined
      ? []
      : [{ value: region, label: `${lawName(language, regime)}: ${regionName(region, language)}` }],
  );
  return {
    regions: [...regions, { value: '', label: t('designer.preview.unknown') }],
    languages: content.languages.map((value) => ({ value, label: language.languageName(value) })),
    themes: lookThemes.map((value) => ({ value, label: t(`designer.preview.themes.${value}`) })),
  };
}

/** What a preview is asked to show, as the end of its address. */
export const queryText = (query: PreviewQuery) => {
  const entries = Object.entries(query).filter((entry) => typeof entry[1] === 'string');
  const text = new URLSearchParams(entries as [string, string][]).toString();
  return text === '' ? '' : `?${text}`;
};

/** The preview beside a form: its frame, and what it shows. The choice changes the frame alone. */
export function previewPanel(
  content: ConfigurationContent,
  designUrl: string,
  language: Language,
  shown: PreviewQuery = {},
) {
  const { regions, languages, themes } = previewChoices(content, language);
  const select = (
    name: string,
    options: readonly { value: string; label: string }[],
    value?: string,
  ) => ({
    id: `preview-${name}`,
    name,
    value,
    label: language.t(`designer.preview.${name}`),
    options,
  });
  return {
    action: `${designUrl}/sample`,
    query: queryText(shown),
    largeUrl: `${designUrl}/preview`,
    selects: [
      select('region', regions, shown.region),
      select('language', languages, shown.language),
      select('theme', themes),
    ],
  };
}

/** The sections of the designer, each with the number of things that are missing there. */
export function sectionLinks(
  designUrl: string,
  current: DesignSection | 'preview',
  faults: readonly Fault[],
  { t }: Language,
) {
  return designSections.map((section) => ({
    href: section === 'overview' ? designUrl : `${designUrl}/${section}`,
    label: t(`designer.section.${section}`),
    current: section === current,
    count: faults.filter((fault) => sectionOf(fault) === section).length || null,
  }));
}

/** What a fault or a remark says, and the field where it is put right. */
export function faultItem(
  { code, about, at }: Fault,
  designUrl: string,
  language: Language,
  room: 'fault' | 'remark' = 'fault',
) {
  const { t } = language;
  const { language: code2, model, category, law, text, entry, days, ...plain } = about;
  const named = {
    ...plain,
    ...(code2 !== undefined && { language: language.languageName(code2) }),
    ...(model !== undefined && { model: t(`consent.model.${model}`) }),
    ...(category !== undefined && { category: t(`consent.category.${category}`) }),
    ...(law !== undefined && { law: lawName(language, law) }),
    ...(text !== undefined && { text: t(`designer.text.${text}`) }),
    ...(entry !== undefined && { entry: t(`designer.entry.${entry}`) }),
    ...(days !== undefined && { days: t('consent.version.days', { count: Number(days) }) }),
  };
  return {
    href: `${designUrl}/${at.page}#${at.field}`,
    text: t(`designer.${room}.${code}`, named),
  };
}
