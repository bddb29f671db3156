import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import type { Language } from '../../language.ts';
import { namedErrorList, type Errors, type Typed } from '../../typed.ts';
import type { StaffMember } from '../staff/service.ts';
import {
  addAgent,
  agentById,
  agentsOf,
  businessIdOf,
  changeAgent,
  contactOf,
  removeAgent,
  setBusinessId,
} from './directory.ts';
import { agentRowId, agentSettings, business, newAgent } from './schema.ts';

const PATH = '/o/:organization/settings/agent-network';

const homeOf = ({ organization }: StaffMember) => `/o/${organization.slug}/settings/agent-network`;

type AnyCall<P = unknown> = StaffCall<P, unknown, unknown>;

const formOf = (language: Language, typed: Typed, errors: Errors) => ({
  values: typed,
  errors,
  errorList: namedErrorList(language, 'agent-network.field', errors),
});

async function listView(
  { staff, language }: AnyCall,
  typed: Typed = {},
  errors: Errors = {},
): Promise<Answer> {
  const { organization, organizationId } = staff;
  const here = homeOf(staff);
  const [agents, businessId] = await Promise.all([
    agentsOf(organizationId),
    businessIdOf(organization),
  ]);
  return {
    page: 'agent-network/list',
    model: {
      tabs: settingsTabs(staff, language, 'agent-network'),
      mayChange: mayDo(staff.role, 'channels:write'),
      action: here,
      businessAction: `${here}/business`,
      apiBase: `${config.publicUrl}/drp/${organization.slug}`,
      agents: agents.map(({ _id, name, agentId, tokenPrint }) => ({
        name,
        text: language.t(`agent-network.list.${tokenPrint === undefined ? 'quiet' : 'ready'}`, {
          agentId,
        }),
        href: `${here}/${_id.toHexString()}`,
      })),
      ...formOf(language, { businessId, ...typed }, errors),
    },
  };
}

async function agentView(
  { staff, language, params }: AnyCall<{ agent: Types.ObjectId }>,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const row = await agentById(staff.organizationId, params.agent);
  const { name, verifyKey, webUrl, agentId } = row;
  const here = `${homeOf(staff)}/${params.agent.toHexString()}`;
  const mayChange = mayDo(staff.role, 'channels:write');
  const known = { name, verifyKey, webUrl, contact: await contactOf(staff.organization, row) };
  return {
    page: 'agent-network/agent',
    model: {
      title: name,
      eyebrow: agentId,
      back: { href: homeOf(staff), label: language.t('agent-network.list.title') },
      action: here,
      mayChange,
      ...(mayChange && { removeUrl: `${here}/remove` }),
      ...formOf(language, typed ?? known, errors),
    },
  };
}

/** The agents of the network whose requests are taken, in an organisation's settings. */
export const agentNetworkPages: readonly Door[] = [
  staffPage('channels:read', { method: 'get', path: PATH, act: (call) => listView(call) }),
  staffPage('channels:write', {
    method: 'post',
    path: PATH,
    body: newAgent,
    act: async ({ staff, body }) => {
      await addAgent(staff, body);
      return { redirect: homeOf(staff), flash: 'agent-network.flash.added' };
    },
    onInvalid: (call, { values, errors }) => listView(call, values, errors),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/business`,
    body: business,
    act: async ({ staff, body }) => {
      await setBusinessId(staff, body.businessId);
      return { redirect: homeOf(staff), flash: 'agent-network.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => listView(call, values, errors),
  }),
  staffPage('channels:read', {
    method: 'get',
    path: `${PATH}/:agent`,
    params: agentRowId,
    act: (call) => agentView(call),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/:agent`,
    params: agentRowId,
    body: agentSettings,
    act: async ({ staff, params, body }) => {
      await changeAgent(staff, params.agent, body);
      return { redirect: homeOf(staff), flash: 'agent-network.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => agentView(call, values, errors),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/:agent/remove`,
    params: agentRowId,
    act: async ({ staff, params }) => {
      await removeAgent(staff, params.agent);
      return { redirect: homeOf(staff), flash: 'agent-network.flash.removed' };
    },
  }),
];
