import type { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField } from '../../problem.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { RequestTagModel } from './desk-model.ts';
import { facetsAfter } from './facets.ts';
import { RequestModel } from './model.ts';
import { liveRequest } from './live-request.ts';

const MOST_TAGS = 10;
const MOST_OFFERED = 200;

export interface TagChange {
  add: readonly string[];
  remove: readonly string[];
}

/**
 * Adds tags to a request and takes others off. What a colleague changed meanwhile stays.
 * @throws Problem not-found, invalid for more than ten tags
 */
export async function changeTags(
  staff: StaffMember,
  id: Types.ObjectId,
  { add, remove }: TagChange,
): Promise<void> {
  const { organizationId } = staff;
  await againstDuplicates(() =>
    inTransaction(async () => {
      const row = await liveRequest(organizationId, id);
      const kept = row.tags.filter((tag) => !remove.includes(tag));
      const tags = [...new Set([...kept, ...add])].sort((a, b) => a.localeCompare(b));
      if (tags.join() === row.tags.join()) return;
      if (tags.length > MOST_TAGS) {
        throw invalidField('tags', 'array.max', 'too many tags');
      }
      const facets = facetsAfter({ ...row, tags });
      await RequestModel.updateOne({ _id: id, organizationId }, { tags, facets });
      for (const name of add) {
        await RequestTagModel.updateOne({ organizationId, name }, { name }, { upsert: true });
      }
      const facts = { added: add.length, removed: row.tags.length - kept.length };
      await recordAudit(staff, 'request.tagged', { kind: 'request', id }, facts);
    }),
  );
}

/** The tags that requests of an organisation have had. */
export async function tagsOf(organizationId: Types.ObjectId): Promise<string[]> {
  const rows = await RequestTagModel.find({ organizationId }, { name: 1 })
    .sort({ name: 1 })
    .limit(MOST_OFFERED)
    .lean();
  return rows.map(({ name }) => name);
}
