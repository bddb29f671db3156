import type { MachineScope } from '../../config/permissions.ts';
import { apiKeysOf, createApiKey } from '../../server/features/api-keys/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { aMember } from './requests.ts';

/** A key of an organisation, with the text that a machine would send. */
export async function anApiKey(
  organization: Organization,
  scopes: MachineScope[] = ['requests:read'],
  lastOn: string | null = null,
): Promise<{ key: string; id: string; headers: Record<string, string> }> {
  const staff = await aMember(organization, 'administrator');
  const key = await createApiKey(staff, { name: 'Shop system', scopes, lastOn });
  const [newest] = await apiKeysOf(organization._id);
  const headers = { authorization: `Bearer ${key}` };
  return { key, id: newest!._id.toHexString(), headers };
}
