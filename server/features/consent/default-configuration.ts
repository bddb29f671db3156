import {
  categoryIds,
  consentLaws,
  consentModels,
  defaultLegalBases,
  optionalCategoryIds,
  wellKnownCookies,
  type ConsentModel,
} from '../../../config/consent.ts';
import { defaults } from '../../../config/defaults.ts';
import { config } from '../../../config/index.ts';
import { languageOf } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import type { BannerTexts, ConfigurationContent, TextsOfLanguage } from './model.ts';

/** What the widget fills in itself stays as it is written. */
const PLACES = { age: '{age}', service: '{service}', count: '{count}' };

function bannerTexts(code: string, model: ConsentModel): BannerTexts {
  const own = (key: string) => languageOf(code).t(`banner.${model}.${key}`);
  const common = (key: string) => languageOf(code).t(`banner.common.${key}`, PLACES);
  return {
    title: own('title'),
    body: own('body'),
    acceptAll: own('acceptAll'),
    refuseAll: own('refuseAll'),
    choose: common('choose'),
    save: common('save'),
    close: common('close'),
    reopen: own('reopen'),
    saved: common('saved'),
    unavailable: common('unavailable'),
    policy: common('policy'),
    alwaysActive: common('alwaysActive'),
    gpcHonoured: common('gpcHonoured'),
    sellLink: common('sellLink'),
    limitLink: common('limitLink'),
    ageHint: common('ageHint'),
    embedBody: common('embedBody'),
    embedLoad: common('embedLoad'),
    embedAlways: common('embedAlways'),
    preferencesTitle: common('preferencesTitle'),
    minor: common('minor'),
    services: common('services'),
    provider: common('provider'),
    transfer: common('transfer'),
    cookies: common('cookies'),
    providerPolicy: common('providerPolicy'),
    declaration: common('declaration'),
    preferencesBody: own('preferencesBody'),
  };
}

const byKey = <K extends string, V>(keys: readonly K[], valueOf: (key: K) => V) =>
  Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, V>;

/** The words a banner starts with in one language. */
export function defaultTexts(code: string): TextsOfLanguage {
  const category = (key: string) => languageOf(code).t(`banner.categories.${key}`);
  return {
    models: byKey(consentModels, (model) => bannerTexts(code, model)),
    categories: byKey(categoryIds, (id) => ({
      title: category(`${id}.title`),
      description: category(`${id}.description`),
    })),
  };
}

/** What a site starts with: its organisation's categories and languages, the law of each region. */
export function defaultContent(organization: Organization): ConfigurationContent {
  const { languages, policyUrl, slug, cookieCategories } = organization;
  const offered = categoryIds.filter((id) => id === 'necessary' || cookieCategories.includes(id));
  return {
    regimeMode: 'by-region',
    laws: consentLaws.map((law) => ({ ...law })),
    categories: offered.map((id) => ({ id, legalBasis: defaultLegalBases[id] })),
    cookies: byKey(optionalCategoryIds, (id) => [...wellKnownCookies[id]]),
    services: [],
    cookieDomain: null,
    blocksTrackers: true,
    allowed: [],
    consentMode: true,
    honoursDnt: false,
    group: [],
    minimumAge: null,
    countsPrompts: false,
    policyUrl: policyUrl ?? `${config.publicUrl}/privacy/${slug}`,
    ...defaults.consent,
    look: { position: 'bar', corner: 'start', theme: 'auto', accent: null },
    languages: [...languages],
    texts: byKey(languages, defaultTexts),
  };
}
