import { newestRecords } from '../../server/features/consent/service.ts';
import { allOrganizations, organizationById } from '../../server/features/organizations/service.ts';
import { requestCounts } from '../../server/features/requests/service.ts';
import { offerFirstAdministrator } from '../../server/features/staff/service.ts';

/**
 * Whether nobody has used this installation yet: no account, and at most the organisation that the
 * first start opens, without requests and choices. The demo never mixes with real data.
 */
export async function isUntouched(): Promise<boolean> {
  const [first, ...others] = await allOrganizations();
  if (others.length > 0 || (await offerFirstAdministrator()) === null) return false;
  if (!first) return true;
  const counts = await requestCounts(await organizationById(first._id));
  const records = await newestRecords(first._id, 1);
  return counts.open + counts.unverified + counts.closed + records.length === 0;
}
