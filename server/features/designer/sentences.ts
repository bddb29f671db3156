import { bannerWords, type ConfigurationContent, type ConsentService } from '../consent/service.ts';

type Purpose = ConsentService['purpose'];

/** Our own sentence for what a service does, in another language; undefined for words of the site's own. */
function ourSentence(text: string, from: string, to: string): string | undefined {
  const theirs = bannerWords(from).services;
  const purposes = Object.keys(theirs) as (keyof typeof theirs)[];
  const purpose = purposes.find((one) => theirs[one] === text);
  return purpose && bannerWords(to).services[purpose];
}

/**
 * What a service is for, in each language: where a sentence is missing our own translation of that in the first
 * language, where it is one of ours, else that one itself.
 */
export function spokenPurpose(purpose: Purpose, first: string, codes: readonly string[]): Purpose {
  const known = purpose[first] ?? '';
  const missing = codes.filter((code) => (purpose[code] ?? '').trim() === '');
  const found = missing.map((code) => [code, ourSentence(known, first, code) ?? known] as const);
  return known === '' ? purpose : { ...purpose, ...Object.fromEntries(found) };
}

/** Whether a service's sentence in a language is still that of the site's first one. */
export function isUntranslated(
  { purpose }: Pick<ConsentService, 'purpose'>,
  code: string,
  { languages: [first = code] }: Pick<ConfigurationContent, 'languages'>,
): boolean {
  const text = purpose[code] ?? '';
  return (
    code !== first &&
    text !== '' &&
    text === purpose[first] &&
    text !== ourSentence(text, first, code)
  );
}
