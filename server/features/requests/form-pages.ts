import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import { centrePage, centrePath, inCentre, type InCentre } from '../../centre.ts';
import { errorList, sentencesOf } from '../../typed.ts';
import { identityRules } from '../identity/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { askedFields, checkAnswers } from './asked-questions.ts';
import { choiceAsQuery, choiceQuery, readChoice, type Choice, type ChosenRight } from './choice.ts';
import { filedCookie } from './filed.ts';
import { submitRequest } from './intake.ts';
import { explainPreview } from './preview-view.ts';
import { previewRequest } from './preview.ts';
import { customerField, passedOnText } from './relation-view.ts';
import { newRequest, type NewRequest } from './schema.ts';
import { frameOf, sendSignedIn, signedInHere } from './signed-in-pages.ts';
import { nameAndAddress, needsFreshSignIn, type SignedIn } from './signed-in.ts';
import { startPage, type RefusedForm } from './start-page.ts';

interface Asked {
  chosen: ChosenRight;
  person: SignedIn | null;
}

async function formPage(
  organization: Organization,
  language: Language,
  { chosen, person }: Asked,
  { values, errors: refused }: RefusedForm,
): Promise<Answer> {
  const here = `${centrePath(organization)}/request?${choiceAsQuery(chosen)}`;
  const preview = previewRequest(organization, chosen);
  const { levels } = await identityRules(organization._id);
  const { questions, fields, errors, names } = await askedFields(organization, language, chosen, {
    typed: values.answers,
    errors: sentencesOf(language, 'privacy.error', refused),
  });
  return centrePage(organization, language, 'privacy/request', here, {
    ...explainPreview(organization, language, chosen, {
      ...preview,
      level: levels[chosen.right][chosen.dataClass === 'ordinary' ? 'ordinary' : 'sensitive'],
      questions,
      isSignedIn: person !== null,
    }),
    passedOn: passedOnText(language, organization, preview),
    customer: customerField(language, chosen.relation, { values, errors }),
    questions: fields,
    action: here,
    back: { href: centrePath(organization), label: language.t('privacy.request.back') },
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
    errorList: errorList(errors, ['customer', ...names, 'name', 'email', 'details']),
    policyUrl: organization.policyUrl,
  });
}

async function showForm(
  call: Call<InCentre, Choice, unknown>,
  refused: RefusedForm,
): Promise<Answer> {
  const { params, language, region } = call;
  const organization = await organizationBySlug(params.organization);
  // A link from elsewhere names the right alone: where somebody is, is known or asked.
  const isLinked = call.query.country === null;
  const [country = '', state = ''] = region?.split('-') ?? [];
  const query = isLinked ? { ...call.query, country, state } : call.query;
  const read = readChoice(organization, query);
  if ('chosen' in read) {
    const person = await signedInHere(call, organization);
    return formPage(organization, language, { chosen: read.chosen, person }, refused);
  }
  // The language switch of another page, or an address typed by hand.
  if (query.right === '' && isLinked) return { redirect: centrePath(organization) };
  const errors = Object.fromEntries(
    read.missing
      .filter((field) => !isLinked || field === 'right')
      .map((field) => [field, language.t(`privacy.error.${field}`)]),
  );
  return startPage(organization, language, region, { values: { ...query }, errors });
}

async function sendRequest(call: Call<InCentre, Choice, NewRequest>): Promise<Answer> {
  const { params, language } = call;
  const organization = await organizationBySlug(params.organization);
  const person = await signedInHere(call, organization);
  if (person && !person.isFresh && needsFreshSignIn(call.body.right)) {
    const { right, country, state, dataClass, relation = 'own' } = call.body;
    const chosen = { right, country, state, dataClass, relation };
    const refused = { values: { ...call.body }, errors: {} };
    return {
      ...(await formPage(organization, language, { chosen, person }, refused)),
      status: 403,
    };
  }
  const input = await checkAnswers(organization, call.body);
  if (person) return sendSignedIn(person, input, language);
  const { deadlines } = previewRequest(organization, input);
  const { reference, ...filed } = await submitRequest(
    organization,
    input,
    language.code,
    call.network,
  );
  return {
    redirect: `${centrePath(organization)}/requests/${reference}`,
    cookies: [filedCookie({ reference, deadlines, ...filed })],
  };
}

/** The form of a request: it asks only what the chosen right needs. */
export const formPages: Door[] = [
  publicPage<InCentre, Choice>({
    method: 'get',
    path: '/privacy/:organization/request',
    params: inCentre,
    query: choiceQuery,
    act: (call) => showForm(call, { values: {}, errors: {} }),
  }),
  publicPage<InCentre, Choice, NewRequest>({
    method: 'post',
    path: '/privacy/:organization/request',
    params: inCentre,
    query: choiceQuery,
    body: newRequest,
    limit: 'form',
    act: sendRequest,
    onInvalid: showForm,
  }),
];
