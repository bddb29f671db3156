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

/** Stands in the floating button where the law has no words for it. */
const SIGN = '⚙︎';

/** `ButtonConfig`. */
function buttonConfig(content: ConfigurationContent, shown: Shown) {
  const { reopen } = textsFor(content, shown);
  return {
    texts: { reopen },
    look: { corner: widgetLook(content.look).corner },
    sign: shown.law.model === 'opt-out' ? reopen : SIGN,
  };
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

/** How the floating button differs from site to site; its corner goes by the direction of the text. */
function cornerStyle(theme: string, corner: string, language: string): string {
  const isRight = (corner === 'end') !== (bannerDirection(language) === 'rtl');
  return `color-scheme:${theme === 'auto' ? 'light dark' : theme};${isRight ? 'right' : 'left'}:0`;
}

/** `BackConfig`. */
export function backConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const { stands = '', isGpcHonoured = false } = shown.standing ?? {};
  const core = coreConfig(configuration, shown, version);
  const { model, regime, language, categories, services } = core;
  const { texts, look, sign } = buttonConfig(completeContent(configuration.content), shown);
  const allowed = (id: OptionalCategoryId) => categories.includes(id);
  return {
    stands,
    modules: `${version}/${language}/${regime}`,
    state: {
      choices: {
        necessary: true,
        preferences: allowed('preferences'),
        analytics: allowed('analytics'),
        marketing: allowed('marketing'),
      },
      model,
      regime,
      language,
      ...(services.length > 0 && {
        services: Object.fromEntries(services.map(({ id }) => [id, true])),
      }),
      ...onlyOn({ gpc: isGpcHonoured }),
    },
    ...(!core.consentMode && { consentMode: false }),
    ...onlyOn({ isShared: core.group.length > 0 }),
    name: texts.reopen,
    sign,
    failure: core.texts.unavailable,
    style: cornerStyle(core.look.theme, look.corner, language),
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
  const { texts, look, sign } = buttonConfig(completeContent(row.content), shown);
  return {
    ...guarded,
    sign,
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
  const { texts, ...button } = buttonConfig(content, shown);
  const { gpcHonoured } = textsFor(content, shown);
  return { ...button, texts: { ...texts, gpcHonoured } };
}

/** `WidgetConfig`. */
export function widgetConfig(configuration: ConfigurationRow, shown: Shown, version: string) {
  const first = firstConfig(configuration, shown, version);
  const rest = restConfig(configuration, shown);
  return {
    ...first,
    ...rest,
    texts: { ...first.texts, ...rest.texts },
    look: { ...first.look, ...rest.look },
  };
}
