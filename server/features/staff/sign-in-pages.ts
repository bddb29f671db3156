import { accountPage, publicPage, type Answer, type Door, type Knock } from '../../http/doors.ts';
import { SESSION_COOKIE } from '../../http/open-doors.ts';
import { Problem } from '../../problem.ts';
import { namedErrorList } from '../../typed.ts';
import { becomeFirstAdministrator, checkFirstLink } from './first-administrator.ts';
import { PASSWORD_MIN } from './password-rules.ts';
import { credentials, linkToken, newPerson, onwards, secondStep, typedCode } from './schema.ts';
import { accountOf } from './service.ts';
import {
  checkTicket,
  finishSignIn,
  newDeviceProof,
  SECOND_STEP_MINUTES,
  signIn,
  signOut,
  type Device,
  type SignedIn,
} from './sign-in.ts';

const TICKET_COOKIE = 'second-step';
const DEVICE_COOKIE = 'device';
const DEVICE_DAYS = 180;

const deviceOf = (call: Knock): Device => ({
  userAgent: call.userAgent,
  proof: call.cookie(DEVICE_COOKIE),
  formerSession: call.cookie(SESSION_COOKIE),
});

const letIn = ({ sessionToken, accountId }: SignedIn, to: string): Answer => ({
  redirect: to,
  cookies: [
    { name: SESSION_COOKIE, value: sessionToken },
    { name: TICKET_COOKIE, value: null },
    {
      name: DEVICE_COOKIE,
      value: newDeviceProof(accountId),
      maxAgeSeconds: DEVICE_DAYS * 86_400,
    },
  ],
});

const withTo = (path: string, to: string) =>
  to === '/staff' ? path : `${path}?to=${encodeURIComponent(to)}`;

/** Shows a form again after wrong details or too many tries, with one sentence for both kinds of account. */
function refused(error: unknown, { language }: Knock, page: string, model: object): Answer {
  if (!(error instanceof Problem)) throw error;
  const isWrong = error.problem === 'wrong-credentials';
  if (!isWrong && error.problem !== 'too-many-requests') throw error;
  const minutes = Math.ceil((error.retryAfterSeconds ?? 60) / 60);
  return {
    page,
    status: error.status,
    headers: isWrong ? {} : { 'Retry-After': String(error.retryAfterSeconds ?? 60) },
    model: {
      ...model,
      refusal: isWrong
        ? language.t(`${page.replaceAll('/', '.')}.wrong`)
        : language.t('staff.wait', { count: minutes }),
    },
  };
}

const signInModel = (to: string, values: object = {}) => ({
  action: withTo('/staff/sign-in', to),
  values,
});

const signInDoors = [
  publicPage({
    method: 'get',
    path: '/staff/sign-in',
    query: onwards,
    act: async (call) => {
      const token = call.cookie(SESSION_COOKIE);
      if (token !== undefined && (await accountOf(token))) return { redirect: call.query.to };
      return { page: 'staff/sign-in', model: signInModel(call.query.to) };
    },
  }),
  publicPage({
    method: 'post',
    path: '/staff/sign-in',
    query: onwards,
    body: credentials,
    limit: 'sign-in',
    act: async (call) => {
      const { to } = call.query;
      try {
        const outcome = await signIn(call.body, deviceOf(call));
        if ('sessionToken' in outcome) return letIn(outcome, to);
        return {
          redirect: withTo('/staff/sign-in/code', to),
          cookies: [
            {
              name: TICKET_COOKIE,
              value: outcome.ticket,
              maxAgeSeconds: SECOND_STEP_MINUTES * 60,
            },
          ],
        };
      } catch (error) {
        const { email } = call.body;
        return refused(error, call, 'staff/sign-in', signInModel(to, { email }));
      }
    },
    onInvalid: ({ query, language }, { values, errors }) =>
      Promise.resolve({
        page: 'staff/sign-in',
        model: {
          ...signInModel(query.to, { email: values.email }),
          errors,
          errorList: namedErrorList(language, 'staff.field', errors),
        },
      }),
  }),
];

const secondStepModel = ({ query }: { query: { to: string; with: string } }) => {
  const isRecovery = query.with === 'recovery';
  const urlOf = (kind: string) =>
    `/staff/sign-in/code?with=${kind}&to=${encodeURIComponent(query.to)}`;
  return {
    isRecovery,
    action: urlOf(isRecovery ? 'recovery' : 'app'),
    otherUrl: urlOf(isRecovery ? 'app' : 'recovery'),
  };
};

const secondStepDoors = [
  publicPage({
    method: 'get',
    path: '/staff/sign-in/code',
    query: secondStep,
    act: async (call) => {
      const ticket = call.cookie(TICKET_COOKIE);
      if (ticket === undefined) return { redirect: withTo('/staff/sign-in', call.query.to) };
      await checkTicket(ticket);
      return { page: 'staff/second-step', model: secondStepModel(call) };
    },
  }),
  publicPage({
    method: 'post',
    path: '/staff/sign-in/code',
    query: secondStep,
    body: typedCode,
    limit: 'sign-in',
    act: async (call) => {
      try {
        const ticket = call.cookie(TICKET_COOKIE) ?? '';
        return letIn(await finishSignIn(ticket, call.body.code, deviceOf(call)), call.query.to);
      } catch (error) {
        return refused(error, call, 'staff/second-step', secondStepModel(call));
      }
    },
    onInvalid: (call, { errors }) =>
      Promise.resolve({ page: 'staff/second-step', model: { ...secondStepModel(call), errors } }),
  }),
  publicPage({
    method: 'post',
    path: '/staff/sign-out',
    act: async (call) => {
      const token = call.cookie(SESSION_COOKIE);
      if (token !== undefined) await signOut(token);
      return {
        redirect: '/staff/sign-in',
        flash: 'staff.flash.signed-out',
        cookies: [{ name: SESSION_COOKIE, value: null }],
      };
    },
  }),
];

const firstDoors = [
  publicPage({
    method: 'get',
    path: '/staff/first/:token',
    params: linkToken,
    act: async ({ params, path }) => {
      await checkFirstLink(params.token);
      return { page: 'staff/first', model: { action: path, min: PASSWORD_MIN } };
    },
  }),
  publicPage({
    method: 'post',
    path: '/staff/first/:token',
    params: linkToken,
    body: newPerson,
    limit: 'sign-in',
    act: async ({ params, body, language, userAgent }) => {
      const visit = { language: language.code, userAgent };
      const sessionToken = await becomeFirstAdministrator(params.token, body, visit);
      return {
        redirect: '/staff',
        flash: 'staff.flash.welcome',
        cookies: [{ name: SESSION_COOKIE, value: sessionToken }],
      };
    },
    onInvalid: ({ path, language }, { values, errors }) =>
      Promise.resolve({
        page: 'staff/first',
        model: {
          action: path,
          min: PASSWORD_MIN,
          values,
          errors,
          errorList: namedErrorList(language, 'staff.field', errors),
        },
      }),
  }),
];

/** The start of staff: their organisations, or straight into the only one. */
const homeDoor = accountPage({
  method: 'get',
  path: '/staff',
  act: ({ account, language }) => {
    const { memberships, isInstallationAdministrator } = account;
    const [only] = memberships;
    if (only && memberships.length === 1 && !isInstallationAdministrator) {
      return Promise.resolve({ redirect: `/o/${only.slug}` });
    }
    return Promise.resolve({
      page: 'staff/home',
      layout: 'plain',
      model: {
        organizations: memberships.map(({ slug, name, role }) => ({
          name,
          href: `/o/${slug}`,
          role: language.t(`staff.role.${role}.name`),
        })),
        isInstallationAdministrator,
      },
    });
  },
});

export const signInPages: readonly Door[] = [
  ...signInDoors,
  ...secondStepDoors,
  ...firstDoors,
  homeDoor,
];
