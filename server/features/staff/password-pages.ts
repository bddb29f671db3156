import { publicPage, type Door } from '../../http/doors.ts';
import { namedErrorList } from '../../typed.ts';
import { PASSWORD_MIN } from './password-rules.ts';
import { askForReset, checkResetLink, resetPassword } from './profile.ts';
import { address, linkToken, newPassword } from './schema.ts';

/** A forgotten password: ask for a link, then set a new one by it. */
export const passwordPages: readonly Door[] = [
  publicPage({
    method: 'get',
    path: '/staff/forgot',
    act: () => Promise.resolve({ page: 'staff/forgot' }),
  }),
  publicPage({
    method: 'post',
    path: '/staff/forgot',
    body: address,
    limit: 'form',
    act: async ({ body }) => {
      await askForReset(body.email);
      return { redirect: '/staff/forgot/sent' };
    },
    onInvalid: (_call, { values, errors }) =>
      Promise.resolve({ page: 'staff/forgot', model: { values, errors } }),
  }),
  publicPage({
    method: 'get',
    path: '/staff/forgot/sent',
    act: () => Promise.resolve({ page: 'staff/forgot-sent' }),
  }),
  publicPage({
    method: 'get',
    path: '/staff/reset/:token',
    params: linkToken,
    act: async ({ params, path }) => {
      await checkResetLink(params.token);
      return { page: 'staff/reset', model: { action: path, min: PASSWORD_MIN } };
    },
  }),
  publicPage({
    method: 'post',
    path: '/staff/reset/:token',
    params: linkToken,
    body: newPassword,
    limit: 'form',
    act: async ({ params, body }) => {
      await resetPassword(params.token, body.password);
      return { redirect: '/staff/sign-in', flash: 'staff.flash.password-reset' };
    },
    onInvalid: ({ path, language }, { errors }) =>
      Promise.resolve({
        page: 'staff/reset',
        model: {
          action: path,
          min: PASSWORD_MIN,
          errors,
          errorList: namedErrorList(language, 'staff.field', errors),
        },
      }),
  }),
];
