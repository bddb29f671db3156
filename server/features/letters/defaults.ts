import { readdirSync, readFileSync } from 'node:fs';
import { letterOf, type LetterCode } from '../../../config/letters.ts';
import { templatesFolder } from '../../folders.ts';
import type { LetterSource } from './writing.ts';

const folder = `${templatesFolder}/letters`;

/** Every file of a language: letters, and the parts that they share, which begin with `_`. */
const readLanguage = (language: string) =>
  new Map(
    readdirSync(`${folder}/${language}`).map((file) => [
      file.replace(/\.hbs$/u, ''),
      readFileSync(`${folder}/${language}/${file}`, 'utf8').trim(),
    ]),
  );

const files = new Map(readdirSync(folder).map((language) => [language, readLanguage(language)]));

/** The languages in which the house has its own words for every letter. */
export const letterLanguages: readonly string[] = [...files.keys()].sort();

/** A letter in the words of the house; in English for a language that it does not speak. */
export function defaultLetter(code: LetterCode, language: string): LetterSource {
  const texts = files.get(language) ?? files.get('en');
  const read = (name: string) => {
    const text = texts?.get(name);
    if (text === undefined) throw new Error(`There is no text of ${name} in ${language}.`);
    return text;
  };
  // A line such as `@contact` stands for a shared part.
  const whole = read(code).replace(/^@([a-z]+)$/gmu, (_, part: string) => read(`_${part}`));
  if (letterOf(code).place === 'portal') return { subject: '', body: whole };
  const [subject = '', ...body] = whole.split('\n');
  return { subject, body: body.join('\n').trim() };
}
