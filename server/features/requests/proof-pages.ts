import Joi from 'joi';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { invalidField, Problem } from '../../problem.ts';
import { centrePage, centrePath, inCentre, type InCentre } from '../../centre.ts';
import { sentencesOf } from '../../typed.ts';
import { organizationBySlug } from '../organizations/service.ts';
import { requestsOfSubject } from './own-requests.ts';
import {
  ofRequest,
  PERSON_COOKIE,
  visitOf,
  type OfRequest,
  type PortalCall,
  type Visit,
} from './portal-pages.ts';
import { ownStateBadge } from './portal-view.ts';
import { personOf, type Person } from './portal.ts';
import {
  declareAsPerson,
  identityForPerson,
  sayDisputed,
  sendDocument,
  tryPoints,
} from './proof-person.ts';
import { declaration, disputedPoints, typedPoints } from './proof-schema.ts';
import { declarationWords, proofView, type RefusedProof } from './proof-view.ts';
import { Types } from 'mongoose';

type Inside = NonNullable<Visit['inside']>;

async function proofPage(
  { language }: PortalCall,
  { organization, reference, here }: Visit,
  { person, view }: Inside,
  refused?: RefusedProof,
): Promise<Answer> {
  const asked = await identityForPerson(person);
  if (!asked) return { redirect: here };
  const { name } = view;
  return centrePage(organization, language, 'portal/identity', `${here}/identity`, {
    ...proofView(language, organization, asked, { here, name, reference }, refused),
    person: {
      text: language.t('portal.request.person', { reference }),
      signOutUrl: `${here}/leave`,
    },
  });
}

/** What an answer that could not be used is told, at the form it came from. */
function refusalOf(
  { language }: PortalCall,
  form: RefusedProof['form'],
  problem: Problem,
): RefusedProof {
  const [error] = problem.errors;
  if (!error) {
    const key = `identity.problem.${problem.code ?? ''}`;
    return { form, notice: language.t(language.has(key) ? key : 'identity.problem.other') };
  }
  const field = error.pointer.slice(1);
  const text = language.t(`identity.error.${error.code}`);
  return { form, errors: { [field]: text } };
}

/** One form of the page: whoever is not inside any more goes back to the entrance. */
const proofForm = <B>(given: {
  form: RefusedProof['form'];
  body?: Joi.ObjectSchema<B>;
  limit: 'code' | 'form';
  uploads?: true;
  flash: string;
  send: (call: Call<OfRequest, unknown, B>, person: Person) => Promise<unknown>;
}): Door =>
  publicPage<OfRequest, Record<string, never>, B>({
    method: 'post',
    path: `/privacy/:organization/requests/:reference/identity/${given.form}`,
    params: ofRequest,
    ...(given.body && { body: given.body }),
    ...(given.uploads && { uploads: true }),
    limit: given.limit,
    act: async (call) => {
      const visit = await visitOf(call);
      if (!visit.inside) return { redirect: visit.here };
      try {
        await given.send(call, visit.inside.person);
      } catch (error) {
        if (!(error instanceof Problem) || error.problem === 'not-found') throw error;
        const refused = refusalOf(call, given.form, error);
        const page = await proofPage(call, visit, visit.inside, refused);
        return 'page' in page ? { ...page, status: error.status } : page;
      }
      return { redirect: `${visit.here}/identity`, flash: given.flash };
    },
    onInvalid: async (call, { values, errors }) => {
      const visit = await visitOf(call);
      if (!visit.inside) return { redirect: visit.here };
      const said = sentencesOf(call.language, 'identity.error', errors);
      return proofPage(call, visit, visit.inside, { form: given.form, values, errors: said });
    },
  });

async function showOwn(call: Call<InCentre, unknown, unknown>): Promise<Answer> {
  const { language, params } = call;
  const { t } = language;
  const organization = await organizationBySlug(params.organization);
  const home = centrePath(organization);
  const person = await personOf(organization, call.cookie(PERSON_COOKIE));
  if (!person || person.level < 2) return { redirect: home };
  const own = await requestsOfSubject(organization._id, new Types.ObjectId(person.id));
  return centrePage(organization, language, 'portal/own', `${home}/requests`, {
    title: t('identity.own.title'),
    columns: ['request', 'received', 'state'].map((name) => ({
      label: t(`identity.own.${name}`),
    })),
    rows: own.map(({ reference, right, state, receivedAt }) => ({
      cells: [
        {
          text: reference,
          sub: t(`privacy.right.${right}.title`),
          href: `${home}/requests/${reference}`,
        },
        { text: language.moment(receivedAt, organization.timeZone) },
        { badge: ownStateBadge(language, state) },
      ],
    })),
  });
}

/** Where a person proves who they are, and where one who did sees all their requests. */
export const proofPages: Door[] = [
  publicPage<InCentre>({
    method: 'get',
    path: '/privacy/:organization/requests',
    params: inCentre,
    act: showOwn,
  }),
  publicPage<OfRequest>({
    method: 'get',
    path: '/privacy/:organization/requests/:reference/identity',
    params: ofRequest,
    act: async (call) => {
      const visit = await visitOf(call);
      return visit.inside ? proofPage(call, visit, visit.inside) : { redirect: visit.here };
    },
  }),
  proofForm({
    form: 'disputed',
    body: disputedPoints,
    limit: 'form',
    flash: 'identity.flash.disputed',
    send: ({ body }, person) => sayDisputed(person, body.disputed),
  }),
  proofForm({
    form: 'points',
    body: typedPoints,
    limit: 'code',
    flash: 'identity.flash.points',
    send: (call, person) => tryPoints(person, call.cookie(PERSON_COOKIE) ?? '', call.body),
  }),
  proofForm({
    form: 'declaration',
    body: declaration,
    limit: 'form',
    flash: 'identity.flash.declaration',
    send: ({ language, body, params }, person) => {
      const words = declarationWords(language, person.organization, params.reference);
      return declareAsPerson(person, { words, name: body.name });
    },
  }),
  proofForm({
    form: 'document',
    limit: 'form',
    uploads: true,
    flash: 'identity.flash.document',
    send: ({ files }, person) => {
      const [file] = files;
      if (!file) {
        throw invalidField('document', 'document.missing', 'document is missing');
      }
      return sendDocument(person, file.content);
    },
  }),
];
