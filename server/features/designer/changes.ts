import {
  categoryIds,
  defaultLegalBases,
  type CategoryId,
  type ConsentModel,
} from '../../../config/consent.ts';
import {
  canonicalJson,
  defaultTexts,
  type BannerTexts,
  type ConfigurationContent,
  type ConsentService,
} from '../consent/service.ts';
import { completeTexts } from './fresh-content.ts';
import type {
  CategoriesEdit,
  CategoryEdit,
  LanguagesEdit,
  LawEdit,
  LookEdit,
  RegimeEdit,
  ServiceEdit,
  TechnicalEdit,
  WordsEdit,
} from './schema.ts';
import { spokenPurpose } from './sentences.ts';

/** What each form makes of a content. Every one of these is pure. */

export function withCategories(
  content: ConfigurationContent,
  { categories }: Pick<CategoriesEdit, 'categories'>,
): ConfigurationContent {
  const offered = categoryIds.filter((id) => id === 'necessary' || categories.includes(id));
  return {
    ...content,
    categories: offered.map(
      (id) =>
        content.categories.find((known) => known.id === id) ?? {
          id,
          legalBasis: defaultLegalBases[id],
        },
    ),
  };
}

/** What was typed; an emptied text says again what our own words say. */
const typedOr = (typed: string | undefined, ours: string) =>
  typed === undefined || typed === '' ? ours : typed;

export function withCategoryWords(
  content: ConfigurationContent,
  category: CategoryId,
  { title, description }: Pick<CategoryEdit, 'title' | 'description'>,
): ConfigurationContent {
  const texts = content.languages.map((code) => {
    const words = completeTexts(code, content.texts[code]);
    const ours = defaultTexts(code).categories[category];
    const typed = {
      title: typedOr(title[code], ours.title),
      description: typedOr(description[code], ours.description),
    };
    return [code, { ...words, categories: { ...words.categories, [category]: typed } }] as const;
  });
  return { ...content, texts: { ...content.texts, ...Object.fromEntries(texts) } };
}

/** Puts a service in the place of the one with its id, or at the end. */
export function withService(
  content: ConfigurationContent,
  id: string,
  {
    name,
    category,
    provider,
    purpose,
    domains,
    cookies,
    cookiePurpose,
    transfers,
    policyUrl,
  }: Omit<ServiceEdit, 'seen'>,
): ConfigurationContent {
  const before = content.services.find((known) => known.id === id);
  const purposeOf = (cookie: string) => {
    const known = before?.cookies.find(({ name }) => name === cookie)?.purpose ?? {};
    const typed = Object.entries(cookiePurpose).map(([code, told]) => [code, told[cookie] ?? '']);
    const all = Object.entries({ ...known, ...(Object.fromEntries(typed) as typeof known) });
    // What has no words of its own is told by those of its service.
    return Object.fromEntries(all.filter(([, text]) => text !== ''));
  };
  const service: ConsentService = {
    id,
    name,
    category,
    provider,
    purpose,
    domains,
    cookies: cookies.map((cookie) => ({ ...cookie, purpose: purposeOf(cookie.name) })),
    transfers,
    policyUrl,
  };
  const services = before
    ? content.services.map((known) => (known === before ? service : known))
    : [...content.services, service];
  return { ...content, services };
}

/** Adds a service; the second post of a double click adds nothing. */
export function withNewService(
  content: ConfigurationContent,
  edit: Omit<ServiceEdit, 'seen'>,
): ConfigurationContent {
  const added = withService(content, freeServiceId(content, edit.name), edit);
  const wordsOf = (service: ConsentService | undefined) => canonicalJson({ ...service, id: '' });
  const fresh = wordsOf(added.services.at(-1));
  return content.services.some((known) => wordsOf(known) === fresh) ? content : added;
}

export const withoutService = (
  content: ConfigurationContent,
  id: string,
): ConfigurationContent => ({
  ...content,
  services: content.services.filter((known) => known.id !== id),
});

/** An id for a service of a name that no other service of the site has. */
function freeServiceId({ services }: ConfigurationContent, name: string): string {
  const base =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z\d]+/gu, '-')
      .replaceAll(/^-+|-+$/gu, '')
      .slice(0, 34) || 'service';
  const isTaken = (id: string) => services.some((known) => known.id === id) || id === 'new';
  let id = base;
  for (let count = 2; isTaken(id); count += 1) id = `${base}-${String(count)}`;
  return id;
}

/** The words of a language that is left out stay in the draft, in case it comes back. */
export function withLanguages(
  content: ConfigurationContent,
  { languages, first }: Pick<LanguagesEdit, 'languages' | 'first'>,
): ConfigurationContent {
  const codes = [first, ...languages.filter((code) => code !== first)];
  const texts = codes.map((code) => [code, completeTexts(code, content.texts[code])] as const);
  return {
    ...content,
    languages: codes,
    texts: { ...content.texts, ...Object.fromEntries(texts) },
    services: content.services.map((service) => ({
      ...service,
      purpose: spokenPurpose(service.purpose, content.languages[0] ?? first, codes),
    })),
  };
}

export function withWords(
  content: ConfigurationContent,
  { language, model }: { language: string; model: ConsentModel },
  { texts: typed, reset }: Pick<WordsEdit, 'texts' | 'reset'>,
): ConfigurationContent {
  const words = completeTexts(language, content.texts[language]);
  const ours = defaultTexts(language).models[model];
  const kept = Object.entries(words.models[model]).map(([key, before]) => {
    const text = key as keyof BannerTexts;
    if (reset.includes(text)) return [text, ours[text]] as const;
    const given = typed[text];
    return [text, given === undefined ? (before as string) : typedOr(given, ours[text])] as const;
  });
  const models = { ...words.models, [model]: Object.fromEntries(kept) as unknown as BannerTexts };
  return { ...content, texts: { ...content.texts, [language]: { ...words, models } } };
}

export const withLook = (
  content: ConfigurationContent,
  { position, corner, theme, accent }: Omit<LookEdit, 'seen'>,
): ConfigurationContent => ({ ...content, look: { position, corner, theme, accent } });

export const withLaw = (
  content: ConfigurationContent,
  {
    regimeMode,
    policyUrl,
    honoursDnt,
    cookieDays,
    renewAfterDays,
    minimumAge,
  }: Omit<LawEdit, 'seen'>,
): ConfigurationContent => ({
  ...content,
  regimeMode,
  policyUrl,
  honoursDnt,
  cookieDays,
  renewAfterDays,
  minimumAge,
});

export const withRegime = (
  content: ConfigurationContent,
  regime: string,
  { model, honoursGpc, entries, refusalDays }: Omit<RegimeEdit, 'seen'>,
): ConfigurationContent => ({
  ...content,
  laws: content.laws.map((law) =>
    law.regime === regime
      ? {
          ...law,
          model,
          // What a law asks for by itself has no switch in the form.
          honoursGpc: law.requiresGpc || honoursGpc,
          entries,
          refusalDays,
        }
      : law,
  ),
});

export const withTechnical = (
  content: ConfigurationContent,
  {
    blocksTrackers,
    allowed,
    consentMode,
    cookieDomain,
    group,
    countsPrompts,
    cookies,
  }: Omit<TechnicalEdit, 'seen'>,
): ConfigurationContent => ({
  ...content,
  blocksTrackers,
  allowed,
  consentMode,
  cookieDomain,
  group,
  countsPrompts,
  cookies,
});

/** A draft as it is published: without words of languages that were left out. */
export const publishable = (content: ConfigurationContent): ConfigurationContent => ({
  ...content,
  texts: Object.fromEntries(
    content.languages.flatMap((code) => {
      const texts = content.texts[code];
      return texts ? [[code, texts]] : [];
    }),
  ),
});
