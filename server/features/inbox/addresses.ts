import { Types } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { InboundAddressModel, type InboundAddressRow } from './model.ts';

const normalized = (address: string) => address.normalize('NFC').trim().toLowerCase();

/** Whose address this is, over all organisations; null for everybody else's: for those nothing is taken in. */
export async function inboundAddress(address: string): Promise<InboundAddressRow | null> {
  return InboundAddressModel.findOne({ address: normalized(address) }, null, {
    acrossOrganizations: true,
  }).lean();
}

export async function inboundAddressesOf(
  organizationId: Types.ObjectId,
): Promise<InboundAddressRow[]> {
  return InboundAddressModel.find({ organizationId }).sort({ address: 1 }).lean();
}

/** Only who runs the installation can tell whose an address is: a tenant could claim another's. */
export const mayChangeAddresses = ({ account }: StaffMember): boolean =>
  account.isInstallationAdministrator;

function refuseOthers(staff: StaffMember): void {
  if (mayChangeAddresses(staff)) return;
  throw new Problem('forbidden', 'Only an administrator of the installation may do this.', {
    code: 'installation-administrator',
  });
}

/**
 * Begins to take mail in for an address.
 * @throws Problem forbidden, invalid when it is registered already, here or elsewhere
 */
export async function addInboundAddress(staff: StaffMember, address: string): Promise<void> {
  refuseOthers(staff);
  const { organizationId } = staff;
  const _id = new Types.ObjectId();
  try {
    await inTransaction(async () => {
      await InboundAddressModel.create({ _id, organizationId, address: normalized(address) });
      await recordAudit(staff, 'inbox.address-added', { kind: 'inbound-address', id: _id });
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new Problem('invalid', 'This address is taken.', {
      errors: [{ pointer: '/address', code: 'any.invalid', detail: 'address is taken' }],
    });
  }
}

/** Mail for the address is refused from now on. @throws Problem forbidden, not-found */
export async function removeInboundAddress(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  refuseOthers(staff);
  const { organizationId } = staff;
  await inTransaction(async () => {
    const { deletedCount } = await InboundAddressModel.deleteOne({ _id: id, organizationId });
    if (deletedCount === 0) throw new Problem('not-found', 'There is no such address.');
    await recordAudit(staff, 'inbox.address-removed', { kind: 'inbound-address', id });
  });
}
