import type { Language } from '../../language.ts';
import { lawName, type ConfigurationContent, type ServiceCookie } from '../consent/service.ts';
import { differencesOf, type Difference } from './difference.ts';

interface Naming {
  language: Language;
  nameOf: (service: string) => string;
}

/** What a setting is called, from the outside in. */
function labelOf([room = '', one = '', ...rest]: readonly string[], naming: Naming): string {
  const { language, nameOf } = naming;
  const { t, has } = language;
  const fieldName = (name: string) =>
    has(`designer.field.${name}`) ? t(`designer.field.${name}`) : name;
  const within = (whole: string, parts: readonly string[]) =>
    parts.length === 0 ? whole : `${whole}: ${parts.map(fieldName).join(', ')}`;
  switch (room) {
    case 'texts': {
      const spoken = language.languageName(one);
      const [kind, of = '', key = ''] = rest;
      if (kind === undefined) return t('designer.compare.language', { language: spoken });
      return kind === 'models'
        ? `${t(`designer.text.${key}`)} (${spoken}, ${t(`consent.model.${of}`)})`
        : `${t(`consent.category.${of}`)}: ${t(`designer.compare.word.${key}`)} (${spoken})`;
    }
    case 'services': {
      const [field, code] = rest;
      const whole = t('designer.compare.service', { service: nameOf(one) });
      return field === 'purpose' && code !== undefined
        ? `${whole}: ${fieldName(field)} (${language.languageName(code)})`
        : within(whole, rest);
    }
    case 'categories':
      return within(
        t('designer.compare.category', { category: t(`consent.category.${one}`) }),
        rest,
      );
    case 'laws':
      return within(lawName(language, one), rest);
    case 'look':
      return fieldName(one);
    case 'cookies':
      return `${t('designer.technical.clearing')}: ${t(`consent.category.${one}`)}`;
    default:
      return fieldName(room);
  }
}

const nameOfThing = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, regime } = value as { name?: unknown; regime?: unknown };
  return typeof name === 'string' ? name : typeof regime === 'string' ? regime : '';
};

const cookieText = ({ name, kind, days, purpose }: ServiceCookie): string =>
  [name, kind, days, ...Object.values(purpose)].filter((part) => part !== null).join(' ');

/** What a setting said, ready to read. */
function valueText(
  value: unknown,
  path: readonly string[],
  { t, has, languageName }: Language,
): string {
  if (value === null || value === '') return t('designer.compare.nothing');
  if (typeof value === 'boolean') return t(value ? 'designer.yes' : 'designer.no');
  if (Array.isArray(value)) {
    const isCookies = path[0] === 'services' && path.at(-1) === 'cookies';
    const names =
      path[0] === 'languages'
        ? value.map((code: string) => languageName(code))
        : value.map(isCookies ? cookieText : nameOfThing);
    return names.length === 0 ? t('designer.compare.nothing') : names.join(', ');
  }
  if (typeof value !== 'string' && typeof value !== 'number') return t('designer.compare.there');
  const text = String(value);
  const last = path.at(-1) ?? '';
  const key = {
    model: `consent.model.${text}`,
    category: `consent.category.${text}`,
    corner: `designer.corner.${text}`,
    position: `consent.position.${text}`,
    theme: `consent.theme.${text}`,
    regimeMode: `designer.law.mode.${text}.title`,
  }[last];
  return key !== undefined && has(key) ? t(key) : text;
}

const languageOfWords = ({ path: [room, code, ...rest] }: Difference) =>
  room === 'texts' && rest.length > 0 ? code : undefined;

/** Every difference of two contents as a line of a table. */
export function differenceRows(
  before: ConfigurationContent,
  after: ConfigurationContent,
  language: Language,
) {
  const nameOf = (service: string) =>
    [...after.services, ...before.services].find(({ id }) => id === service)?.name ?? service;
  return differencesOf(before, after).map((difference) => ({
    label: labelOf(difference.path, { language, nameOf }),
    lang: languageOfWords(difference),
    before: valueText(difference.before, difference.path, language),
    after: valueText(difference.after, difference.path, language),
  }));
}
