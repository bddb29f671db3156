import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { templatesFolder } from './folders.ts';

/** Everything said to people comes through here: texts of `templates/locales`, days, moments, numbers. */
export interface Language {
  code: string;
  direction: 'ltr' | 'rtl';
  /** The sentence of a key such as `portal.title`. `{name}` takes a parameter; `count` picks `key.one` or `key.other`. */
  t: (key: string, params?: Record<string, unknown>) => string;
  /** Whether a sentence exists. */
  has: (key: string) => boolean;
  /** A calendar day (`YYYY-MM-DD`), long form. */
  day: (day: string) => string;
  /** An instant in a time zone. */
  moment: (at: Date, timeZone: string) => string;
  number: (value: number) => string;
  country: (code: string) => string;
  /** What this language calls another one. */
  languageName: (code: string) => string;
}

type Texts = Map<string, string>;

function flatten(value: unknown, key: string, into: Texts): Texts {
  if (typeof value === 'string') into.set(key, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) flatten(inner, `${key}.${name}`, into);
  }
  return into;
}

function readTexts(language: string): Texts {
  const folder = `${templatesFolder}/locales/${language}`;
  const texts: Texts = new Map();
  for (const file of readdirSync(folder)) {
    flatten(
      JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')),
      file.replace(/\.json$/u, ''),
      texts,
    );
  }
  return texts;
}

/** Days and numbers are written as in the country whose spelling our texts have. */
const LOCALES: Readonly<Record<string, string>> = { en: 'en-GB' };

function makeLanguage(code: string): Language {
  const texts = readTexts(code);
  const locale = LOCALES[code] ?? code;
  const plural = new Intl.PluralRules(locale);
  const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const numberFormat = new Intl.NumberFormat(locale);
  const regionNames = new Intl.DisplayNames(locale, { type: 'region' });
  const languageNames = new Intl.DisplayNames(locale, { type: 'language' });
  const momentFormats = new Map<string, Intl.DateTimeFormat>();
  const momentFormat = (timeZone: string) => {
    let format = momentFormats.get(timeZone);
    if (!format) {
      format = new Intl.DateTimeFormat(locale, {
        dateStyle: 'medium',
        timeStyle: 'short',
        timeZone,
      });
      momentFormats.set(timeZone, format);
    }
    return format;
  };
  const find = (key: string, params: Record<string, unknown>) =>
    typeof params.count === 'number'
      ? (texts.get(`${key}.${plural.select(params.count)}`) ??
        texts.get(`${key}.other`) ??
        texts.get(key))
      : (texts.get(key) ?? texts.get(`${key}.other`));
  return {
    code,
    direction: 'ltr',
    t(key, params = {}) {
      const text = find(key, params);
      if (text === undefined) throw new Error(`No text for ${key} in ${code}.`);
      return text.replace(/\{(\w+)\}/gu, (_, name: string) => {
        const value = params[name];
        if (typeof value === 'number') return numberFormat.format(value);
        if (typeof value === 'string') return value;
        // Handlebars hands over its own strings where a template built one.
        return value instanceof Handlebars.SafeString ? value.toString() : '';
      });
    },
    has: (key) => texts.has(key) || texts.has(`${key}.other`),
    day: (day) => dayFormat.format(new Date(`${day}T00:00:00Z`)),
    moment: (at, timeZone) => momentFormat(timeZone).format(at),
    number: (value) => numberFormat.format(value),
    country: (country) => regionNames.of(country) ?? country,
    languageName: (name) => languageNames.of(name) ?? name,
  };
}

const languages = new Map(
  readdirSync(`${templatesFolder}/locales`).map((code) => [code, makeLanguage(code)]),
);

export const languageCodes: readonly string[] = [...languages.keys()].sort();

/** The language of a code; English when we do not speak it. */
export function languageOf(code: string): Language {
  const language = languages.get(code) ?? languages.get('en');
  if (!language) throw new Error('The English texts are missing.');
  return language;
}

/** Links that show the page at `here` in another language; none when there is only one. */
export function languageLinks(codes: readonly string[], here: string, language: Language) {
  const join = here.includes('?') ? '&' : '?';
  return (codes.length > 1 ? codes : []).map((code) => ({
    code,
    label: languageOf(code).t('layout.languageName'),
    href: `${here}${join}lang=${code}`,
    current: code === language.code,
  }));
}

/** Tags that browsers still send, and written Norwegian beside the one that is offered. */
const SAME_LANGUAGE: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb', iw: 'he' };

/** The offered language that suits a tag best: itself, what is left when it is shortened, or another region's. */
function nearestLanguage(tag: string, offered: readonly string[]): string | undefined {
  const [primary = '', ...rest] = tag.toLowerCase().split('-');
  const parts = [SAME_LANGUAGE[primary] ?? primary, ...rest];
  const shorter = parts.map((_, at) => parts.slice(0, parts.length - at).join('-'));
  const offer = (isNear: (code: string) => boolean) =>
    offered.find((code) => isNear(code.toLowerCase()));
  return (
    shorter.map((one) => offer((code) => code === one)).find((code) => code !== undefined) ??
    offer((code) => code.startsWith(`${parts[0] ?? ''}-`))
  );
}

/** The first of the offered languages that a browser asks for (RFC 9110, Accept-Language; RFC 4647, lookup). */
export function preferredLanguage(header: string, offered: readonly string[]): string | undefined {
  return header
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.trim().split(';');
      const q = params.find((param) => param.trim().startsWith('q='))?.split('=')[1];
      return { tag: tag.trim(), weight: q === undefined ? 1 : Number(q) || 0 };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => nearestLanguage(tag, offered))
    .find((code) => code !== undefined);
}
