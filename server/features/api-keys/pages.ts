import { machineScopes, mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import type { Language } from '../../language.ts';
import { namedErrorList, type Errors, type Typed } from '../../typed.ts';
import { memberNames, type StaffMember } from '../staff/service.ts';
import { apiKeyId, newApiKey } from './schema.ts';
import {
  apiKeyById,
  apiKeysOf,
  createApiKey,
  hasEnded,
  revokeApiKey,
  type ApiKeyRow,
} from './service.ts';

const PATH = '/o/:organization/settings/api-keys';

const homeOf = ({ organization }: StaffMember) => `/o/${organization.slug}/settings/api-keys`;

const scopeName = (language: Language, scope: string) => language.t(`api-keys.scope.${scope}.name`);

function formOf(language: Language, typed: Typed, errors: Errors) {
  const chosen = [typed.scopes ?? []].flat();
  return {
    scopes: machineScopes.map((scope) => ({
      value: scope,
      title: scopeName(language, scope),
      description: language.t(`api-keys.scope.${scope}.text`),
      checked: chosen.includes(scope),
    })),
    values: typed,
    errors,
    errorList: namedErrorList(language, 'api-keys.field', errors),
  };
}

function stateOf(language: Language, staff: StaffMember, row: ApiKeyRow) {
  if (row.revokedAt) return { text: language.t('api-keys.state.revoked'), tone: 'neutral' };
  if (hasEnded(row, staff.organization)) {
    return { text: language.t('api-keys.state.ended'), tone: 'neutral' };
  }
  return { text: language.t('api-keys.state.open'), tone: 'success' };
}

const usedText = (language: Language, { usedOn }: ApiKeyRow) =>
  usedOn === null ? language.t('api-keys.list.unused') : language.day(usedOn);

async function listView(
  { staff, language }: StaffCall<unknown, unknown, unknown>,
  typed: Typed = {},
  errors: Errors = {},
): Promise<Answer> {
  const here = homeOf(staff);
  const keys = await apiKeysOf(staff.organizationId);
  return {
    page: 'api-keys/list',
    model: {
      tabs: settingsTabs(staff, language, 'api-keys'),
      action: here,
      mayChange: mayDo(staff.role, 'channels:write'),
      columns: ['name', 'scopes', 'used', 'state'].map((column) => ({
        label: language.t(`api-keys.column.${column}`),
      })),
      rows: keys.map((row) => ({
        cells: [
          { text: row.name, sub: `…${row.ending}`, href: `${here}/${row._id.toHexString()}` },
          { text: row.scopes.map((scope) => scopeName(language, scope)).join(', ') },
          { text: usedText(language, row) },
          { badge: stateOf(language, staff, row) },
        ],
      })),
      ...formOf(language, typed, errors),
    },
  };
}

const showKey = staffPage('channels:read', {
  method: 'get',
  path: `${PATH}/:key`,
  params: apiKeyId,
  act: async ({ staff, language, params }) => {
    const row = await apiKeyById(staff.organizationId, params.key);
    const maker = row.createdBy.toHexString();
    const names = await memberNames(staff.organizationId, [maker]);
    const { timeZone } = staff.organization;
    const moment = (at: Date) => ({ text: language.moment(at, timeZone), at: at.toISOString() });
    const fact = (name: string) => language.t(`api-keys.fact.${name}`);
    const here = `${homeOf(staff)}/${params.key.toHexString()}`;
    return {
      page: 'api-keys/key',
      model: {
        title: row.name,
        badge: stateOf(language, staff, row),
        back: { href: homeOf(staff), label: language.t('api-keys.list.title') },
        facts: [
          { term: fact('ending'), text: `…${row.ending}`, code: true },
          {
            term: fact('scopes'),
            text: row.scopes.map((scope) => scopeName(language, scope)).join(', '),
          },
          { term: fact('created'), ...moment(row.createdAt), sub: names.get(maker) },
          {
            term: fact('lastOn'),
            text: row.lastOn === null ? fact('noEnd') : language.day(row.lastOn),
          },
          { term: fact('used'), text: usedText(language, row) },
          ...(row.revokedAt ? [{ term: fact('revoked'), ...moment(row.revokedAt) }] : []),
        ],
        ...(row.revokedAt === null &&
          mayDo(staff.role, 'channels:write') && { revokeUrl: `${here}/revoke` }),
      },
    };
  },
});

/** The keys of machines, in an organisation's settings. */
export const apiKeyPages: readonly Door[] = [
  staffPage('channels:read', { method: 'get', path: PATH, act: (call) => listView(call) }),
  staffPage('channels:write', {
    method: 'post',
    path: PATH,
    body: newApiKey,
    act: async ({ staff, body, language }) => ({
      page: 'api-keys/made',
      model: {
        back: { href: homeOf(staff), label: language.t('api-keys.list.title') },
        key: await createApiKey(staff, body),
      },
    }),
    onInvalid: (call, { values, errors }) => listView(call, values, errors),
  }),
  showKey,
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/:key/revoke`,
    params: apiKeyId,
    act: async ({ staff, params }) => {
      await revokeApiKey(staff, params.key);
      return { redirect: homeOf(staff), flash: 'api-keys.flash.revoked' };
    },
  }),
];
