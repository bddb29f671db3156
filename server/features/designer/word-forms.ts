import type { ConsentModel } from '../../../config/consent.ts';
import type { Language } from '../../language.ts';
import {
  bannerLanguageCodes,
  defaultTexts,
  type BannerTexts,
  type ConfigurationContent,
} from '../consent/service.ts';
import {
  controlsOf,
  type Control,
  type Designed,
  type Filling,
  type FormModel,
  type Listing,
} from './controls.ts';
import { completeTexts } from './fresh-content.ts';
import { isLong, mostSigns, textGroups } from './schema.ts';
import { isolated, spokenIn } from './spoken-in.ts';
import { modelsInUse, placesInTexts } from './word-faults.ts';

function ownTexts(content: ConfigurationContent, code: string, model: ConsentModel): number {
  const ours = defaultTexts(code).models[model];
  const own = completeTexts(code, content.texts[code]).models[model];
  return (Object.keys(ours) as (keyof BannerTexts)[]).filter((key) => own[key] !== ours[key])
    .length;
}

function wordsListing({ content, designUrl }: Designed, language: Language): Listing {
  const { t } = language;
  return {
    id: 'texts',
    heading: t('designer.words.texts'),
    text: t('designer.words.textsText'),
    table: {
      caption: t('designer.words.texts'),
      columns: [
        { label: t('designer.words.language') },
        { label: t('designer.words.model') },
        { label: t('designer.words.changed'), numeric: true },
      ],
      rows: content.languages.flatMap((code) =>
        modelsInUse(content).map((model) => ({
          cells: [
            {
              text: `${language.languageName(code)}, ${t(`consent.model.${model}`)}`,
              href: `${designUrl}/words/${code}/${model}`,
            },
            { text: t(`designer.model.${model}`) },
            { text: language.number(ownTexts(content, code, model)), numeric: true },
          ],
        })),
      ),
    },
  };
}

/** In which languages a banner speaks, and the way to the words of each. */
export function languagesForm(of: Designed, filling: Filling): FormModel {
  const { content } = of;
  const { language } = filling;
  const { choices, field, wrong } = controlsOf(filling);
  const named = bannerLanguageCodes
    .map((value) => ({ value, name: language.languageName(value) }))
    .sort((a, b) => a.name.localeCompare(b.name, language.code));
  return {
    section: 'words',
    intro: language.t('designer.words.intro'),
    wrong,
    panels: [
      {
        id: 'spoken',
        heading: language.t('designer.words.languages'),
        controls: [
          choices(
            'languages',
            content.languages,
            named.map(({ value, name }) => ({ value, title: name })),
            { multiple: true, compact: true, optional: true },
          ),
          field(['first'], content.languages[0] ?? 'en', {
            kind: 'select',
            short: true,
            options: named.map(({ value, name }) => ({ value, label: name })),
          }),
        ],
      },
    ],
    listings: [wordsListing(of, language)],
  };
}

/** Where visitors meet the words of a model. */
function firstRegionOf({ laws }: ConfigurationContent, model: ConsentModel): { region?: string } {
  const region = laws.find((law) => law.model === model)?.regions[0];
  return region === undefined ? {} : { region };
}

/** Whether visitors meet a word under a model: a notice has no button that allows all. */
const isMet = (model: ConsentModel, key: keyof BannerTexts) =>
  !(model === 'notice' && key === 'acceptAll');

/** Every word that visitors see in one language under one model, with ours beside it. */
export function wordsForm(
  { content, designUrl }: Designed,
  { language: code, model }: { language: string; model: ConsentModel },
  filling: Filling,
): FormModel {
  const { language } = filling;
  const { t } = language;
  const { input, wrong } = controlsOf(filling);
  const texts = completeTexts(code, content.texts[code]).models[model];
  const ours = defaultTexts(code).models[model];

  const control = (key: keyof BannerTexts): Control => {
    const place = placesInTexts[key];
    const field = input(['texts', key], texts[key], {
      label: t(`designer.text.${key}`),
      hint: place === undefined ? '' : t('designer.words.place', { place }),
      optional: true,
      unmarked: true,
      maxlength: mostSigns(key),
      ...(isLong(key) && { kind: 'textarea', rows: 3 }),
      autocomplete: 'off',
      ...spokenIn(code),
    });
    const isOwn = field.value !== ours[key];
    return { own: { field, ours: isOwn ? isolated(ours[key]) : null, reset: key } };
  };

  return {
    section: 'words',
    heading: `${language.languageName(code)}, ${t(`consent.model.${model}`)}`,
    intro: t('designer.words.formIntro'),
    up: { href: `${designUrl}/words`, label: t('designer.section.words') },
    preview: { language: code, ...firstRegionOf(content, model) },
    wrong,
    panels: Object.entries(textGroups).map(([group, keys]) => ({
      id: `group-${group}`,
      heading: t(`designer.words.group.${group}`),
      controls: keys.filter((key) => isMet(model, key)).map(control),
    })),
  };
}
