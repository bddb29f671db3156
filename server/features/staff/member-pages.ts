import { mayDo, roles, type Role } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { namedErrorList } from '../../typed.ts';
import { ofId } from '../../wire.ts';
import { inviteStaff, invitationsOf, resendInvitation, revokeInvitation } from './invitations.ts';
import { changeRole, endMembership, memberById, membersOf } from './memberships.ts';
import { invitation, roleChange } from './schema.ts';

const PATH = '/o/:organization/staff';

type AnyCall = StaffCall<unknown, unknown, unknown>;

const listUrl = ({ staff }: AnyCall) => `/o/${staff.organization.slug}/staff`;

const roleOptions = (language: Language) =>
  roles.map((role) => ({
    value: role,
    title: language.t(`staff.role.${role}.name`),
    description: language.t(`staff.role.${role}.description`),
  }));

const roleName = (language: Language, role: Role) => language.t(`staff.role.${role}.name`);

async function membersView(
  call: AnyCall,
  refused: { values?: object; errors?: Record<string, string> } = {},
): Promise<Answer> {
  const { staff, language } = call;
  const { organizationId, organization } = staff;
  const here = listUrl(call);
  const [members, invitations] = await Promise.all([
    membersOf(organizationId),
    invitationsOf(organizationId),
  ]);
  return {
    page: 'staff/members',
    model: {
      subtitle: language.t('staff.members.count', { count: members.length }),
      columns: ['name', 'role', 'second-factor'].map((column) => ({
        label: language.t(`staff.members.column.${column}`),
      })),
      rows: members.map(({ accountId, name, email, role, hasSecondFactor }) => ({
        cells: [
          { text: name, sub: email, href: `${here}/${accountId.toHexString()}` },
          { text: roleName(language, role) },
          {
            badge: {
              text: language.t(`staff.second-factor.${hasSecondFactor ? 'on' : 'off'}`),
              tone: hasSecondFactor ? 'success' : 'neutral',
            },
          },
        ],
      })),
      invitations: invitations.map(({ id, email, role, expiresAt, isExpired }) => ({
        email,
        text: language.t(`staff.members.invitation.${isExpired ? 'expired' : 'open'}`, {
          role: roleName(language, role),
          until: language.moment(expiresAt, organization.timeZone),
        }),
        isExpired,
        resendUrl: `${here}/invitations/${id.toHexString()}/resend`,
        revokeUrl: `${here}/invitations/${id.toHexString()}/revoke`,
      })),
      mayChange: mayDo(staff.role, 'staff:write'),
      inviteUrl: `${here}/invitations`,
      roles: roleOptions(language),
      values: { role: 'agent' },
      ...refused,
      errorList: namedErrorList(language, 'staff.field', refused.errors ?? {}),
    },
  };
}

const memberDoors = [
  staffPage('staff:read', {
    method: 'get',
    path: `${PATH}/:id`,
    params: ofId,
    act: async (call) => {
      const { staff, language, params } = call;
      const member = await memberById(staff.organizationId, params.id);
      const here = `${listUrl(call)}/${params.id.toHexString()}`;
      const zone = staff.organization.timeZone;
      return {
        page: 'staff/member',
        model: {
          title: member.name,
          back: { href: listUrl(call), label: language.t('staff.members.title') },
          facts: [
            { term: language.t('staff.field.email'), text: member.email },
            {
              term: language.t('staff.member.joined'),
              text: language.moment(member.joinedAt, zone),
              at: member.joinedAt.toISOString(),
            },
            {
              term: language.t('staff.members.column.second-factor'),
              badge: {
                text: language.t(`staff.second-factor.${member.hasSecondFactor ? 'on' : 'off'}`),
                tone: member.hasSecondFactor ? 'success' : 'neutral',
              },
            },
          ],
          role: member.role,
          roleName: roleName(language, member.role),
          roles: roleOptions(language),
          mayChange: mayDo(staff.role, 'staff:write'),
          roleUrl: `${here}/role`,
          removeUrl: `${here}/remove`,
          removeText: language.t('staff.member.remove-text', {
            name: member.name,
            organization: staff.organization.name,
          }),
        },
      };
    },
  }),
  staffPage('staff:write', {
    method: 'post',
    path: `${PATH}/:id/role`,
    params: ofId,
    body: roleChange,
    act: async (call) => {
      await changeRole(call.staff, call.params.id, call.body.role);
      return { redirect: listUrl(call), flash: 'staff.flash.role-changed' };
    },
  }),
  staffPage('staff:write', {
    method: 'post',
    path: `${PATH}/:id/remove`,
    params: ofId,
    act: async (call) => {
      await endMembership(call.staff, call.params.id);
      const isSelf = call.params.id.equals(call.staff.account.id);
      return { redirect: isSelf ? '/staff' : listUrl(call), flash: 'staff.flash.removed' };
    },
  }),
];

/** Who works for an organisation, and who is invited. */
export const memberPages: readonly Door[] = [
  staffPage('staff:read', { method: 'get', path: PATH, act: (call) => membersView(call) }),
  staffPage('staff:write', {
    method: 'post',
    path: `${PATH}/invitations`,
    body: invitation,
    limit: 'form',
    act: async (call) => {
      await inviteStaff(call.staff, call.body);
      return { redirect: listUrl(call), flash: 'staff.flash.invited' };
    },
    onInvalid: (call, { values, errors }) => membersView(call, { values, errors }),
  }),
  staffPage('staff:write', {
    method: 'post',
    path: `${PATH}/invitations/:id/resend`,
    params: ofId,
    limit: 'form',
    act: async (call) => {
      await resendInvitation(call.staff, call.params.id);
      return { redirect: listUrl(call), flash: 'staff.flash.invited' };
    },
  }),
  staffPage('staff:write', {
    method: 'post',
    path: `${PATH}/invitations/:id/revoke`,
    params: ofId,
    act: async (call) => {
      await revokeInvitation(call.staff, call.params.id);
      return { redirect: listUrl(call), flash: 'staff.flash.revoked' };
    },
  }),
  ...memberDoors,
];
