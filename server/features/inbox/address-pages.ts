import { config } from '../../../config/index.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import {
  addInboundAddress,
  inboundAddressesOf,
  mayChangeAddresses,
  removeInboundAddress,
} from './addresses.ts';
import { draftId, newAddress, type DraftId, type NewAddress } from './schema.ts';

const PATH = '/o/:organization/inbox/addresses';
const homeOf = (slug: string) => `/o/${slug}/inbox/addresses`;

async function showAddresses(
  { staff, language }: StaffCall<unknown, unknown, unknown>,
  values: Record<string, unknown> = {},
  errors: Record<string, string> = {},
): Promise<Answer> {
  const { slug } = staff.organization;
  const rows = await inboundAddressesOf(staff.organizationId);
  return {
    page: 'inbox/addresses',
    model: {
      back: { href: `/o/${slug}/inbox`, label: language.t('inbox.list.title') },
      action: mayChangeAddresses(staff) ? homeOf(slug) : null,
      notice: config.inboundPort === null ? language.t('inbox.notListening') : null,
      addresses: rows.map(({ _id, address }) => ({
        address,
        removeUrl: `${homeOf(slug)}/${_id.toHexString()}/removal`,
      })),
      values,
      errors,
      errorList: Object.entries(errors).map(([field, text]) => ({ href: `#${field}`, text })),
    },
  };
}

/** The addresses of an organisation for which mail is taken in. */
export const addressPages: Door[] = [
  staffPage('organization:write', {
    method: 'get',
    path: PATH,
    act: (call) => showAddresses(call),
  }),
  staffPage<Record<string, never>, Record<string, never>, NewAddress>('organization:write', {
    method: 'post',
    path: PATH,
    body: newAddress,
    act: async ({ staff, body }) => {
      await addInboundAddress(staff, body.address);
      return { redirect: homeOf(staff.organization.slug), flash: 'inbox.flash.addressAdded' };
    },
    onInvalid: (call, { values }) =>
      showAddresses(call, values, { address: call.language.t('inbox.error.address') }),
  }),
  staffPage<DraftId>('organization:write', {
    method: 'post',
    path: `${PATH}/:id/removal`,
    params: draftId,
    act: async ({ staff, params }) => {
      await removeInboundAddress(staff, params.id);
      return { redirect: homeOf(staff.organization.slug), flash: 'inbox.flash.addressRemoved' };
    },
  }),
];
