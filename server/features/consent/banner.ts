import {
  consentLaws,
  type ConsentLaw,
  type ConsentModel,
  type OptOutEntry,
  type RegimeMode,
} from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import type { RightId } from '../../../config/rights.ts';
import { centreUrl } from '../../centre.ts';
import { preferredLanguage } from '../../language.ts';
import { defaultTexts } from './default-configuration.ts';
import type { BannerTexts, ConfigurationContent } from './model.ts';
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
export function textsFor({ texts }: ConfigurationContent, { law, language }: Shown) {
  const found = texts[language];
  if (!found) throw new Error(`A configuration has no texts in ${language}.`);
  const own = defaultTexts(language).models[law.model];
  return { ...own, ...found.models[law.model], categoryTexts: found.categories };
}

/** The words on the buttons of the first layer, in their order; a notice asks for no answer. */
export const firstButtons = (
  model: ConsentModel,
  { acceptAll, refuseAll, choose, close }: BannerTexts,
): string[] => (model === 'notice' ? [choose, close] : [acceptAll, refuseAll, choose]);

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

/** Some of the words, by name. */
export const wordsOf = <Name extends string>(
  texts: Record<Name, string>,
  names: readonly Name[],
): Record<Name, string> =>
  Object.fromEntries(names.map((name) => [name, texts[name]])) as Record<Name, string>;
