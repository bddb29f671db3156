import Joi from 'joi';
import { defaults } from '../../../config/defaults.ts';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { line, newClientKey } from '../../wire.ts';
import { centrePage, centrePath, inCentre, type InCentre } from '../../centre.ts';
import { errorList } from '../../typed.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { askedCookie, codeIsAsked, filedHere, forgetFiled } from './filed.ts';
import {
  askForCode,
  askForPackageCode,
  enterByCode,
  fetchAnswer,
  leavePortal,
  personOf,
  requestForPerson,
  withdrawRequest,
  writeAsPerson,
  type Entry,
  type Person,
  type PersonView,
} from './portal.ts';
import { portalView } from './portal-view.ts';
import { proofNotice } from './proof-view.ts';
import { readReference } from './reference.ts';
import { newMessage, versioned, type NewMessage, type Versioned } from './schema.ts';

export const PERSON_COOKIE = 'person';

export interface OfRequest extends InCentre {
  reference: string;
}
export const ofRequest = inCentre.append<OfRequest>({ reference: line(40).required() });

export type PortalCall<B = unknown> = Call<OfRequest, unknown, B>;

export interface Visit {
  organization: Organization;
  reference: string;
  /** The address of the request's page. */
  here: string;
  /** Who has entered this very request, in this browser. */
  inside: { person: Person; view: PersonView } | null;
}

/** @throws Problem not-found for what cannot be a reference. */
export async function visitOf(call: PortalCall): Promise<Visit> {
  const { params } = call;
  const organization = await organizationBySlug(params.organization);
  const reference = readReference(params.reference);
  if (reference === null) throw new Problem('not-found', 'This is not a reference.');
  const person = await personOf(organization, call.cookie(PERSON_COOKIE), reference);
  const view = person ? await requestForPerson(person) : null;
  return {
    organization,
    reference,
    here: `${centrePath(organization)}/requests/${reference}`,
    inside: person && view?.reference === reference ? { person, view } : null,
  };
}

/** Sets the cookie of a visit and leads inside. */
export const enter = (
  organization: Organization,
  { token, reference, verified }: Entry,
): Answer => ({
  redirect: `${centrePath(organization)}/requests/${reference}`,
  cookies: [
    { name: PERSON_COOKIE, value: token, maxAgeSeconds: defaults.session.lifeHours * 3600 },
    forgetFiled,
  ],
  ...(verified && { flash: 'portal.flash.confirmed' }),
});

interface Refused {
  error?: string;
  /** What was written when the visit had ended: it is shown, so that nothing typed is lost. */
  kept?: string;
  /** The visit ended before this was sent. */
  ended?: boolean;
}

export function entrance(
  call: PortalCall,
  { organization, reference, here }: Visit,
  { error, kept, ended = false }: Refused = {},
): Answer {
  const { language } = call;
  const filed = filedHere(call, reference);
  const byDay = (day: string) => language.t('portal.fresh.byDay', { day: language.day(day) });
  return {
    ...centrePage(organization, language, 'portal/enter', here, {
      ...(filed && {
        title: language.t(
          `portal.fresh.title${filed.isDone ? 'Done' : filed.needsProof ? '' : 'NoProof'}`,
        ),
      }),
      reference,
      filed,
      acknowledgeBy: filed?.acknowledgeBy ? byDay(filed.acknowledgeBy) : null,
      answerBy: filed && !filed.isDone ? byDay(filed.answerBy) : null,
      askAction: `${here}/code`,
      enterAction: `${here}/enter`,
      startUrl: centrePath(organization),
      // Without a request just sent or a code just asked for, the first step is to ask for one.
      codeFirst: filed?.needsProof === true || error !== undefined || codeIsAsked(call, reference),
      enterSubmit: language.t(
        filed?.needsProof === true ? 'portal.fresh.submit' : 'portal.enter.submit',
      ),
      error,
      kept,
      ended,
    }),
    ...(error !== undefined && { status: 422 }),
  };
}

export function inside(
  { language }: PortalCall,
  { organization, reference, here, inside: visitor }: Visit,
  view: PersonView,
  refused: {
    values?: Record<string, unknown>;
    errors?: Record<string, string>;
    conflict?: boolean;
    packageError?: string;
  } = {},
): Answer {
  const { values = {}, errors = {}, conflict = false, packageError } = refused;
  const seesAll = (visitor?.person.level ?? 0) >= 2;
  return centrePage(organization, language, 'portal/request', here, {
    ...portalView(language, organization, view, here),
    proof: proofNotice(language, view, here),
    wide: true,
    person: {
      text: language.t('portal.request.person', { reference }),
      signOutUrl: `${here}/leave`,
    },
    ownUrl: seesAll ? `${centrePath(organization)}/requests` : null,
    messageAction: `${here}/messages`,
    withdrawAction: `${here}/withdraw`,
    confirmAction: `${here}/confirm-deletion`,
    appealKey: newClientKey(),
    statementKey: newClientKey(),
    formKey: values.formKey ?? newClientKey(),
    values,
    errors,
    conflict,
    packageError,
    errorList: [
      ...errorList(errors, ['text', 'appeal', 'statement']),
      ...(packageError === undefined ? [] : [{ href: '#package-code', text: packageError }]),
    ],
  });
}

async function showRequest(call: PortalCall): Promise<Answer> {
  const visit = await visitOf(call);
  return visit.inside ? inside(call, visit, visit.inside.view) : entrance(call, visit);
}

async function sendCode(call: PortalCall): Promise<Answer> {
  const { organization, reference, here } = await visitOf(call);
  await askForCode(organization, reference);
  return { redirect: here, flash: 'portal.flash.codeSent', cookies: [askedCookie(reference)] };
}

async function enterWithCode(call: PortalCall<{ code: string }>): Promise<Answer> {
  const visit = await visitOf(call);
  try {
    const entry = await enterByCode(visit.organization, visit.reference, call.body.code);
    return enter(visit.organization, entry);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'wrong-code') throw error;
    return entrance(call, visit, { error: call.language.t('portal.enter.wrongCode') });
  }
}

/** What a visitor may do inside; an ended visit leads back to the entrance with what was typed. */
export async function actInside(
  call: PortalCall,
  kept: string | undefined,
  flash: string,
  move: (person: Person) => Promise<unknown>,
): Promise<Answer> {
  const visit = await visitOf(call);
  if (!visit.inside)
    return { ...entrance(call, visit, { kept: kept ?? '', ended: true }), status: 401 };
  try {
    await move(visit.inside.person);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409) throw error;
    const now = await visitOf(call);
    if (!now.inside) throw error;
    const notice = { conflict: true, values: { text: kept } };
    const answer = inside(call, now, now.inside.view, notice);
    return { ...answer, status: 409 };
  }
  return { redirect: visit.here, flash };
}

/** The answer as a file for the code of a mail; the page again when the code is wrong. */
async function download(call: PortalCall<{ code: string }>): Promise<Answer> {
  const visit = await visitOf(call);
  if (!visit.inside) return { ...entrance(call, visit, { ended: true }), status: 401 };
  try {
    return { file: await fetchAnswer(visit.inside.person, call.body.code) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'wrong-code') throw error;
    const packageError = call.language.t('portal.enter.wrongCode');
    return { ...inside(call, visit, visit.inside.view, { packageError }), status: 422 };
  }
}

const codeBody = Joi.object<{ code: string }>({ code: line(40).required() });

/** Where a person follows one request. */
export const portalPages: Door[] = [
  publicPage<OfRequest>({
    method: 'get',
    path: '/privacy/:organization/requests/:reference',
    params: ofRequest,
    act: showRequest,
  }),
  publicPage<OfRequest>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/code',
    params: ofRequest,
    limit: 'code',
    act: sendCode,
  }),
  publicPage<OfRequest, Record<string, never>, { code: string }>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/enter',
    params: ofRequest,
    body: codeBody,
    limit: 'code',
    act: enterWithCode,
    onInvalid: async (call) =>
      entrance(call, await visitOf(call), { error: call.language.t('privacy.error.code') }),
  }),
  publicPage<OfRequest, Record<string, never>, NewMessage>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/messages',
    params: ofRequest,
    body: newMessage,
    limit: 'form',
    act: (call) =>
      actInside(call, call.body.text, 'portal.flash.messageSent', (person) =>
        writeAsPerson(person, call.body),
      ),
    onInvalid: async (call, { values }) => {
      const visit = await visitOf(call);
      if (!visit.inside) return entrance(call, visit);
      const errors = { text: call.language.t('privacy.error.text') };
      return inside(call, visit, visit.inside.view, { values, errors });
    },
  }),
  publicPage<OfRequest, Record<string, never>, Versioned>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/withdraw',
    params: ofRequest,
    body: versioned,
    act: (call) =>
      actInside(call, undefined, 'portal.flash.withdrawn', (person) =>
        withdrawRequest(person, call.body),
      ),
  }),
  publicPage<OfRequest>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/package/code',
    params: ofRequest,
    limit: 'code',
    act: (call) => actInside(call, undefined, 'portal.flash.codeSent', askForPackageCode),
  }),
  publicPage<OfRequest, Record<string, never>, { code: string }>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/package',
    params: ofRequest,
    body: codeBody,
    limit: 'code',
    act: download,
    onInvalid: async (call) => {
      const visit = await visitOf(call);
      if (!visit.inside) return entrance(call, visit);
      const packageError = call.language.t('privacy.error.code');
      return inside(call, visit, visit.inside.view, { packageError });
    },
  }),
  publicPage<OfRequest>({
    method: 'post',
    path: '/privacy/:organization/requests/:reference/leave',
    params: ofRequest,
    act: async (call) => {
      const organization = await organizationBySlug(call.params.organization);
      const token = call.cookie(PERSON_COOKIE);
      if (token !== undefined) await leavePortal(organization, token);
      return {
        redirect: centrePath(organization),
        cookies: [{ name: PERSON_COOKIE, value: null }],
        flash: 'portal.flash.left',
      };
    },
  }),
];
