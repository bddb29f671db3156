import Joi from 'joi';
import { databaseAnswers } from './database/connect.ts';
import { allOrganizations } from './features/organizations/service.ts';
import { publicJson, publicPage, type Door } from './http/doors.ts';
import { PROBLEMS, type ProblemName } from './problem.ts';

const health = Joi.object({ status: Joi.string().valid('ok', 'unavailable').required() });

/** Doors of the installation itself. */
export const siteDoors: readonly Door[] = [
  publicJson({
    method: 'get',
    path: '/healthz',
    name: 'health',
    summary: 'Whether this process runs',
    replies: { 200: { description: 'It runs', schema: health } },
    act: () => Promise.resolve({ json: { status: 'ok' } }),
  }),
  publicJson({
    method: 'get',
    path: '/readyz',
    name: 'readiness',
    summary: 'Whether this process can serve: its database answers',
    replies: {
      200: { description: 'It serves', schema: health },
      503: { description: 'The database does not answer', schema: health },
    },
    act: async () =>
      (await databaseAnswers())
        ? { json: { status: 'ok' } }
        : { json: { status: 'unavailable' }, status: 503 },
  }),
  publicPage({
    method: 'get',
    path: '/',
    act: async ({ language }) => {
      const organizations = await allOrganizations();
      return {
        page: 'problem/home',
        model: {
          title: language.t('problems.home.title'),
          organizations: organizations.map(({ slug, name }) => ({
            name,
            href: `/privacy/${slug}`,
          })),
        },
      };
    },
  }),
  publicPage<{ name: ProblemName }>({
    method: 'get',
    path: '/problems/:name',
    params: Joi.object<{ name: ProblemName }>({
      name: Joi.string()
        .valid(...Object.keys(PROBLEMS))
        .required(),
    }),
    act: ({ params: { name }, language }) =>
      Promise.resolve({
        page: 'problem/problem',
        model: {
          title: language.t(`problems.${name}.title`),
          text: language.t(`problems.${name}.text`),
          status: PROBLEMS[name].status,
        },
      }),
  }),
];
