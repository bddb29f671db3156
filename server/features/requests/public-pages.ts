import Joi from 'joi';
import type { RightId } from '../../../config/rights.ts';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { line, newClientKey } from '../../wire.ts';
import { issuersOf } from '../assertions/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { centrePage, errorList } from './centre-frame.ts';
import {
  asksForHealth,
  choiceAsQuery,
  choiceQuery,
  countryOptions,
  readChoice,
  rightsOffered,
  stateOptions,
  type Choice,
  type ChosenRight,
} from './choice.ts';
import { askedCookie, filedCookie } from './filed.ts';
import { forwardingPages } from './forwarding-pages.ts';
import { previewRequest, submitRequest } from './intake.ts';
import { linkPages } from './link-pages.ts';
import { askForCode } from './portal.ts';
import { detailsAreOptional, explainPreview } from './preview-view.ts';
import { newReference, readReference } from './reference.ts';
import { newRequest, type NewRequest } from './schema.ts';
import { frameOf, sendSignedIn, signedInHere } from './signed-in-pages.ts';
import { nameAndAddress, needsFreshSignIn, type SignedIn } from './signed-in.ts';

interface OfOrganization {
  organization: string;
}
const ofOrganization = Joi.object<OfOrganization>({ organization: line(60).required() });

/** A reference that looks right and is nobody's: it only shows the form of one. */
const EXAMPLE = newReference();

const homeOf = ({ slug }: Organization) => `/privacy/${slug}`;

const rightIcons: Record<RightId, string> = {
  access: 'eye',
  correction: 'pencil',
  deletion: 'trash',
  portability: 'move',
  objection: 'hand',
  restriction: 'pause',
  'access-categories': 'eye',
  'consent-withdrawal': 'hand',
  'marketing-opt-out': 'hand',
  'sale-opt-out': 'hand',
  'limit-sensitive': 'pause',
  'disclosure-accounting': 'eye',
  amendment: 'pencil',
  'automated-review': 'eye',
  appeal: 'send',
  complaint: 'send',
  'child-report': 'send',
  'security-report': 'send',
};

interface Refused {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

async function startPage(
  organization: Organization,
  language: Language,
  region: string | null,
  { values, errors }: Refused,
): Promise<Answer> {
  const rights = rightsOffered(organization);
  const issuers = await issuersOf(organization._id);
  return centrePage(organization, language, 'privacy/start', homeOf(organization), {
    values: { country: region?.slice(0, 2) ?? '', state: region?.slice(3) ?? '', ...values },
    errors,
    errorList: errorList(errors, ['right', 'country', 'state', 'reference']),
    action: `${homeOf(organization)}/request`,
    followAction: `${homeOf(organization)}/follow`,
    agentUrl: `${homeOf(organization)}/agent`,
    rights: rights.map((right) => ({
      value: right,
      title: language.t(`privacy.right.${right}.title`),
      icon: rightIcons[right],
      description: language.t(`privacy.right.${right}.text`),
    })),
    countries: countryOptions(language),
    states: stateOptions(language),
    asksForHealth: asksForHealth(organization),
    example: EXAMPLE,
    signedInUrl: issuers.length > 0 && `${homeOf(organization)}/signed-in`,
  });
}

function formPage(
  organization: Organization,
  language: Language,
  chosen: ChosenRight,
  { values, errors }: Refused,
  person: SignedIn | null,
): Answer {
  const here = `${homeOf(organization)}/request?${choiceAsQuery(chosen)}`;
  const preview = previewRequest(organization, chosen);
  return centrePage(organization, language, 'privacy/request', here, {
    ...explainPreview(organization, language, chosen, preview),
    action: here,
    back: { href: homeOf(organization), label: language.t('privacy.request.back') },
    hidden: Object.entries({ ...chosen, state: chosen.state ?? '' }).map(([name, value]) => ({
      name,
      value,
    })),
    values: {
      ...values,
      ...(person && nameAndAddress(person)),
      formKey: values.formKey ?? newClientKey(),
    },
    ...(person && {
      signedIn: language.t('signed-in.form.text', { email: person.email }),
      person: frameOf(person, language).person,
      refresh: needsFreshSignIn(chosen.right) && frameOf(person, language).refresh,
    }),
    errors,
    errorList: errorList(errors, ['name', 'email', 'details']),
    policyUrl: organization.policyUrl,
  });
}

/** Which sentence a refused field of the form gets. */
function formErrors(language: Language, errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(errors).map((field) => {
      const key = `privacy.error.${field}`;
      return [field, language.t(language.has(key) ? key : 'privacy.error.other')];
    }),
  );
}

const refusal = (field: string) =>
  new Problem('invalid', 'See errors.', {
    errors: [{ pointer: `/${field}`, code: 'any.required', detail: `${field} cannot be used` }],
  });

async function showForm(
  call: Call<OfOrganization, Choice, unknown>,
  refused: Refused,
): Promise<Answer> {
  const { params, query, language, region } = call;
  const organization = await organizationBySlug(params.organization);
  const read = readChoice(organization, query);
  if ('chosen' in read) {
    const person = await signedInHere(call, organization);
    return formPage(organization, language, read.chosen, refused, person);
  }
  // The language switch of another page, or an address typed by hand.
  if (query.right === '' && query.country === null) return { redirect: homeOf(organization) };
  const errors = Object.fromEntries(
    read.missing.map((field) => [field, language.t(`privacy.error.${field}`)]),
  );
  return startPage(organization, language, region, { values: { ...query }, errors });
}

async function sendRequest(call: Call<OfOrganization, Choice, NewRequest>): Promise<Answer> {
  const { params, language, body } = call;
  if (body.details === '' && !detailsAreOptional(body.right)) throw refusal('details');
  const organization = await organizationBySlug(params.organization);
  const person = await signedInHere(call, organization);
  if (person && !person.isFresh && needsFreshSignIn(body.right)) {
    const { right, country, state, dataClass } = body;
    const chosen = { right, country, state, dataClass };
    const refused = { values: { ...body }, errors: {} };
    return { ...formPage(organization, language, chosen, refused, person), status: 403 };
  }
  if (person) return sendSignedIn(person, body, language);
  const { deadlines } = previewRequest(organization, body);
  const { reference, needsProof } = await submitRequest(
    organization,
    body,
    language.code,
    call.network,
  );
  return {
    redirect: `${homeOf(organization)}/requests/${reference}`,
    cookies: [filedCookie({ reference, needsProof, deadlines })],
  };
}

interface Following {
  reference: string;
}

async function followRequest({
  params,
  body,
}: Call<OfOrganization, unknown, Following>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const reference = readReference(body.reference);
  if (reference === null) throw refusal('reference');
  await askForCode(organization, reference);
  return {
    redirect: `${homeOf(organization)}/requests/${reference}`,
    flash: 'portal.flash.codeSent',
    cookies: [askedCookie(reference)],
  };
}

/** Where a request begins: the privacy centre, its form, and the links of its mails. */
export const publicPages: Door[] = [
  ...linkPages,
  ...forwardingPages,
  publicPage<OfOrganization>({
    method: 'get',
    path: '/privacy/:organization',
    params: ofOrganization,
    act: async ({ params, language, region }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values: {},
        errors: {},
      }),
  }),
  publicPage<OfOrganization, Choice>({
    method: 'get',
    path: '/privacy/:organization/request',
    params: ofOrganization,
    query: choiceQuery,
    act: (call) => showForm(call, { values: {}, errors: {} }),
  }),
  publicPage<OfOrganization, Choice, NewRequest>({
    method: 'post',
    path: '/privacy/:organization/request',
    params: ofOrganization,
    query: choiceQuery,
    body: newRequest,
    limit: 'form',
    act: sendRequest,
    onInvalid: (call, { values, errors }) =>
      showForm(call, { values, errors: formErrors(call.language, errors) }),
  }),
  publicPage<OfOrganization, Record<string, never>, Following>({
    method: 'post',
    path: '/privacy/:organization/follow',
    params: ofOrganization,
    body: Joi.object<Following>({ reference: line(40).required() }),
    limit: 'code',
    act: followRequest,
    onInvalid: async ({ params, language, region }, { values, errors }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values,
        errors: formErrors(language, errors),
      }),
  }),
];
