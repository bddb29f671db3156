import {
  categoryIds,
  optionalCategoryIds,
  storageKinds,
  type CategoryId,
} from '../../../config/consent.ts';
import { servicesCatalogue, type KnownService } from '../../../config/services-catalogue.ts';
import type { Language } from '../../language.ts';
import { bannerWords, defaultTexts, type ConsentService } from '../consent/service.ts';
import { completeTexts } from './fresh-content.ts';
import {
  controlsOf,
  type Designed,
  type Filling,
  type FormModel,
  type Listing,
} from './controls.ts';
import { isUntranslated } from './sentences.ts';
import { isolated, spokenIn } from './spoken-in.ts';

const categoryName = ({ t }: Language, id: CategoryId) => t(`consent.category.${id}`);

function categoriesListing({ content, designUrl }: Designed, language: Language): Listing {
  const { t } = language;
  const [first = 'en'] = content.languages;
  const words = completeTexts(first, content.texts[first]).categories;
  return {
    id: 'category-words',
    heading: t('designer.purposes.words'),
    text: t('designer.purposes.wordsText'),
    table: {
      caption: t('designer.purposes.words'),
      columns: [
        { label: t('designer.purposes.category') },
        { label: t('designer.purposes.shownAs') },
      ],
      rows: content.categories.map(({ id }) => ({
        cells: [
          { text: categoryName(language, id), href: `${designUrl}/categories/${id}` },
          { text: words[id].title, sub: words[id].description },
        ],
      })),
    },
  };
}

function servicesListing({ content, designUrl }: Designed, language: Language): Listing {
  const { t } = language;
  const isThere = (known: KnownService) =>
    content.services.some(({ id, name }) => id === known.id || name === known.name);
  return {
    id: 'services',
    heading: t('designer.purposes.services'),
    text: t('designer.purposes.servicesText'),
    empty: t('designer.purposes.noServices'),
    table:
      content.services.length === 0
        ? null
        : {
            caption: t('designer.purposes.services'),
            columns: [
              { label: t('designer.field.name') },
              { label: t('designer.field.category') },
              { label: t('designer.field.domains') },
            ],
            rows: content.services.map(({ id, name, provider, category, domains }) => ({
              cells: [
                { text: name, sub: provider, href: `${designUrl}/services/${id}` },
                { text: categoryName(language, category) },
                { text: domains.join(', ') },
              ],
            })),
          },
    pick: {
      action: `${designUrl}/services/new`,
      field: {
        id: 'known',
        kind: 'select',
        label: t('designer.purposes.known'),
        hint: t('designer.purposes.knownHint'),
        placeholder: t('designer.purposes.ownService'),
        optional: true,
        unmarked: true,
        groups: categoryIds.map((category) => ({
          label: categoryName(language, category),
          options: servicesCatalogue
            .filter((known) => known.category === category && !isThere(known))
            .map(({ id, name }) => ({ value: id, label: name })),
        })),
      },
      submit: t('designer.purposes.add'),
    },
  };
}

/** Which categories a site has, their words, and its services. */
export function categoriesForm(of: Designed, filling: Filling): FormModel {
  const { language } = filling;
  const { choices, wrong } = controlsOf(filling);
  const stored = of.content.categories.map(({ id }) => id);
  return {
    section: 'purposes',
    intro: language.t('designer.purposes.intro'),
    wrong,
    panels: [
      {
        id: 'offered',
        heading: language.t('designer.purposes.offered'),
        controls: [
          choices(
            'categories',
            stored,
            optionalCategoryIds.map((value) => ({
              value,
              title: categoryName(language, value),
              description: language.t(`designer.purposes.about.${value}`),
            })),
            { multiple: true, optional: true },
          ),
        ],
      },
    ],
    listings: [categoriesListing(of, language), servicesListing(of, language)],
  };
}

const up = ({ designUrl }: Designed, { t }: Language) => ({
  href: `${designUrl}/purposes`,
  label: t('designer.section.purposes'),
});

/** The words of one category, in every language of the banner. */
export function categoryForm(of: Designed, category: CategoryId, filling: Filling): FormModel {
  const { content } = of;
  const { language } = filling;
  const { field, area, wrong } = controlsOf(filling);
  return {
    section: 'purposes',
    heading: categoryName(language, category),
    up: up(of, language),
    wrong,
    panels: content.languages.map((code) => {
      const words = completeTexts(code, content.texts[code]).categories[category];
      const ours = defaultTexts(code).categories[category];
      const hint = (text: string) => language.t('designer.words.ours', { text: isolated(text) });
      return {
        id: `words-${code}`,
        heading: language.languageName(code),
        controls: [
          field(['title', code], words.title, {
            maxlength: 60,
            optional: true,
            unmarked: true,
            hint: hint(ours.title),
            label: language.t('designer.field.categoryTitle'),
            ...spokenIn(code),
          }),
          area(['description', code], words.description, {
            maxlength: 400,
            optional: true,
            unmarked: true,
            hint: hint(ours.description),
            label: language.t('designer.field.categoryDescription'),
            ...spokenIn(code),
          }),
        ],
      };
    }),
  };
}

/** A service of the catalogue as a site would take it over, with a sentence in each of its languages. */
export function serviceFromCatalogue(
  { id, name, provider, category, purpose, domains, cookies, transfers, policyUrl }: KnownService,
  languages: readonly string[],
): ConsentService {
  return {
    id,
    name,
    provider,
    category,
    purpose: Object.fromEntries(
      languages.map((code) => [code, bannerWords(code).services[purpose]]),
    ),
    domains: [...domains],
    cookies: cookies.map(([cookie, days]) => ({ name: cookie, kind: 'cookie', days, purpose: {} })),
    transfers: [...transfers],
    policyUrl,
  };
}

export const unnamedService: ConsentService = {
  id: 'new',
  name: '',
  provider: '',
  category: 'marketing',
  purpose: {},
  domains: [],
  cookies: [],
  transfers: [],
  policyUrl: null,
};

const cookieLine = ({ name, kind, days }: ConsentService['cookies'][number]) =>
  [name, kind, days].filter((part) => part !== null).join(' ');

const purposeLines = ({ cookies }: ConsentService, code: string) =>
  cookies.map(({ name, purpose }) => `${name}: ${purpose[code] ?? ''}`.trim()).join('\n');

/** One service: who is behind it, what it is for, and what it leaves in the browser. */
export function serviceForm(of: Designed, service: ConsentService, filling: Filling): FormModel {
  const { content, designUrl } = of;
  const { language } = filling;
  const { t } = language;
  const { field, area, wrong } = controlsOf(filling);
  const isNew = service.id === 'new';
  const [first = 'en'] = content.languages;
  return {
    section: 'purposes',
    heading: isNew ? t('designer.service.new') : service.name,
    up: up(of, language),
    wrong,
    panels: [
      {
        id: 'who',
        heading: t('designer.service.who'),
        controls: [
          field(['name'], service.name, { maxlength: 80 }),
          field(['provider'], service.provider, { maxlength: 120 }),
          field(['category'], service.category, {
            kind: 'select',
            options: content.categories.map(({ id }) => ({
              value: id,
              label: categoryName(language, id),
            })),
          }),
          field(['policyUrl'], service.policyUrl, {
            kind: 'url',
            optional: true,
            label: t('designer.field.providerPolicyUrl'),
            hint: t('designer.hint.providerPolicyUrl'),
          }),
        ],
      },
      {
        id: 'what-for',
        heading: t('designer.field.purpose'),
        text: t('designer.hint.purpose'),
        controls: content.languages.map((code) =>
          area(['purpose', code], service.purpose[code] ?? '', {
            label: language.languageName(code),
            ...spokenIn(code),
            hint: isUntranslated(service, code, content)
              ? t('designer.service.untranslated', { language: language.languageName(first) })
              : '',
            rows: 2,
            maxlength: 400,
          }),
        ),
      },
      {
        id: 'traces',
        heading: t('designer.service.traces'),
        controls: [
          area(['domains'], service.domains.join('\n'), { optional: true }),
          area(['cookies'], service.cookies.map(cookieLine).join('\n'), {
            optional: true,
            label: t('designer.field.serviceCookies'),
            hint: t('designer.hint.serviceCookies', { kinds: storageKinds.join(', ') }),
          }),
          field(['transfers'], service.transfers.join(' '), { optional: true, short: true }),
        ],
      },
      {
        id: 'entries',
        heading: t('designer.service.entries'),
        text: t('designer.service.entriesText'),
        controls: content.languages.map((code) =>
          area(['cookiePurpose', code], purposeLines(service, code), {
            label: language.languageName(code),
            ...spokenIn(code),
            hint: '',
            rows: Math.min(8, service.cookies.length + 1),
            optional: true,
            unmarked: true,
          }),
        ),
      },
    ],
    removal: isNew
      ? null
      : {
          id: 'remove',
          icon: 'trash',
          tone: 'danger',
          summary: t('designer.service.remove'),
          text: t('designer.service.removeText'),
          submit: t('designer.service.removeSubmit'),
          action: `${designUrl}/services/${service.id}/remove`,
        },
  };
}
