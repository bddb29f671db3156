import { accountPage, publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { SESSION_COOKIE } from '../../http/open-doors.ts';
import { namedErrorList } from '../../typed.ts';
import { openInvitation } from './invitations.ts';
import { joinWithAccount, joinWithNewAccount } from './joining.ts';
import { PASSWORD_MIN } from './password-rules.ts';
import { invitedPerson, linkToken } from './schema.ts';
import { accountOf } from './service.ts';

type InvitationCall = Call<{ token: string }, unknown, unknown>;

async function invitationView(
  call: InvitationCall,
  refused: { values?: object; errors?: Record<string, string> } = {},
): Promise<Answer> {
  const { params, language } = call;
  const { row, email, organization, hasAccount } = await openInvitation(params.token);
  const session = call.cookie(SESSION_COOKIE);
  const account = session === undefined ? null : await accountOf(session);
  const path = `/staff/invitation/${params.token}`;
  return {
    page: 'staff/invitation',
    model: {
      title: language.t('staff.invitation.heading', { name: organization.name }),
      role: language.t(`staff.role.${row.role}.name`),
      roleText: language.t(`staff.role.${row.role}.description`),
      email,
      account,
      mustSignIn: !account && hasAccount,
      action: path,
      joinUrl: `${path}/join`,
      signInUrl: `/staff/sign-in?to=${encodeURIComponent(path)}`,
      min: PASSWORD_MIN,
      ...refused,
      errorList: namedErrorList(language, 'staff.field', refused.errors ?? {}),
    },
  };
}

/** What an invited person meets: a form for a new account, or a button for an existing one. */
export const invitationPages: readonly Door[] = [
  publicPage({
    method: 'get',
    path: '/staff/invitation/:token',
    params: linkToken,
    act: (call) => invitationView(call),
  }),
  publicPage({
    method: 'post',
    path: '/staff/invitation/:token',
    params: linkToken,
    body: invitedPerson,
    limit: 'sign-in',
    act: async ({ params, body, language, userAgent }) => {
      const visit = { language: language.code, userAgent };
      const { sessionToken, slug } = await joinWithNewAccount(params.token, body, visit);
      return {
        redirect: `/o/${slug}`,
        flash: 'staff.flash.welcome',
        cookies: [{ name: SESSION_COOKIE, value: sessionToken }],
      };
    },
    onInvalid: (call, { values, errors }) => invitationView(call, { values, errors }),
  }),
  accountPage({
    method: 'post',
    path: '/staff/invitation/:token/join',
    params: linkToken,
    act: async ({ params, account }) => ({
      redirect: `/o/${await joinWithAccount(params.token, account)}`,
      flash: 'staff.flash.welcome',
    }),
  }),
];
