import {
  lookPositions,
  lookThemes,
  optionalCategoryIds,
  regimeModes,
} from '../../../config/consent.ts';
import type { Language } from '../../language.ts';
import type { SiteRow } from '../organizations/service.ts';
import { embedTag } from './banner.ts';
import { defaultTexts } from './default-configuration.ts';
import type { ConfigurationRow } from './model.ts';
import { lawInWords, type Reading } from './record-views.ts';
import type { ActionCounts } from './service.ts';

/** Tabs and heading that the pages of one site share. */
export function siteFrame(
  site: SiteRow,
  current: 'records' | 'banner',
  { language, base }: Reading,
) {
  const url = `${base}/sites/${site._id.toHexString()}`;
  return {
    title: site.name,
    siteUrl: url,
    origins: site.origins.map((origin) => origin.replace(/^https?:\/\//u, '')).join(', '),
    back: { href: base, label: language.t('consent.overview.title') },
    tabs: [
      { href: url, label: language.t('consent.site.records'), current: current === 'records' },
      {
        href: `${url}/banner`,
        label: language.t('consent.site.banner'),
        current: current === 'banner',
      },
    ],
  };
}

const tag = (site: SiteRow, language: Language) => ({
  id: `tag-${site.siteKey}`,
  label: language.t('consent.site.tag'),
  hint: language.t('consent.site.tagHint'),
  value: embedTag(site),
});

/** A site on the overview: how visitors chose lately, and the tag. */
export function siteCard(
  site: SiteRow,
  { version }: ConfigurationRow,
  counts: ActionCounts,
  reading: Reading,
) {
  const { language } = reading;
  const t = (key: string) => language.t(`consent.overview.${key}`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const percent = new Intl.NumberFormat(language.code, {
    style: 'percent',
    maximumFractionDigits: 0,
  });
  const share = (count = 0) => percent.format(count / total);
  const refused = (counts['refuse-all'] ?? 0) + (counts.withdraw ?? 0) + (counts.gpc ?? 0);
  const { title, siteUrl, origins } = siteFrame(site, 'records', reading);
  return {
    name: title,
    url: siteUrl,
    bannerUrl: `${siteUrl}/banner`,
    origins,
    badge: { text: language.t('consent.site.version', { version }), tone: 'neutral', icon: 'flag' },
    // A website that nobody has visited yet has a sentence instead of four dashes.
    stats: total > 0 && [
      { label: t('choices'), value: language.number(total), sub: t('last30') },
      { label: t('accepted'), value: share(counts['accept-all']), sub: t('ofChoices') },
      { label: t('refused'), value: share(refused), sub: t('ofChoices') },
      { label: t('inDetail'), value: share(counts.choose), sub: t('ofChoices') },
    ],
    tag: tag(site, language),
  };
}

type Typed = Record<string, unknown>;

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Typed)[name] : undefined;

/** The form of a banner: what is in force, or what was typed with a sentence per wrong field. */
export function bannerForm(
  { version, content }: ConfigurationRow,
  languages: readonly string[],
  language: Language,
  given: { values: Typed; errors: Record<string, string> } | null = null,
) {
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`consent.banner.${key}`, params);
  const errors = given?.errors ?? {};
  const valueOf = (name: string, inForce: string | null) =>
    given ? member(given.values, name) : (inForce ?? '');
  const field = (name: string, label: string, inForce: string | null, more: object = {}) => ({
    id: name,
    label: t(label),
    value: valueOf(name, inForce),
    error: errors[name],
    ...more,
  });
  const words = languages.map((code) => {
    const { models } = content.texts[code] ?? defaultTexts(code);
    const typed = member(given?.values.texts, code);
    const text = (name: string, label: string, inForce: string, more: object = {}) => ({
      id: `texts-${code}-${name}`,
      name: `texts[${code}][${name}]`,
      label: t(label),
      value: given ? member(typed, name) : inForce,
      error: errors[`texts.${code}.${name}`],
      ...more,
    });
    const long = { kind: 'textarea', rows: 3, maxlength: 300 };
    return {
      heading: t('words', { language: language.languageName(code) }),
      fields: [
        text('title', 'optInTitle', models['opt-in'].title, { maxlength: 80 }),
        text('body', 'optInBody', models['opt-in'].body, { ...long, hint: t('bodyHint') }),
        text('optOutTitle', 'optOutTitle', models['opt-out'].title, { maxlength: 80 }),
        text('optOutBody', 'optOutBody', models['opt-out'].body, long),
      ],
    };
  });
  const { position, theme, accent } = content.look;
  const options = (kind: 'position' | 'theme', values: readonly string[]) =>
    values.map((value) => ({ value, label: language.t(`consent.${kind}.${value}`) }));
  const look = [
    field('position', 'position', position, {
      kind: 'select',
      options: options('position', lookPositions),
    }),
    field('theme', 'theme', theme, { kind: 'select', options: options('theme', lookThemes) }),
  ];
  const policyUrl = field('policyUrl', 'policyUrl', content.policyUrl, {
    kind: 'url',
    hint: t('policyUrlHint'),
    optional: true,
  });
  const accentField = field('accent', 'accent', accent, {
    hint: t('accentHint'),
    short: true,
    optional: true,
    maxlength: 7,
  });
  const cookies = optionalCategoryIds.map((id) => ({
    id: `cookies-${id}`,
    name: `cookies[${id}]`,
    label: language.t(`consent.category.${id}`),
    value: given ? member(given.values.cookies, id) : content.cookies[id].join(' '),
    error: errors[`cookies.${id}`],
    kind: 'textarea',
    rows: 2,
    maxlength: 2000,
    optional: true,
  }));
  const all = [
    ...look,
    accentField,
    policyUrl,
    ...words.flatMap(({ fields }) => fields),
    ...cookies,
  ];
  return {
    version: given ? member(given.values, 'version') : version,
    law: {
      value: valueOf('regimeMode', content.regimeMode),
      error: errors.regimeMode,
      options: regimeModes.map((mode) => {
        const key = mode === 'strictest' ? 'strictest' : 'byRegion';
        return { value: mode, title: t(key), description: t(`${key}Text`) };
      }),
    },
    look,
    accent: accentField,
    policyUrl,
    words,
    cookies,
    errors: all.flatMap(({ id, label, error }) =>
      error === undefined ? [] : [{ href: `#${id}`, text: `${label}: ${error}` }],
    ),
  };
}

/** What visitors see now where consent is asked for, in the site's own language. */
export function shownNow({ content }: ConfigurationRow, language: Language) {
  return content.languages.slice(0, 1).map((code) => ({
    lang: code,
    heading: language.t('consent.banner.shownNow'),
    banner: (content.texts[code] ?? defaultTexts(code)).models['opt-in'],
  }));
}

/** The versions of a site as links, the one in force marked. */
export function versionLinks(
  versions: readonly Omit<ConfigurationRow, 'content'>[],
  siteUrl: string,
  { language, timeZone }: Reading,
) {
  return versions.map(({ version, publishedAt }, at) => ({
    href: `${siteUrl}/banner/versions/${version}`,
    title: language.t('consent.site.version', { version }),
    text: language.moment(publishedAt, timeZone),
    badge: at === 0 ? language.t('consent.banner.inForce') : undefined,
  }));
}

/** A published version as it was: facts, and every word of it. */
export function versionPageModel(
  { version, hash, content, publishedAt, publishedBy }: ConfigurationRow,
  {
    isInForce,
    siteUrl,
    publisher,
  }: { isInForce: boolean; siteUrl: string; publisher: string | null },
  { language, timeZone }: Reading,
) {
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`consent.version.${key}`, params);
  const words = (key: string) => language.t(`consent.${key}`);
  return {
    title: language.t('consent.site.version', { version }),
    back: { href: `${siteUrl}/banner`, label: t('back') },
    badge: isInForce ? { text: words('banner.inForce'), tone: 'success' } : undefined,
    facts: [
      {
        term: t('publishedAt'),
        at: publishedAt.toISOString(),
        text: language.moment(publishedAt, timeZone),
      },
      {
        term: t('publishedBy'),
        text: publisher ?? t(publishedBy === null ? 'bySystem' : 'byStaff'),
      },
      { term: t('laws'), text: content.laws.map((law) => lawInWords(language, law)).join('; ') },
      { term: words('banner.position'), text: words(`position.${content.look.position}`) },
      { term: words('banner.theme'), text: words(`theme.${content.look.theme}`) },
      { term: words('banner.accent'), text: content.look.accent ?? t('none') },
      { term: t('policy'), text: content.policyUrl ?? t('none') },
      { term: t('cookieDays'), text: t('days', { count: content.cookieDays }) },
      { term: t('hash'), text: hash, code: true },
    ],
    words: content.languages.map((code) => {
      const texts = content.texts[code] ?? defaultTexts(code);
      return {
        lang: code,
        heading: t('words', { language: language.languageName(code) }),
        models: (['opt-in', 'opt-out'] as const).map((model) => ({
          name: words(`model.${model}`),
          ...texts.models[model],
        })),
        categories: Object.values(texts.categories),
      };
    }),
  };
}
