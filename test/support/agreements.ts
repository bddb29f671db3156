import type { Types } from 'mongoose';
import { addAgreement } from '../../server/features/agreements/service.ts';
import { system } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';

type Edit = Parameters<typeof addAgreement>[1];

/** What staff enter of an agreement. */
export const agreementTyped = (given: Partial<Edit> = {}): Edit => ({
  name: 'Clinic Riverside',
  contactName: 'Ottilie Records',
  email: 'records@clinic.test',
  phone: '',
  role: 'businessAssociate',
  startsOn: '2024-01-01',
  endsOn: null,
  forwardDays: null,
  breachNoticeDays: 10,
  ending: 'return-or-destroy',
  ...given,
});

export function anAgreement(
  { _id: organizationId }: Organization,
  given: Partial<Edit> = {},
): Promise<Types.ObjectId> {
  return addAgreement(system(organizationId), agreementTyped(given));
}
