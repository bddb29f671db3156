import {
  categoryIds,
  consentLaws,
  consentModels,
  defaultLegalBases,
  optionalCategoryIds,
  wellKnownCookies,
} from '../../../config/consent.ts';
import { defaults } from '../../../config/defaults.ts';
import { config } from '../../../config/index.ts';
import type { Organization } from '../organizations/service.ts';
import { bannerWords } from './banner-languages.ts';
import type { ConfigurationContent, TextsOfLanguage } from './model.ts';

const byKey = <K extends string, V>(keys: readonly K[], valueOf: (key: K) => V) =>
  Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, V>;

/** The words a banner starts with in one language. */
export function defaultTexts(code: string): TextsOfLanguage {
  const words = bannerWords(code);
  return {
    models: byKey(consentModels, (model) => ({ ...words.common, ...words[model] })),
    categories: words.categories,
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
