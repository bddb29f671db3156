import {
  categoryIds,
  consentLaws,
  consentModels,
  type ConsentLaw,
} from '../../../config/consent.ts';
import {
  completeContent,
  defaultTexts,
  type ConfigurationContent,
  type TextsOfLanguage,
} from '../consent/service.ts';

/** The words of a language with every text that there is today; what is missing says what our own words say. */
export function completeTexts(code: string, texts: TextsOfLanguage | undefined): TextsOfLanguage {
  const ours = defaultTexts(code);
  if (!texts) return ours;
  return {
    models: Object.fromEntries(
      consentModels.map((model) => [model, { ...ours.models[model], ...texts.models[model] }]),
    ) as TextsOfLanguage['models'],
    categories: Object.fromEntries(
      categoryIds.map((id) => [id, { ...ours.categories[id], ...texts.categories[id] }]),
    ) as TextsOfLanguage['categories'],
  };
}

type ChosenLaw = Pick<ConsentLaw, 'regime' | 'model' | 'honoursGpc'> &
  Partial<Pick<ConsentLaw, 'entries' | 'refusalDays'>>;

/** The laws of today, each as the site had set it up. */
function currentLaws(stored: ConfigurationContent['laws']): ConfigurationContent['laws'] {
  return consentLaws.map((law) => {
    const known = (stored as ChosenLaw[]).find(({ regime }) => regime === law.regime);
    if (!known) return { ...law };
    // Versions published before these were named have neither.
    const { model, honoursGpc, entries, refusalDays } = known;
    return {
      ...law,
      model,
      honoursGpc,
      entries: entries ?? law.entries,
      refusalDays: refusalDays ?? law.refusalDays,
    };
  });
}

/** A published content as a draft starts from it: with all settings, words and laws that there are today. */
export function freshContent(stored: ConfigurationContent): ConfigurationContent {
  const content = completeContent(stored);
  return {
    ...content,
    laws: currentLaws(content.laws),
    texts: Object.fromEntries(
      content.languages.map((code) => [code, completeTexts(code, content.texts[code])]),
    ),
  };
}
