import {
  consentLaws,
  type ConsentLaw,
  type OptionalCategoryId,
  type OptOutEntry,
  type RegimeMode,
} from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import type { RightId } from '../../../config/rights.ts';
import { centreUrl } from '../../centre.ts';
import { preferredLanguage } from '../../language.ts';
import { bannerDirection } from './banner-languages.ts';
import { widgetLook } from './colours.ts';
import { choiceDays, completeContent } from './content.ts';
import { defaultTexts } from './default-configuration.ts';
import type {
  BannerTexts,
  ConfigurationContent,
  ConfigurationRow,
  ConsentService,
} from './model.ts';
import type { SiteRow } from '../organizations/service.ts';

/** What is chosen for a visitor: the same for every region under one law. */
export interface Shown {
  law: ConsentLaw;
  language: string;
  /** The opt-outs that this law wants a form for, as far as the organisation has one. */
  forms: readonly OptOutForm[];
  /** Where the script of a page that fetches nothing would have come from. */
  address?: string;
  /** Of a visitor who comes back. */
  standing?: Standing;
}

/** A choice by which everything is allowed, as its cookie says it after the ids, and whether a signal is honoured with it. */
export interface Standing {
  stands: string;
  isGpcHonoured: boolean;
}

interface OptOutForm {
  entry: OptOutEntry;
  url: string;
}

const RIGHT_OF: Record<OptOutEntry, RightId> = { sell: 'sale-opt-out', limit: 'limit-sensitive' };

/** Where the opt-outs of a law are in the privacy centre of an organisation. */
export const formsFor = (
  organization: { slug: string; rights: readonly RightId[] },
  law: ConsentLaw,
  language: string,
): OptOutForm[] =>
  // Versions published before the laws named their entries had none.
  ((law as Partial<ConsentLaw>).entries ?? [])
    .filter((entry) => organization.rights.includes(RIGHT_OF[entry]))
    .map((entry) => ({
      entry,
      url: `${centreUrl(organization)}/request?right=${RIGHT_OF[entry]}&lang=${language}`,
    }));

/** The words of this law in this language; our own where a version is older than a word. */
function textsFor({ texts }: ConfigurationContent, { law, language }: Shown) {
  const found = texts[language];
  if (!found) throw new Error(`A configuration has no texts in ${language}.`);
  const own = defaultTexts(language).models[law.model];
  return { ...own, ...found.models[law.model], categoryTexts: found.categories };
}

/** `CoreConfig` of `client-widget/types.ts`; `version` is what the addresses of its modules begin with. */
export function coreConfig(
  { purposesHash, content: stored }: ConfigurationRow,
  shown: Shown,
  version: string,
) {
  const content = completeContent(stored);
  const { law, language } = shown;
  const { unavailable } = textsFor(content, shown);
  const { theme } = widgetLook(content.look);
  return {
    version,
    purposesHash: purposesMark(purposesHash),
    model: law.model,
    regime: law.regime,
    language,
    direction: directionOf(language),
    honoursGpc: law.honoursGpc,
    honoursDnt: content.honoursDnt,
    renewAfterDays: content.renewAfterDays,
    refusalDays: refusalDaysOf(content, law),
    categories: optionalCategories(content),
    services: optionalServices(content).map(({ id, category }) => ({ id, category })),
    consentMode: content.consentMode,
    group: content.group,
    texts: { unavailable },
    look: { theme },
  };
}

/** `ButtonConfig`. */
function buttonConfig(content: ConfigurationContent, shown: Shown) {
  const { reopen } = textsFor(content, shown);
  return { texts: { reopen }, look: { corner: widgetLook(content.look).corner } };
}

/** Left to right is left out. */
const directionOf = (language: string) =>
  bannerDirection(language) === 'rtl' ? ('rtl' as const) : undefined;

/** What is on: what the widget takes for off where it is not told is left out, as every visitor pays for each word. */
const onlyOn = <T extends object>(told: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(told).filter(
      ([, value]) =>
        !(
          value === false ||
          value === null ||
          value === '' ||
          (Array.isArray(value) && value.length === 0)
        ),
    ),
  ) as Partial<T>;

/** `BackConfig`. */
export function backConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const { stands = '', isGpcHonoured = false } = shown.standing ?? {};
  const core = coreConfig(configuration, shown, version);
  const { model, regime, language, consentMode, direction, group } = core;
  const button = buttonConfig(completeContent(configuration.content), shown);
  const allowed = (id: OptionalCategoryId) => core.categories.includes(id);
  return {
    version,
    stands,
    state: {
      choices: {
        necessary: true,
        preferences: allowed('preferences'),
        analytics: allowed('analytics'),
        marketing: allowed('marketing'),
      },
      services: Object.fromEntries(core.services.map(({ id }) => [id, true])),
      decided: true,
      model,
      regime,
      language,
      gpc: isGpcHonoured,
    },
    consentMode,
    isShared: group.length > 0,
    direction,
    texts: { ...button.texts, ...core.texts },
    look: { ...button.look, ...core.look },
  };
}

/** Enough of the hash to tell the purposes of one site apart; the choice cookie travels with every request. */
export const purposesMark = (purposesHash: string): string => purposesHash.slice(0, 10);

/** Versions published before the laws named a pause had this one. */
export const refusalDaysOf = (content: ConfigurationContent, law: ConsentLaw): number =>
  (law as Partial<ConsentLaw>).refusalDays ?? content.renewAfterDays;

const optionalServices = ({ services }: ConfigurationContent) =>
  services.filter(({ category }) => category !== 'necessary');

const optionalCategories = ({ categories }: ConfigurationContent) =>
  categories.map(({ id }) => id).filter((id) => id !== 'necessary');

const guardedServices = (content: ConfigurationContent) =>
  optionalServices(content).map(({ id, category, domains }) => ({ id, category, domains }));

/** Hosts that need no choice: those let through, and of services that are necessary. */
const allowedHosts = ({ allowed, services }: ConfigurationContent) => [
  ...allowed,
  ...services.filter(({ category }) => category === 'necessary').flatMap(({ domains }) => domains),
];

/** `GuardConfig`. */
export function guardConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const content = completeContent(configuration.content);
  return {
    ...coreConfig(configuration, shown, version),
    services: guardedServices(content),
    blocksTrackers: content.blocksTrackers,
    allowed: allowedHosts(content),
    cookies: declaredNames(content),
  };
}

/** `ConsentSite` of `client-widget/server-side/consent.ts`: what the site's own server decides by. */
export function siteRules({ purposesHash, content: stored }: ConfigurationRow, law: ConsentLaw) {
  const content = completeContent(stored);
  return {
    model: law.model,
    regime: law.regime,
    honoursGpc: law.honoursGpc,
    categories: optionalCategories(content),
    services: guardedServices(content),
    allowed: allowedHosts(content),
    purposesHash: purposesMark(purposesHash),
    renewAfterDays: content.renewAfterDays,
    refusalDays: refusalDaysOf(content, law),
  };
}

/** Names of cookies and other entries per category, and per service. */
function declaredNames(content: ConfigurationContent): Record<string, string[]> {
  const ofServices = optionalServices(content).map(
    ({ id, cookies }) => [id, cookies.map(({ name }) => name)] as const,
  );
  const all = [...Object.entries(content.cookies), ...ofServices];
  return Object.fromEntries(all.filter(([, names]) => names.length > 0));
}

/** `EmbedConfig`. */
export function embedConfig({ content: stored }: ConfigurationRow, shown: Shown) {
  const content = completeContent(stored);
  const { theme, paint } = widgetLook(content.look);
  const { embedBody, embedLoad, embedAlways } = textsFor(content, shown);
  return {
    language: shown.language,
    direction: bannerDirection(shown.language),
    look: { theme, paint },
    texts: { body: embedBody, load: embedLoad, always: embedAlways },
    services: optionalServices(content).map(({ id, name }) => ({ id, name })),
  };
}

/** `GuardedConfig`. */
export function guardedConfig(row: ConfigurationRow, shown: Shown, version: string) {
  const guarded = guardConfig(row, shown, version);
  const { texts, look } = buttonConfig(completeContent(row.content), shown);
  return {
    ...guarded,
    texts: { ...guarded.texts, ...texts },
    look: { ...guarded.look, ...look },
  };
}

/** `FirstConfig`. */
export function firstConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const content = completeContent(configuration.content);
  const texts = textsFor(content, shown);
  const { position, theme, paint } = widgetLook(content.look);
  const guarded = guardConfig(configuration, shown, version);
  const { services, categories } = guarded;
  return {
    ...onlyOn({
      ...guarded,
      address: shown.address,
      configurationHash: configuration.hash,
      cookieDays: choiceDays(content),
      cookieDomain: content.cookieDomain,
      policyUrl: content.policyUrl,
      links: shown.forms.map(({ entry, url }) => ({ url, text: texts[`${entry}Link`] })),
      ageHint:
        content.minimumAge === null
          ? null
          : texts.ageHint.replace('{age}', String(content.minimumAge)),
      countsPrompts: content.countsPrompts,
    }),
    services,
    categories,
    texts: firstLayerTexts(texts),
    look: { position, theme, ...onlyOn({ paint }) },
  };
}

/** `RestConfig`. */
export function restConfig({ content: stored }: ConfigurationRow, shown: Shown) {
  const content = completeContent(stored);
  const { texts, look } = buttonConfig(content, shown);
  const { gpcHonoured } = textsFor(content, shown);
  return { texts: { ...texts, gpcHonoured }, look };
}

/** `WidgetConfig`. */
export function widgetConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const first = firstConfig(configuration, shown, version);
  const rest = restConfig(configuration, shown);
  return {
    ...first,
    texts: { ...first.texts, ...rest.texts },
    look: { ...first.look, ...rest.look },
  };
}

const firstLayerTexts = ({
  title,
  body,
  acceptAll,
  refuseAll,
  choose,
  close,
  saved,
  unavailable,
  policy,
}: BannerTexts) => ({
  title,
  body,
  acceptAll,
  refuseAll,
  choose,
  close,
  saved,
  unavailable,
  policy,
});

/** `DialogConfig`. */
export function dialogConfig(
  { siteKey }: Pick<SiteRow, 'siteKey'>,
  { content: stored }: ConfigurationRow,
  shown: Shown,
) {
  const content = completeContent(stored);
  const {
    save,
    alwaysActive,
    preferencesTitle,
    preferencesBody,
    minor,
    services,
    provider,
    transfer,
    cookies,
    providerPolicy,
    declaration,
    gpcHonoured,
    categoryTexts,
  } = textsFor(content, shown);
  return {
    texts: {
      save,
      alwaysActive,
      preferencesTitle,
      preferencesBody,
      minor,
      services,
      provider,
      transfer,
      cookies,
      providerPolicy,
      declaration,
      gpcHonoured,
    },
    categories: content.categories.map(({ id }) => ({
      id,
      ...categoryTexts[id],
      services: content.services
        .filter(({ category }) => category === id)
        .map((service) => dialogService(service, shown.language)),
    })),
    declarationUrl: `${config.publicUrl}/c/${siteKey}/cookies`,
  };
}

function dialogService(service: ConsentService, language: string) {
  const { id, name, provider, purpose, cookies, transfers, policyUrl } = service;
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  const list = new Intl.ListFormat(language);
  const named = transfers.map((code) => countries.of(code) ?? code);
  return {
    id,
    name,
    provider,
    purpose: purpose[language] ?? '',
    cookies: cookies.map((cookie) => cookieInWords(cookie, language)),
    transfer: named.length > 0 ? list.format(named) : null,
    policyUrl,
  };
}

function cookieInWords(
  { name, days }: ConsentService['cookies'][number],
  language: string,
): string {
  if (days === null || days === 0) return name;
  const unit = { style: 'unit', unit: 'day', unitDisplay: 'long' } as const;
  return `${name} (${new Intl.NumberFormat(language, unit).format(days)})`;
}

/** The law for a region (`DE`, `US-CA`), from the rows as they were published; unknown regions get the strictest. */
export function lawFor(
  { regimeMode, laws }: { regimeMode: RegimeMode; laws: readonly ConsentLaw[] },
  region: string | null,
): ConsentLaw {
  const strictest = laws[0] ?? consentLaws[0];
  if (regimeMode === 'strictest' || region === null) return strictest;
  const holdsIn = (place: string | undefined) =>
    laws.find(({ regions }) => place !== undefined && regions.includes(place));
  return holdsIn(region) ?? holdsIn(region.split('-')[0]) ?? strictest;
}

/** The language asked for by name, else the browser's first that the banner has, else the site's own. */
export function languageFor(
  { languages }: Pick<ConfigurationContent, 'languages'>,
  asked: string | undefined,
  acceptLanguage: string,
): string {
  const named = asked === undefined ? undefined : preferredLanguage(asked, languages);
  return named ?? preferredLanguage(acceptLanguage, languages) ?? languages[0] ?? 'en';
}

/** The one tag that a site needs. */
export const embedTag = ({ siteKey }: Pick<SiteRow, 'siteKey'>): string =>
  `<script src="${config.publicUrl}/c/${siteKey}.js"></script>`;
