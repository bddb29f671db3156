import { Types } from 'mongoose';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { inventoryHome, inventoryTabs } from '../../http/inventory-tabs.ts';
import type { Language } from '../../language.ts';
import { namedErrorList, textOf, type Errors, type Typed } from '../../typed.ts';
import { localDay } from '../../deadlines/days.ts';
import type { StaffMember } from '../staff/service.ts';
import { endings, servingRoles } from './model.ts';
import { agreementEdit, agreementParams, type AgreementParams } from './schema.ts';
import {
  addAgreement,
  agreementById,
  agreementsOf,
  changeAgreement,
  isInForce,
  type Agreement,
} from './service.ts';

const PATH = '/o/:organization/inventory/agreements';
const homeOf = (staff: StaffMember) => `${inventoryHome(staff)}/agreements`;

function rowOf(language: Language, agreement: Agreement, home: string, today: string) {
  const { t, day } = language;
  const { endsOn, startsOn, role, forwardDays } = agreement;
  const span = endsOn === null ? t('agreements.since', { day: day(startsOn) }) : null;
  return {
    cells: [
      {
        text: agreement.name,
        sub: t(`inventory.role.${role}`),
        href: `${home}/${agreement._id.toHexString()}`,
      },
      { text: agreement.contactName === '' ? agreement.email : agreement.contactName },
      { text: span ?? t('agreements.span', { from: day(startsOn), to: day(endsOn ?? startsOn) }) },
      { text: t('agreements.forward', { count: forwardDays ?? 1 }) },
      isInForce(agreement, today)
        ? { badge: { text: t('agreements.in-force'), tone: 'success' } }
        : { badge: { text: t('agreements.not-in-force') } },
    ],
  };
}

async function showRegister({
  staff,
  language,
}: StaffCall<unknown, unknown, unknown>): Promise<Answer> {
  const { t } = language;
  const home = homeOf(staff);
  const today = localDay(new Date(), staff.organization.timeZone);
  const agreements = await agreementsOf(staff.organizationId);
  return {
    page: 'agreements/list',
    model: {
      title: t('inventory.title'),
      tabs: inventoryTabs(staff, language, 'agreements'),
      add: mayDo(staff.role, 'inventory:write') && { href: `${home}/new` },
      table: agreements.length > 0 && {
        caption: t('agreements.title'),
        columns: ['customer', 'contact', 'term', 'forwarding', 'state'].map((column) => ({
          label: t(`agreements.column.${column}`),
        })),
        rows: agreements.map((agreement) => rowOf(language, agreement, home, today)),
      },
    },
  };
}

const fresh: Typed = { version: 0, ending: 'return-or-destroy' };

async function showAgreement(
  { staff, language, params }: StaffCall<AgreementParams, unknown, unknown>,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const { t } = language;
  const id = params.agreement === 'new' ? null : new Types.ObjectId(params.agreement);
  const agreement = id && (await agreementById(staff.organizationId, id));
  const home = homeOf(staff);
  const values: Typed = typed ?? (agreement ? { ...agreement } : fresh);
  const options = (words: string, all: readonly string[]) =>
    all.map((value) => ({ value, label: t(`${words}.${value}`) }));
  const field = (name: string, more: object = {}) => ({
    id: name,
    label: t(`agreements.field.${name}`),
    value: textOf(values[name]),
    error: errors[name],
    autocomplete: 'off',
    ...more,
  });
  const days = { kind: 'number', min: '1', optional: true, short: true };
  return {
    page: 'agreements/agreement',
    model: {
      title: agreement ? agreement.name : t('agreements.add'),
      back: { href: home, label: t('agreements.title') },
      action: `${home}/${params.agreement}`,
      mayChange: mayDo(staff.role, 'inventory:write'),
      version: textOf(values.version),
      who: [
        field('name'),
        field('contactName', { optional: true }),
        field('email', { kind: 'email', hint: t('agreements.hint.email') }),
        field('phone', { kind: 'tel', optional: true }),
      ],
      role: field('role', {
        kind: 'select',
        placeholder: t('inventory.choose'),
        options: options('inventory.role', servingRoles),
      }),
      term: [
        field('startsOn', { kind: 'date' }),
        field('endsOn', { kind: 'date', optional: true, hint: t('agreements.hint.endsOn') }),
      ],
      periods: [
        field('forwardDays', { ...days, max: '30', hint: t('agreements.hint.forwardDays') }),
        field('breachNoticeDays', {
          ...days,
          max: '60',
          hint: t('agreements.hint.breachNoticeDays'),
        }),
      ],
      ending: field('ending', { kind: 'select', options: options('agreements.ending', endings) }),
      errorList: namedErrorList(language, 'agreements.field', errors),
    },
  };
}

/** The register of those for whom the organisation holds data. */
export const agreementPages: readonly Door[] = [
  staffPage('inventory:read', { method: 'get', path: PATH, act: showRegister }),
  staffPage<AgreementParams>('inventory:read', {
    method: 'get',
    path: `${PATH}/:agreement`,
    params: agreementParams,
    act: (call) => showAgreement(call),
  }),
  staffPage('inventory:write', {
    method: 'post',
    path: `${PATH}/:agreement`,
    params: agreementParams,
    body: agreementEdit,
    act: async ({ staff, params, body: { version, ...edit } }) => {
      if (params.agreement === 'new') await addAgreement(staff, edit);
      else await changeAgreement(staff, new Types.ObjectId(params.agreement), version, edit);
      return { redirect: homeOf(staff), flash: 'agreements.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => showAgreement(call, values, errors),
  }),
];
