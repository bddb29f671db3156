import type { OptionalCategoryId } from '../../../config/consent.ts';
import { textsFor, wordsOf, type Shown } from './banner.ts';
import { bannerDirection } from './banner-languages.ts';
import { widgetLook } from './colours.ts';
import { choiceDays, completeContent } from './content.ts';
import type { ConfigurationContent, ConfigurationRow } from './model.ts';
import {
  allowedHosts,
  guardedServices,
  optionalCategories,
  optionalServices,
  purposesMark,
  refusalDaysOf,
} from './site-rules.ts';

/** The words that the first layer has. */
const FIRST_WORDS = [
  'title',
  'body',
  'acceptAll',
  'refuseAll',
  'choose',
  'close',
  'saved',
  'unavailable',
  'policy',
] as const;

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

/** Names of cookies and other entries per category, and per service. */
function declaredNames(content: ConfigurationContent): Record<string, string[]> {
  const ofServices = optionalServices(content).map(
    ({ id, cookies }) => [id, cookies.map(({ name }) => name)] as const,
  );
  const all = [...Object.entries(content.cookies), ...ofServices];
  return Object.fromEntries(all.filter(([, names]) => names.length > 0));
}

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
    texts: wordsOf(texts, FIRST_WORDS),
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
