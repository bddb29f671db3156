import { servicesCatalogue } from '../../../config/services-catalogue.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { MOST_SERVICES } from '../consent/service.ts';
import {
  withCategories,
  withCategoryWords,
  withLanguages,
  withLaw,
  withLook,
  withNewService,
  withRegime,
  withService,
  withTechnical,
  withWords,
  withoutService,
} from './changes.ts';
import { saveDraft } from './drafts.ts';
import {
  categoriesForm,
  categoryForm,
  serviceForm,
  serviceFromCatalogue,
  unnamedService,
} from './purpose-forms.ts';
import {
  categoriesEdit,
  categoryEdit,
  categoryParams,
  knownQuery,
  languagesEdit,
  lawEdit,
  lookEdit,
  regimeEdit,
  regimeParams,
  seenOnly,
  serviceEdit,
  serviceParams,
  siteParams,
  technicalEdit,
  wordsEdit,
  wordsParams,
  type ServiceEdit,
} from './schema.ts';
import { designDoors, siteOf } from './section-pages.ts';
import { lawForm, lookForm, regimeForm, technicalForm } from './setting-forms.ts';
import { languagesForm, wordsForm } from './word-forms.ts';

/** @throws Problem not-found where something is no part of the draft */
function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Problem('not-found', 'The draft has nothing of this name.');
  return one;
}

/** So that a draft stays within what the database takes, too. */
const tooManyServices = () => {
  const detail = `A website can declare ${String(MOST_SERVICES)} services at most.`;
  const errors = [{ pointer: '/name', code: 'array.max', detail }];
  return new Problem('invalid', 'See errors.', { errors });
};

/** @throws Problem invalid where a sentence is about an entry that the service does not have */
function refuseStrayPurposes({ cookies, cookiePurpose }: ServiceEdit): void {
  const names = new Set(cookies.map(({ name }) => name));
  const errors = Object.entries(cookiePurpose)
    .filter(([, told]) => Object.keys(told).some((name) => !names.has(name)))
    .map(([code]) => ({
      pointer: `/cookiePurpose/${code}`,
      code: 'cookie.unlisted',
      detail: 'This names an entry that the service does not list.',
    }));
  if (errors.length > 0) throw new Problem('invalid', 'See errors.', { errors });
}

/** Every form of the designer. */
export const formPages: readonly Door[] = [
  ...designDoors({
    path: 'purposes',
    params: siteParams,
    body: categoriesEdit,
    part: () => 'purposes',
    change: (content, _params, body) => withCategories(content, body),
    form: (view) => categoriesForm(view, view.filling),
  }),
  ...designDoors({
    path: 'categories/:category',
    params: categoryParams,
    body: categoryEdit,
    part: ({ category }) => `category:${category}`,
    change: (content, { category }, body) => withCategoryWords(content, category, body),
    form: (view) => categoryForm(view, view.params.category, view.filling),
    next: 'purposes',
  }),
  ...designDoors({
    path: 'services/:service',
    params: serviceParams,
    query: knownQuery,
    body: serviceEdit,
    part: ({ service }) => `service:${service}`,
    change: (content, { service }, body) => {
      refuseStrayPurposes(body);
      if (service === 'new') {
        const added = withNewService(content, body);
        if (added.services.length > MOST_SERVICES) throw tooManyServices();
        return added;
      }
      found(content.services.find(({ id }) => id === service));
      return withService(content, service, body);
    },
    form: (view) => {
      const { content, params, query, filling, isUnsaved } = view;
      const { languages, services } = content;
      const known = servicesCatalogue.find(({ id }) => id === query.known);
      const fresh = known
        ? { ...serviceFromCatalogue(known, languages), id: 'new' }
        : unnamedService;
      const stored = services.find(({ id }) => id === params.service);
      const typed = isUnsaved ? services.at(-1) : undefined;
      const added = typed ? { ...typed, id: 'new' } : fresh;
      return serviceForm(view, params.service === 'new' ? added : found(stored), filling);
    },
    next: 'purposes',
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: '/o/:organization/consent/sites/:site/design/services/:service/remove',
    params: serviceParams,
    body: seenOnly,
    act: async ({ staff, params, body, language }) => {
      const site = await siteOf(staff, params);
      const change = { part: `service:${params.service}`, seen: body.seen };
      await saveDraft(staff, site, change, (content) => withoutService(content, params.service));
      const { siteUrl } = siteFrame(staff, site, 'design', language);
      return { redirect: `${siteUrl}/design/purposes`, flash: 'designer.flash.removed' };
    },
  }),
  ...designDoors({
    path: 'words',
    params: siteParams,
    body: languagesEdit,
    part: () => 'languages',
    change: (content, _params, body) => withLanguages(content, body),
    form: (view) => languagesForm(view, view.filling),
  }),
  ...designDoors({
    path: 'words/:language/:model',
    params: wordsParams,
    body: wordsEdit,
    part: ({ language, model }) => `words:${language}:${model}`,
    change: (content, { language, model }, body) => {
      found(content.languages.find((code) => code === language));
      return withWords(content, { language, model }, body);
    },
    form: (view) => {
      found(view.content.languages.find((code) => code === view.params.language));
      return wordsForm(view, view.params, view.filling);
    },
  }),
  ...designDoors({
    path: 'look',
    params: siteParams,
    body: lookEdit,
    part: () => 'look',
    change: (content, _params, body) => withLook(content, body),
    form: (view) => lookForm(view, view.filling),
  }),
  ...designDoors({
    path: 'law',
    params: siteParams,
    body: lawEdit,
    part: () => 'law',
    change: (content, _params, body) => withLaw(content, body),
    form: (view) => lawForm(view, view.filling),
  }),
  ...designDoors({
    path: 'law/:regime',
    params: regimeParams,
    body: regimeEdit,
    part: ({ regime }) => `law:${regime}`,
    change: (content, { regime }, body) => {
      found(content.laws.find((law) => law.regime === regime));
      return withRegime(content, regime, body);
    },
    form: (view) => {
      const row = found(view.content.laws.find(({ regime }) => regime === view.params.regime));
      return regimeForm(view, row, view.filling);
    },
    next: 'law',
  }),
  ...designDoors({
    path: 'technical',
    params: siteParams,
    body: technicalEdit,
    part: () => 'technical',
    change: (content, _params, body) => withTechnical(content, body),
    form: (view) => technicalForm(view, view, view.filling),
  }),
];
