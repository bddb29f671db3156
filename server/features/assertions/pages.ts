import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import type { Language } from '../../language.ts';
import { centreUrl } from '../../centre.ts';
import { namedErrorList, type Errors, type Typed } from '../../typed.ts';
import type { StaffMember } from '../staff/service.ts';
import { addIssuer, changeIssuer, issuerById, issuersOf, removeIssuer } from './issuers.ts';
import { algorithms, type IssuerRow } from './model.ts';
import { issuerId, issuerSettings } from './schema.ts';
import { audienceOf } from './verifying.ts';
import type { Types } from 'mongoose';

const PATH = '/o/:organization/settings/sign-in';

const homeOf = ({ organization }: StaffMember) => `/o/${organization.slug}/settings/sign-in`;

type AnyCall<P = unknown> = StaffCall<P, unknown, unknown>;

/** What an issuer's page must know of us. */
const addresses = ({ organization }: StaffMember) => ({
  audience: audienceOf(organization),
  target: `${centreUrl(organization)}/signed-in`,
});

function formOf(language: Language, typed: Typed, errors: Errors) {
  const chosen = [typed.algorithms ?? []].flat();
  return {
    values: typed,
    errors,
    algorithms: algorithms.map((value) => ({
      value,
      title: value,
      description: language.t(`assertions.algorithm.${value}`),
      checked: chosen.includes(value),
    })),
    errorList: namedErrorList(language, 'assertions.field', errors),
  };
}

async function listView(call: AnyCall): Promise<Answer> {
  const { staff, language } = call;
  const here = homeOf(staff);
  const issuers = await issuersOf(staff.organizationId);
  return {
    page: 'assertions/list',
    model: {
      tabs: settingsTabs(staff, language, 'issuers'),
      mayChange: mayDo(staff.role, 'channels:write'),
      newUrl: `${here}/new`,
      ...addresses(staff),
      issuers: issuers.map(({ _id, name, issuer, algorithms: agreed }) => ({
        name,
        text: `${issuer} · ${agreed.join(', ')}`,
        href: `${here}/${_id.toHexString()}`,
      })),
    },
  };
}

const newView = (
  { staff, language }: AnyCall,
  typed: Typed = { algorithms: ['EdDSA', 'ES256'] },
  errors: Errors = {},
): Promise<Answer> =>
  Promise.resolve({
    page: 'assertions/new',
    model: {
      back: { href: homeOf(staff), label: language.t('assertions.list.title') },
      action: homeOf(staff),
      mayChange: true,
      ...formOf(language, typed, errors),
    },
  });

const typedOf = ({ name, issuer, origins, algorithms: agreed, ...rest }: IssuerRow): Typed => ({
  name,
  issuer,
  origins: origins.join('\n'),
  algorithms: agreed,
  jwksUrl: rest.jwksUrl ?? '',
  jwks: rest.jwks ?? '',
  signInUrl: rest.signInUrl ?? '',
});

async function issuerView(
  { staff, language, params }: AnyCall<{ issuer: Types.ObjectId }>,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const row = await issuerById(staff.organizationId, params.issuer);
  const here = `${homeOf(staff)}/${params.issuer.toHexString()}`;
  const mayChange = mayDo(staff.role, 'channels:write');
  return {
    page: 'assertions/issuer',
    model: {
      title: row.name,
      back: { href: homeOf(staff), label: language.t('assertions.list.title') },
      action: here,
      mayChange,
      ...(mayChange && { removeUrl: `${here}/remove` }),
      ...formOf(language, typed ?? typedOf(row), errors),
    },
  };
}

/** The systems that may sign people in to the privacy centre, in an organisation's settings. */
export const issuerPages: readonly Door[] = [
  staffPage('channels:read', { method: 'get', path: PATH, act: listView }),
  staffPage('channels:write', {
    method: 'get',
    path: `${PATH}/new`,
    act: (call) => newView(call),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: PATH,
    body: issuerSettings,
    act: async ({ staff, body }) => {
      await addIssuer(staff, body);
      return { redirect: homeOf(staff), flash: 'assertions.flash.added' };
    },
    onInvalid: (call, { values, errors }) => newView(call, values, errors),
  }),
  staffPage('channels:read', {
    method: 'get',
    path: `${PATH}/:issuer`,
    params: issuerId,
    act: (call) => issuerView(call),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/:issuer`,
    params: issuerId,
    body: issuerSettings,
    act: async ({ staff, params, body }) => {
      await changeIssuer(staff, params.issuer, body);
      return { redirect: homeOf(staff), flash: 'assertions.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => issuerView(call, values, errors),
  }),
  staffPage('channels:write', {
    method: 'post',
    path: `${PATH}/:issuer/remove`,
    params: issuerId,
    act: async ({ staff, params }) => {
      await removeIssuer(staff, params.issuer);
      return { redirect: homeOf(staff), flash: 'assertions.flash.removed' };
    },
  }),
];
