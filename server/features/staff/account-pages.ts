import { accountPage, type AccountCall, type Answer, type Door } from '../../http/doors.ts';
import { SESSION_COOKIE } from '../../http/open-doors.ts';
import { languageCodes, languageOf, type Language } from '../../language.ts';
import { namedErrorList } from '../../typed.ts';
import { ofId } from '../../wire.ts';
import type { StaffSessionRow } from './model.ts';
import { PASSWORD_MIN } from './password-rules.ts';
import { changePassword, changeProfile } from './profile.ts';
import { passwordChange, profile } from './schema.ts';
import { recoveryCodesLeft } from './second-factor.ts';
import { sessionsOf } from './sessions.ts';
import { revokeOtherSessions, revokeSession } from './sign-in.ts';

/** How long ago something was; sessions never live for longer than hours. */
function ago(at: Date, { code }: Language): string {
  const minutes = Math.round((Date.now() - at.getTime()) / 60_000);
  const format = new Intl.RelativeTimeFormat(code, { numeric: 'auto' });
  return minutes < 60
    ? format.format(-minutes, 'minute')
    : format.format(-Math.round(minutes / 60), 'hour');
}

const sessionView = (language: Language, present: string) => (row: StaffSessionRow) => ({
  device: language.t('staff.account.device', {
    browser: language.t(`staff.account.browser.${row.browser}`),
    platform: language.t(`staff.account.platform.${row.platform}`),
  }),
  at: row.lastSeenAt.toISOString(),
  seen: ago(row.lastSeenAt, language),
  began: ago(row.createdAt, language),
  isPresent: row._id.toHexString() === present,
  revokeUrl: `/staff/account/sessions/${row._id.toHexString()}/revoke`,
});

type AnyCall = AccountCall<unknown, unknown, unknown>;

async function accountView({ account, language }: AnyCall): Promise<Answer> {
  const sessions = await sessionsOf(account.id);
  const recovery = account.hasSecondFactor ? await recoveryCodesLeft(account) : 0;
  return {
    page: 'staff/account',
    layout: 'plain',
    model: {
      wide: true,
      values: { name: account.name, language: account.language },
      email: account.email,
      mailLanguages: languageCodes.map((code) => ({
        value: code,
        label: languageOf(code).t('layout.languageName'),
      })),
      min: PASSWORD_MIN,
      secondFactor: account.hasSecondFactor && {
        left: language.t('staff.account.recovery', { count: recovery }),
        tone: recovery < 3 ? 'warning' : 'neutral',
      },
      sessions: sessions.map(sessionView(language, account.sessionId.toHexString())),
      hasOthers: sessions.length > 1,
    },
  };
}

async function refusedView(
  call: AnyCall,
  { values, errors }: { values: Record<string, unknown>; errors: Record<string, string> },
): Promise<Answer> {
  const view = (await accountView(call)) as Extract<Answer, { page: string }>;
  const known = (view.model as { values: object }).values;
  return {
    ...view,
    model: {
      ...view.model,
      values: { ...known, ...values },
      errors,
      errorList: namedErrorList(call.language, 'staff.field', errors),
    },
  };
}

/** What one may change about one's own account. */
export const accountPages: readonly Door[] = [
  accountPage({ method: 'get', path: '/staff/account', act: accountView }),
  accountPage({
    method: 'post',
    path: '/staff/account/profile',
    body: profile,
    act: async ({ account, body }) => {
      await changeProfile(account, body);
      return { redirect: '/staff/account', flash: 'staff.flash.saved' };
    },
    onInvalid: refusedView,
  }),
  accountPage({
    method: 'post',
    path: '/staff/account/password',
    body: passwordChange,
    limit: 'sign-in',
    act: async ({ account, body, userAgent }) => {
      const token = await changePassword(account, body, userAgent);
      return {
        redirect: '/staff/account',
        flash: 'staff.flash.password-changed',
        cookies: [{ name: SESSION_COOKIE, value: token }],
      };
    },
    onInvalid: (call, { errors }) => refusedView(call, { values: {}, errors }),
  }),
  accountPage({
    method: 'post',
    path: '/staff/account/sessions/:id/revoke',
    params: ofId,
    act: async ({ account, params }) => {
      await revokeSession(account, params.id);
      return { redirect: '/staff/account', flash: 'staff.flash.session-ended' };
    },
  }),
  accountPage({
    method: 'post',
    path: '/staff/account/sessions/revoke-others',
    act: async ({ account }) => {
      await revokeOtherSessions(account);
      return { redirect: '/staff/account', flash: 'staff.flash.sessions-ended' };
    },
  }),
];
