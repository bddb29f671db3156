import Joi from 'joi';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { newToken } from '../../security/tokens.ts';
import { clientKey, line, newClientKey } from '../../wire.ts';
import { centrePage, centrePath, inCentre, type InCentre } from '../../centre.ts';
import { errorList } from '../../typed.ts';
import {
  AssertionRefused,
  endSignedInSession,
  issuersOf,
  nonceFor,
  type AssertionFault,
} from '../assertions/service.ts';
import { countryOptions, partGroups } from '../explain/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { sendsSignal } from './gpc.ts';
import { asksForHealth, readChoice, rightsOffered } from './choice.ts';
import { enter, ofRequest, type OfRequest } from './portal-pages.ts';
import type { NewRequest } from './schema.ts';
import {
  enterSignedIn,
  fileSignedIn,
  nameAndAddress,
  openOwnRequest,
  ownRequests,
  signedInAs,
  type SignedIn,
} from './signed-in.ts';
import { refreshUrl, signedInView } from './signed-in-view.ts';

const SESSION = 'signed-in';
/** What this browser takes along through the host's sign-in, so that it comes back to the same one. */
const BROWSER = 'sign-in-browser';
const PATH = '/privacy/:organization/signed-in';

type AnyCall<P extends InCentre = InCentre> = Call<P, unknown, unknown>;

const homeOf = (organization: Organization) => `${centrePath(organization)}/signed-in`;

/** The signed-in person of this browser, or null. */
export const signedInHere = (
  { cookie }: Pick<AnyCall, 'cookie'>,
  organization: Organization,
): Promise<SignedIn | null> => signedInAs(organization, cookie(SESSION), cookie(BROWSER));

/** Where somebody who is not signed in learns where to do so. */
async function entrance(
  call: AnyCall,
  organization: Organization,
  { fault = null, ended = false }: { fault?: AssertionFault | null; ended?: boolean } = {},
): Promise<Answer> {
  const { language } = call;
  const browserToken = call.cookie(BROWSER) ?? newToken();
  const issuers = await issuersOf(organization._id);
  return {
    ...centrePage(organization, language, 'signed-in/enter', homeOf(organization), {
      issuers: issuers.flatMap(({ name, signInUrl }) =>
        signInUrl === null
          ? []
          : [
              {
                href: refreshUrl(signInUrl, nonceFor(browserToken)),
                label: language.t('signed-in.enter.at', { name }),
              },
            ],
      ),
      startUrl: centrePath(organization),
      fault: fault && language.t(`signed-in.fault.${fault}`),
      ended,
    }),
    cookies: [{ name: BROWSER, value: browserToken, maxAgeSeconds: 3600 }],
    ...(fault && { status: 401 }),
  };
}

/** Shows the inside to whoever is signed in, and to others where to do so. */
async function whenSignedIn(
  call: AnyCall,
  show: (person: SignedIn) => Promise<Answer>,
): Promise<Answer> {
  const organization = await organizationBySlug(call.params.organization);
  const person = await signedInHere(call, organization);
  return person ? show(person) : entrance(call, organization, { ended: true });
}

/** What every page shows of a signed-in person; `refresh` when the sign-in is too old for most rights. */
export const frameOf = (person: SignedIn, language: Language) => ({
  person: {
    text: person.name === '' ? person.email : person.name,
    signOutUrl: `${homeOf(person.organization)}/leave`,
  },
  refresh: !person.isFresh && {
    text: language.t('signed-in.stale.text', { name: person.issuer.name }),
    url: person.issuer.signInUrl,
    label: language.t('signed-in.enter.at', { name: person.issuer.name }),
  },
});

async function home(call: AnyCall): Promise<Answer> {
  const organization = await organizationBySlug(call.params.organization);
  const person = await signedInHere(call, organization);
  if (!person) return entrance(call, organization);
  const { language, region } = call;
  const requests = await ownRequests(person);
  return centrePage(organization, language, 'signed-in/home', homeOf(organization), {
    wide: true,
    ...frameOf(person, language),
    ...signedInView(language, person, requests),
    values: { country: region?.slice(0, 2) ?? '', state: region?.slice(3) ?? '' },
    action: `${centrePath(organization)}/request`,
    rights: rightsOffered(organization).map((right) => ({
      value: right,
      label: language.t(`privacy.right.${right}.title`),
    })),
    countries: countryOptions(language),
    states: partGroups(language),
    asksForHealth: asksForHealth(organization),
    canDelete: organization.rights.includes('deletion'),
    deleteUrl: `${homeOf(organization)}/delete`,
  });
}

async function takeAssertion(
  call: Call<InCentre, unknown, { assertion: string }>,
): Promise<Answer> {
  const organization = await organizationBySlug(call.params.organization);
  try {
    const { assertion } = call.body;
    const knocking = { assertion, origin: call.origin, signal: sendsSignal(call) };
    const token = await enterSignedIn(organization, knocking, call.language);
    return {
      redirect: homeOf(organization),
      cookies: [{ name: SESSION, value: token, maxAgeSeconds: 3600 }],
    };
  } catch (error) {
    if (!(error instanceof AssertionRefused)) throw error;
    return entrance(call, organization, { fault: error.fault });
  }
}

interface Deletion {
  formKey: string;
  country: string;
  state: string;
  confirmed: string;
}
const deletion = Joi.object<Deletion>({
  formKey: clientKey.required(),
  country: line(2).allow('').default(''),
  state: line(2).allow('').default(''),
  confirmed: line(3).allow('').default(''),
});

function deletePage(
  { language, region }: AnyCall,
  person: SignedIn,
  { values = {}, errors = {} }: { values?: object; errors?: Record<string, string> } = {},
): Answer {
  const { organization } = person;
  const here = `${homeOf(organization)}/delete`;
  return {
    ...centrePage(organization, language, 'signed-in/delete', here, {
      ...frameOf(person, language),
      back: { href: homeOf(organization), label: language.t('signed-in.delete.back') },
      text: language.t('signed-in.delete.text', {
        organization: organization.name,
        email: person.email,
      }),
      isFresh: person.isFresh,
      action: here,
      values: {
        formKey: newClientKey(),
        country: region?.slice(0, 2) ?? '',
        state: region?.slice(3) ?? '',
        ...values,
      },
      errors,
      errorList: errorList(errors, ['country', 'state', 'confirmed']),
      countries: countryOptions(language),
      states: partGroups(language),
    }),
    ...(Object.keys(errors).length > 0 && { status: 422 }),
  };
}

async function deleteAccount(
  call: Call<InCentre, unknown, Deletion>,
  person: SignedIn,
): Promise<Answer> {
  const { body, language } = call;
  const { organization } = person;
  const { country, state, confirmed, formKey } = body;
  const read = readChoice(organization, { right: 'deletion', country, state, health: '' });
  const missing = 'missing' in read ? read.missing : [];
  if (missing.includes('right')) throw new Problem('not-found', 'Deletion is not offered here.');
  const errors = Object.fromEntries([
    ...missing.map((field) => [field, language.t(`privacy.error.${field}`)] as const),
    ...(confirmed === 'yes'
      ? []
      : [['confirmed', language.t('signed-in.delete.missing')] as const]),
  ]);
  if (!('chosen' in read) || confirmed !== 'yes') {
    return deletePage(call, person, { values: body, errors });
  }
  const input = {
    ...read.chosen,
    formKey,
    name: nameAndAddress(person).name,
    email: '',
    details: '',
  };
  const { reference } = await fileSignedIn(
    person,
    { ...input, answers: {} },
    { language: language.code, confirmedAt: new Date() },
  );
  return openRequest(person, reference);
}

/** Leads a signed-in person into the portal of a request of theirs. */
export async function openRequest(person: SignedIn, reference: string): Promise<Answer> {
  const token = await openOwnRequest(person, reference);
  return enter(person.organization, { token, reference, verified: false });
}

/** Files what the form of the privacy centre says for somebody who is signed in. */
export async function sendSignedIn(
  person: SignedIn,
  input: NewRequest,
  language: Language,
): Promise<Answer> {
  await fileSignedIn(
    person,
    { ...input, name: nameAndAddress(person).name },
    { language: language.code },
  );
  return { redirect: homeOf(person.organization), flash: 'signed-in.flash.filed' };
}

const whenFresh = (call: AnyCall, act: (person: SignedIn) => Promise<Answer>) =>
  whenSignedIn(call, async (person) => {
    try {
      return await act(person);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'sign-in-again') throw error;
      return { redirect: homeOf(person.organization), flash: 'signed-in.flash.stale' };
    }
  });

/** Where people come who are signed in to a service of the organisation. */
export const signedInPages: Door[] = [
  publicPage<InCentre>({ method: 'get', path: PATH, params: inCentre, act: home }),
  publicPage<InCentre, Record<string, never>, { assertion: string }>({
    method: 'post',
    path: PATH,
    params: inCentre,
    body: Joi.object<{ assertion: string }>({ assertion: Joi.string().max(16_384).required() }),
    limit: 'sign-in',
    fromOtherSites: true,
    act: takeAssertion,
    onInvalid: async (call) =>
      entrance(call, await organizationBySlug(call.params.organization), { fault: 'malformed' }),
  }),
  publicPage<InCentre>({
    method: 'get',
    path: `${PATH}/delete`,
    params: inCentre,
    act: (call) => whenSignedIn(call, (person) => Promise.resolve(deletePage(call, person))),
  }),
  publicPage<InCentre, Record<string, never>, Deletion>({
    method: 'post',
    path: `${PATH}/delete`,
    params: inCentre,
    body: deletion,
    limit: 'form',
    act: (call) => whenFresh(call, (person) => deleteAccount(call, person)),
  }),
  publicPage<OfRequest>({
    method: 'post',
    path: `${PATH}/requests/:reference`,
    params: ofRequest,
    act: (call) => whenFresh(call, (person) => openRequest(person, call.params.reference)),
  }),
  publicPage<InCentre>({
    method: 'post',
    path: `${PATH}/leave`,
    params: inCentre,
    act: async (call) => {
      const organization = await organizationBySlug(call.params.organization);
      const token = call.cookie(SESSION);
      if (token !== undefined) await endSignedInSession(organization, token);
      return {
        redirect: centrePath(organization),
        cookies: [{ name: SESSION, value: null }],
        flash: 'portal.flash.left',
      };
    },
  }),
];
