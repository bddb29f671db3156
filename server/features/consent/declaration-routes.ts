import Joi from 'joi';
import { categoryIds, storageKinds } from '../../../config/consent.ts';
import { centrePage, centrePath } from '../../centre.ts';
import { localDay } from '../../deadlines/days.ts';
import { publicJson, publicPage, type Door } from '../../http/doors.ts';
import { organizationById, siteByKey } from '../organizations/service.ts';
import { bannerDirection } from './banner-languages.ts';
import { languageFor } from './banner.ts';
import { servedConfiguration } from './configurations.ts';
import { declarationHeadings, declarationOf, declaredNames, headingsIn } from './declaration.ts';
import { anyOrigin, LIFE } from './delivery-routes.ts';
import { declarationScript } from './pieces.ts';
import { bannerQuery, siteKeyParams } from './schema.ts';

const text = Joi.string().allow('').required();
const category = Joi.string()
  .valid(...categoryIds)
  .required();
const declarationView = Joi.object({
  siteKey: Joi.string().required(),
  language: Joi.string().required(),
  direction: Joi.string().valid('ltr', 'rtl').required(),
  configurationHash: Joi.string().required(),
  cookies: Joi.array()
    .items(Joi.object({ name: text, category }))
    .required(),
  hosts: Joi.array()
    .items(Joi.object({ host: text, category }))
    .required(),
  headings: Joi.object(
    Object.fromEntries(declarationHeadings.map((name) => [name, text])),
  ).required(),
  categories: Joi.array()
    .items(
      Joi.object({
        id: category,
        title: text,
        description: text,
        services: Joi.array()
          .items(
            Joi.object({
              name: text,
              provider: text,
              purpose: text,
              hosts: Joi.array().items(Joi.string()).required(),
              transfer: text,
              policyUrl: Joi.string().allow(null).required(),
              cookies: Joi.array()
                .items(
                  Joi.object({
                    name: text,
                    kind: Joi.string()
                      .valid(...storageKinds)
                      .required(),
                    kindLabel: text,
                    life: text,
                    purpose: text,
                  }),
                )
                .required(),
            }),
          )
          .required(),
      }),
    )
    .required(),
});

async function declared(siteKey: string, asked: string | undefined, accepted: string) {
  const site = await siteByKey(siteKey);
  const configuration = await servedConfiguration(site);
  const organization = await organizationById(site.organizationId);
  const language = languageFor(configuration.content, asked, accepted);
  const categories = declarationOf(configuration.content, organization.name, language);
  return { site, configuration, organization, language, categories };
}

/** What a site keeps and whom it calls, for people, for pages that show it, and for machines. */
export const declarationRoutes: Door[] = [
  publicJson({
    method: 'get',
    path: '/c/:siteKey/declaration.json',
    name: 'readDeclaration',
    summary: 'The cookies and services of a site, as its published configuration declares them',
    crossOrigin: true,
    params: siteKeyParams,
    query: bannerQuery,
    replies: { 200: { description: 'The declaration', schema: declarationView } },
    act: async ({ params: { siteKey }, query, header }) => {
      const accepted = header('accept-language') ?? '';
      const found = await declared(siteKey, query.lang, accepted);
      const { configuration, language, categories } = found;
      return {
        json: {
          siteKey,
          language,
          direction: bannerDirection(language),
          configurationHash: configuration.hash,
          ...declaredNames(configuration.content),
          headings: headingsIn(language),
          categories,
        },
      };
    },
  }),
  publicJson({
    method: 'get',
    path: '/c/:siteKey/declaration.js',
    name: 'declarationScript',
    summary: 'Builds the table of cookies and services where its tag stands',
    crossOrigin: true,
    params: siteKeyParams,
    replies: { 200: { description: 'JavaScript' } },
    act: async ({ params }) => {
      await siteByKey(params.siteKey);
      return {
        script: declarationScript(),
        headers: { ...anyOrigin, 'Cache-Control': `public, ${LIFE}` },
      };
    },
  }),
  publicPage({
    method: 'get',
    path: '/c/:siteKey/cookies',
    params: siteKeyParams,
    act: async ({ params: { siteKey }, language }) => {
      const found = await declared(siteKey, language.code, '');
      const { site, configuration, organization, categories } = found;
      return centrePage(organization, language, 'consent/declaration', `/c/${siteKey}/cookies`, {
        title: language.t('declaration.title'),
        subtitle: language.t('declaration.subtitle', {
          site: site.name,
          date: language.day(localDay(configuration.publishedAt, organization.timeZone)),
        }),
        centreUrl: centrePath(organization),
        categories: categories.map((one) => ({ ...one, hasServices: one.services.length > 0 })),
      });
    },
  }),
];
