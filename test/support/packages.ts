import type { Types } from 'mongoose';
import { system } from '../../server/features/audit/service.ts';
import { stageFiles } from '../../server/features/files/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addItem, packageOf } from '../../server/features/packages/service.ts';

/** Adds a document to the package of a request, and gives the item's id. */
export async function aPackageItem(
  { _id: organizationId }: Organization,
  requestId: Types.ObjectId,
): Promise<Types.ObjectId> {
  const document = { name: 'letter.txt', type: 'text/plain', content: Buffer.from('A letter.') };
  const [staged] = await stageFiles(organizationId, [document]);
  const actor = system(organizationId);
  const item = { category: '', kind: 'document' } as const;
  await addItem(actor, requestId, item, staged!, { isCcpa: false });
  const { items = [] } = (await packageOf(organizationId, requestId)) ?? {};
  return items.at(-1)!._id;
}
