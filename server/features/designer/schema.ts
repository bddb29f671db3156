import Joi from 'joi';
import type { Types } from 'mongoose';
import {
  categoryIds,
  consentModels,
  lookCorners,
  lookPositions,
  lookThemes,
  optionalCategoryIds,
  optOutEntries,
  regimeModes,
  storageKinds,
  type CategoryId,
  type ConsentModel,
  type OptionalCategoryId,
  type OptOutEntry,
  type RegimeMode,
} from '../../../config/consent.ts';
import { countryCode, line, objectId, prose } from '../../wire.ts';
import {
  bannerLanguageCodes,
  type BannerLook,
  type BannerTexts,
  type ConsentService,
  type ServiceCookie,
} from '../consent/service.ts';
import type { Seen } from './drafts.ts';

export interface SiteParams {
  site: Types.ObjectId;
}
const site = objectId.required();
export const siteParams = Joi.object<SiteParams>({ site });

/** The draft that a form was made from: `<version>-<revision>`. */
const seen = Joi.string()
  .pattern(/^\d{1,9}-\d{1,9}$/u)
  .custom((value: string): Seen => {
    const [baseVersion = 0, revision = 0] = value.split('-').map(Number);
    return { baseVersion, revision };
  })
  .required();

export const seenIn = ({ baseVersion, revision }: Seen) =>
  `${String(baseVersion)}-${String(revision)}`;

export interface SeenOnly {
  seen: Seen;
}
export const seenOnly = Joi.object<SeenOnly>({ seen });

const yes = Joi.boolean().truthy('yes').empty('').default(false);
/** Checkboxes of one name: none, one or several. */
const someOf = (values: readonly string[]) =>
  Joi.array()
    .items(Joi.string().valid(...values))
    .single()
    .unique()
    .default([]);
const oneOf = (values: readonly string[]) =>
  Joi.string()
    .valid(...values)
    .required();

/** Typed with spaces, commas or lines between. */
const listOf = (isUsable: (one: string) => boolean, max = 4000) =>
  Joi.string()
    .trim()
    .max(max)
    .empty('')
    .default([])
    .custom((value: string, helpers) => {
      const all = value.split(/[\s,]+/u).filter((one) => one !== '');
      return all.every(isUsable) ? [...new Set(all)] : helpers.error('string.pattern.base');
    });

const HOST = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,61}[a-z\d]$/u;
const host = Joi.string().trim().lowercase().pattern(HOST);
const hosts = listOf((one) => HOST.test(one)).lowercase();
/** A cookie's name (RFC 6265), where `*` at the end matches any ending. */
const COOKIE = /^[\w.!#$%&'^`|~+-]{1,100}\*?$/u;
const cookieNames = listOf((one) => COOKIE.test(one), 2000);
const webAddress = Joi.string()
  .trim()
  .uri({ scheme: ['http', 'https'] })
  .max(500)
  .empty('')
  .default(null);
const languageTag = Joi.string().valid(...bannerLanguageCodes);
const perLanguage = (text: Joi.StringSchema) =>
  Joi.object<Record<string, string>>().pattern(languageTag, text.allow('')).default({});

export interface CategoriesEdit extends SeenOnly {
  categories: OptionalCategoryId[];
}
export const categoriesEdit = Joi.object<CategoriesEdit>({
  seen,
  categories: someOf(optionalCategoryIds),
});

export interface CategoryEdit extends SeenOnly {
  title: Record<string, string>;
  description: Record<string, string>;
}
export const categoryEdit = Joi.object<CategoryEdit>({
  seen,
  title: perLanguage(line(60)),
  description: perLanguage(prose(400)),
});
export const categoryParams = Joi.object<SiteParams & { category: CategoryId }>({
  site,
  category: oneOf(categoryIds),
});

const SERVICE_ID = /^[a-z\d][a-z\d-]{0,39}$/u;

/** One cookie a line: name, kind, days; the last two may be left out. */
const cookieLines = Joi.string()
  .trim()
  .max(6000)
  .empty('')
  .default([])
  .custom((value: string, helpers) => {
    const rows = value
      .split(/\r?\n/u)
      .map((row) => row.trim())
      .filter((row) => row !== '')
      .map((row) => {
        const [name = '', kind = 'cookie', days = ''] = row.split(/[\s;,]+/u);
        return { name, kind, days: days === '' ? null : Number(days) };
      });
    const isUsable = rows.every(
      ({ name, kind, days }) =>
        COOKIE.test(name) &&
        (storageKinds as readonly string[]).includes(kind) &&
        (days === null || (Number.isInteger(days) && days >= 0 && days <= 3650)),
    );
    return isUsable ? rows : helpers.error('string.pattern.base');
  });

const sentence = line(400).allow('');
const PURPOSE_LINE = /^(?<name>[^\s:]+)\s*:(?<text>.*)$/u;

/** One entry a line: its name, a colon and a sentence, which may be left out. */
const purposeLines = Joi.string()
  .trim()
  .max(20_000)
  .empty('')
  .default({})
  .custom((value: string, helpers) => {
    const rows = value
      .split(/\r?\n/u)
      .filter((row) => row.trim() !== '')
      .map((row) => PURPOSE_LINE.exec(row.trim())?.groups ?? {});
    const isUsable = rows.every(
      ({ name = '', text }) => COOKIE.test(name) && sentence.validate(text).error === undefined,
    );
    return isUsable
      ? Object.fromEntries(rows.map(({ name = '', text = '' }) => [name, text.trim()]))
      : helpers.error('string.pattern.base');
  });

export type TypedCookie = Omit<ServiceCookie, 'purpose'>;
export interface ServiceEdit extends SeenOnly, Omit<ConsentService, 'id' | 'cookies'> {
  cookies: TypedCookie[];
  /** By language, then by the entry's name. */
  cookiePurpose: Record<string, Record<string, string>>;
}
export const serviceEdit = Joi.object<ServiceEdit>({
  seen,
  name: line(80).required(),
  category: oneOf(categoryIds),
  provider: line(120).allow('').default(''),
  purpose: perLanguage(prose(400)),
  domains: hosts,
  cookies: cookieLines,
  cookiePurpose: Joi.object().pattern(languageTag, purposeLines).default({}),
  transfers: listOf((one) => countryCode.validate(one).error === undefined, 400).uppercase(),
  policyUrl: webAddress,
});
export const serviceParams = Joi.object<SiteParams & { service: string }>({
  site,
  service: Joi.string().pattern(SERVICE_ID).required(),
});
/** Which service of the catalogue a new one starts from. */
export const knownQuery = Joi.object<{ known?: string }>({
  known: Joi.string().pattern(SERVICE_ID).empty(''),
});

export interface LanguagesEdit extends SeenOnly {
  languages: string[];
  first: string;
}
export const languagesEdit = Joi.object<LanguagesEdit>({
  seen,
  languages: someOf(bannerLanguageCodes),
  first: languageTag.required(),
});

/** Whether a text takes more than a line. */
export const isLong = (key: keyof BannerTexts) =>
  key === 'body' ||
  key === 'preferencesBody' ||
  key === 'gpcHonoured' ||
  key === 'ageHint' ||
  key === 'minor';

/** The texts of one language under one model, as the form groups them. */
export const textGroups = {
  first: [
    'title',
    'body',
    'acceptAll',
    'refuseAll',
    'choose',
    'close',
    'policy',
    'reopen',
    'saved',
  ],
  second: [
    'preferencesTitle',
    'preferencesBody',
    'save',
    'alwaysActive',
    'services',
    'provider',
    'transfer',
    'cookies',
    'providerPolicy',
    'declaration',
    'unavailable',
  ],
  law: ['gpcHonoured', 'sellLink', 'limitLink', 'ageHint', 'minor'],
  embeds: ['embedBody', 'embedLoad', 'embedAlways'],
} as const satisfies Record<string, readonly (keyof BannerTexts)[]>;

const BUTTONS: readonly string[] = ['acceptAll', 'refuseAll', 'choose', 'save', 'close'];

/** How long a text may be before it no longer fits its place. */
export const mostSigns = (key: keyof BannerTexts): number =>
  isLong(key) ? 300 : BUTTONS.includes(key) ? 40 : 120;

const textKeys = Object.values(textGroups).flat();

export interface WordsEdit extends SeenOnly {
  texts: Partial<BannerTexts>;
  /** Texts that go back to our own words. */
  reset: (keyof BannerTexts)[];
}
export const wordsEdit = Joi.object<WordsEdit>({
  seen,
  texts: Joi.object(
    Object.fromEntries(
      textKeys.map((key) => {
        const text = (isLong(key) ? prose : line)(mostSigns(key));
        return [key, text.allow('')];
      }),
    ),
  ).required(),
  reset: someOf(textKeys),
});
export interface WordsParams extends SiteParams {
  language: string;
  model: ConsentModel;
}
export const wordsParams = Joi.object<WordsParams>({
  site,
  language: languageTag.required(),
  model: oneOf(consentModels),
});

export type LookEdit = SeenOnly & BannerLook;
export const lookEdit = Joi.object<LookEdit>({
  seen,
  position: oneOf(lookPositions),
  corner: oneOf(lookCorners),
  theme: oneOf(lookThemes),
  accent: Joi.string()
    .trim()
    .lowercase()
    .pattern(/^#[0-9a-f]{6}$/u)
    .empty('')
    .default(null),
});

const days = (least: number, most: number) =>
  Joi.number().integer().min(least).max(most).required();

export interface LawEdit extends SeenOnly {
  regimeMode: RegimeMode;
  policyUrl: string | null;
  honoursDnt: boolean;
  cookieDays: number;
  renewAfterDays: number;
  minimumAge: number | null;
}
export const lawEdit = Joi.object<LawEdit>({
  seen,
  regimeMode: oneOf(regimeModes),
  policyUrl: webAddress,
  honoursDnt: yes,
  cookieDays: days(1, 400),
  renewAfterDays: days(30, 400),
  minimumAge: Joi.number().integer().min(12).max(21).empty('').default(null),
});

export interface RegimeEdit extends SeenOnly {
  model: ConsentModel;
  honoursGpc: boolean;
  entries: OptOutEntry[];
  refusalDays: number;
}
export const regimeEdit = Joi.object<RegimeEdit>({
  seen,
  model: oneOf(consentModels),
  honoursGpc: yes,
  entries: someOf(optOutEntries),
  refusalDays: days(1, 730),
});
export const regimeParams = Joi.object<SiteParams & { regime: string }>({
  site,
  regime: Joi.string()
    .pattern(/^[a-z\d][a-z\d-]{0,39}$/u)
    .required(),
});

export interface TechnicalEdit extends SeenOnly {
  blocksTrackers: boolean;
  allowed: string[];
  consentMode: boolean;
  cookieDomain: string | null;
  group: string[];
  countsPrompts: boolean;
  cookies: Record<OptionalCategoryId, string[]>;
}
export const technicalEdit = Joi.object<TechnicalEdit>({
  seen,
  blocksTrackers: yes,
  allowed: hosts,
  consentMode: yes,
  cookieDomain: host.empty('').default(null),
  group: Joi.array().items(host).single().unique().default([]),
  countsPrompts: yes,
  cookies: Joi.object(
    Object.fromEntries(optionalCategoryIds.map((id) => [id, cookieNames])),
  ).default(Object.fromEntries(optionalCategoryIds.map((id) => [id, []]))),
});

export interface PublishForm extends SeenOnly {
  /** The version that was in force when the form was shown. */
  version: number;
  note: string;
}
export const publishForm = Joi.object<PublishForm>({
  seen,
  version: Joi.number().integer().min(1).required(),
  note: prose(500).allow('').default(''),
});

export const versionParams = Joi.object<SiteParams & { version: number }>({
  site,
  version: Joi.number().integer().min(1).required(),
});
export interface RestoreForm {
  version: number;
  note: string;
}
export const restoreForm = Joi.object<RestoreForm>({
  version: Joi.number().integer().min(1).required(),
  note: prose(500).allow('').default(''),
});

/** A version by its number, or what is being prepared. */
export type Comparable = number | 'draft';
const comparable = Joi.alternatives(Joi.valid('draft'), Joi.number().integer().min(1));
export const compareQuery = Joi.object<{ from?: Comparable; to?: Comparable }>({
  from: comparable,
  to: comparable,
});

export interface PreviewQuery {
  region?: string;
  language?: string;
  theme?: BannerLook['theme'];
  device?: 'phone' | 'desktop';
}
export const previewQuery = Joi.object<PreviewQuery>({
  region: Joi.string()
    .pattern(/^[A-Z]{2}(?:-[A-Z\d]{1,3})?$/u)
    .empty(''),
  language: languageTag.empty(''),
  theme: Joi.string()
    .valid(...lookThemes)
    .empty(''),
  device: Joi.string().valid('phone', 'desktop').empty(''),
});
