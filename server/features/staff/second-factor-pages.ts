import { accountPage, type AccountCall, type Answer, type Door } from '../../http/doors.ts';
import { namedErrorList } from '../../typed.ts';
import { currentPassword, proof, typedCode } from './schema.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  pendingSecret,
  recoveryCodesLeft,
  renewRecoveryCodes,
} from './second-factor.ts';
import { drawSecret } from './totp.ts';

const PATH = '/staff/account/second-factor';

type AnyCall = AccountCall<unknown, unknown, unknown>;

const codesPage = (codes: string[]): Answer => ({
  page: 'staff/recovery-codes',
  layout: 'plain',
  model: { codes },
});

async function secondFactorView({ account, language }: AnyCall): Promise<Answer> {
  const page = 'staff/second-factor';
  if (account.hasSecondFactor) {
    const left = language.t('staff.account.recovery', { count: await recoveryCodesLeft(account) });
    return { page, layout: 'plain', model: { isOn: true, left } };
  }
  const secret = await pendingSecret(account);
  const drawn = secret === null ? null : await drawSecret(secret, account.email);
  return { page, layout: 'plain', model: { drawn } };
}

async function refusedView(
  call: AnyCall,
  { errors }: { errors: Record<string, string> },
): Promise<Answer> {
  const view = (await secondFactorView(call)) as Extract<Answer, { page: string }>;
  return {
    ...view,
    model: {
      ...view.model,
      errors,
      errorList: namedErrorList(call.language, 'staff.field', errors),
    },
  };
}

/** Sets up an authenticator app, renews its recovery codes, and turns it off. */
export const secondFactorPages: readonly Door[] = [
  accountPage({ method: 'get', path: PATH, act: secondFactorView }),
  accountPage({
    method: 'post',
    path: `${PATH}/begin`,
    body: currentPassword,
    limit: 'sign-in',
    act: async ({ account, body }) => {
      await beginSecondFactor(account, body.current);
      return { redirect: PATH };
    },
    onInvalid: refusedView,
  }),
  accountPage({
    method: 'post',
    path: `${PATH}/confirm`,
    body: typedCode,
    limit: 'sign-in',
    // The one form that answers with a page: these codes are shown only now.
    act: async ({ account, body }) => codesPage(await confirmSecondFactor(account, body.code)),
    onInvalid: refusedView,
  }),
  accountPage({
    method: 'post',
    path: `${PATH}/recovery-codes`,
    body: proof,
    limit: 'sign-in',
    act: async ({ account, body: { current, code } }) =>
      codesPage(await renewRecoveryCodes(account, { password: current, code })),
    onInvalid: refusedView,
  }),
  accountPage({
    method: 'post',
    path: `${PATH}/end`,
    body: proof,
    limit: 'sign-in',
    act: async ({ account, body: { current, code } }) => {
      await endSecondFactor(account, { password: current, code });
      return { redirect: '/staff/account', flash: 'staff.flash.second-factor-off' };
    },
    onInvalid: refusedView,
  }),
];
