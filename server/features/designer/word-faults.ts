import type { ConsentModel } from '../../../config/consent.ts';
import type { BannerTexts, ConfigurationContent } from '../consent/service.ts';
import type { Fault } from './faults.ts';

/** What a text must name, so that the widget can fill it in. */
export const placesInTexts: Partial<Record<keyof BannerTexts, string>> = {
  ageHint: '{age}',
  embedBody: '{service}',
  embedAlways: '{service}',
  services: '{count}',
};

/** The models whose words visitors may meet. */
export function modelsInUse({
  regimeMode,
  laws,
}: Pick<ConfigurationContent, 'regimeMode' | 'laws'>): ConsentModel[] {
  const offered = regimeMode === 'strictest' ? laws.slice(0, 1) : laws;
  return [...new Set(offered.map(({ model }) => model))];
}

/** What can be seen of a text: signs without a shape could hide that a button has no words, or the same ones. */
const seen = (text: string) => text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '').trim();

const isWordless = (text: string) => !/[\p{L}\p{N}]/u.test(seen(text));

const plain = (text: string) =>
  seen(text)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}]+/gu, ' ')
    .trim();

/** A button of a few letters beside one that is a sentence: the eye takes only one of them for an answer. */
function isUneven(accept: string, refuse: string): boolean {
  const [short = 0, long = 0] = [accept, refuse]
    .map((text) => seen(text).length)
    .sort((a, b) => a - b);
  return long > 2 * short + 8;
}

function faultsOfTexts(language: string, model: ConsentModel, texts: BannerTexts): Fault[] {
  const page = `words/${language}/${model}`;
  const fault = (code: string, field: keyof BannerTexts, about: Fault['about'] = {}): Fault => ({
    code,
    about: { language, model, ...about },
    at: { page, field: `texts-${field}` },
  });
  const faults: Fault[] = [];
  for (const [key, value] of Object.entries(texts)) {
    const text = key as keyof BannerTexts;
    const isEmpty = isWordless(value as string);
    const place = placesInTexts[text];
    if (isEmpty && text === 'refuseAll') faults.push(fault('refuse-empty', text));
    else if (isEmpty) faults.push(fault('text-missing', text, { text }));
    else if (place !== undefined && !(value as string).includes(place)) {
      faults.push(fault('place-missing', text, { text, place }));
    }
  }
  const { acceptAll, refuseAll, choose } = texts;
  const words = [acceptAll, refuseAll, choose].map(plain).filter((text) => text !== '');
  if (new Set(words).size < words.length) faults.push(fault('same-words', 'refuseAll'));
  // Elsewhere accepting is a mere "OK", and refusing has the words that the law gives it.
  if (model === 'opt-in' && !isWordless(refuseAll) && isUneven(acceptAll, refuseAll)) {
    faults.push(fault('uneven-buttons', 'refuseAll'));
  }
  return faults;
}

/** What is wrong with the words of a configuration, in every language and model that visitors may meet. */
export function wordFaults(content: ConfigurationContent): Fault[] {
  const models = modelsInUse(content);
  return content.languages.flatMap((language) => {
    const texts = content.texts[language];
    if (!texts) {
      const at = { page: 'words', field: 'languages' };
      return [{ code: 'language-wordless', about: { language }, at }];
    }
    const wordless = content.categories.flatMap(({ id: category }): Fault[] => {
      const words = texts.categories[category];
      const empty = (['title', 'description'] as const).find((key) => isWordless(words[key]));
      if (empty === undefined) return [];
      const at = { page: `categories/${category}`, field: `${empty}-${language}` };
      return [{ code: 'category-wordless', about: { language, category }, at }];
    });
    return [
      ...models.flatMap((model) => faultsOfTexts(language, model, texts.models[model])),
      ...wordless,
    ];
  });
}
