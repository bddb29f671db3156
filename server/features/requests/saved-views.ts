import { Types } from 'mongoose';
import { mayDo } from '../../../config/permissions.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { recordAudit } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { SavedViewModel, type SavedViewRow } from './desk-model.ts';
import type { NewView } from './queue-schema.ts';

const MOST_VIEWS = 30;

export interface SavedView extends Pick<SavedViewRow, 'filters' | 'isShared' | 'name'> {
  id: string;
  isMine: boolean;
  mayRemove: boolean;
}

/** One's own, and those that colleagues share when one administers. */
const mayRemove = (staff: StaffMember, { ownerId, isShared }: SavedViewRow): boolean =>
  ownerId.equals(staff.id) || (isShared && staff.role === 'administrator');

/** A member's own views, and those that colleagues share, by name. */
export async function savedViewsOf(staff: StaffMember): Promise<SavedView[]> {
  const { organizationId } = staff;
  const ownerId = new Types.ObjectId(staff.id);
  const [own, shared] = await Promise.all([
    SavedViewModel.find({ organizationId, ownerId }).sort({ name: 1 }).limit(MOST_VIEWS).lean(),
    SavedViewModel.find({ organizationId, isShared: true })
      .sort({ name: 1 })
      .limit(MOST_VIEWS)
      .lean(),
  ]);
  const ofOthers = shared.filter((view) => !view.ownerId.equals(ownerId));
  return [...own, ...ofOthers].map((view) => ({
    id: view._id.toHexString(),
    isMine: view.ownerId.equals(ownerId),
    mayRemove: mayRemove(staff, view),
    name: view.name,
    isShared: view.isShared,
    filters: view.filters,
  }));
}

/**
 * Keeps filters of the queue under a name; the same name again replaces them. Only who works on
 * requests shares a view. @throws Problem invalid once a member has thirty
 */
export async function saveView(
  staff: StaffMember,
  { name, shared, ...filters }: NewView,
): Promise<Pick<SavedViewRow, 'filters'>> {
  const { organizationId } = staff;
  const ownerId = new Types.ObjectId(staff.id);
  const isShared = shared === 'yes' && mayDo(staff.role, 'requests:work');
  return againstDuplicates(() =>
    inTransaction(async () => {
      const mine = { organizationId, ownerId };
      const others = await SavedViewModel.countDocuments({ ...mine, name: { $ne: name } });
      if (others >= MOST_VIEWS) {
        throw invalidField('name', 'array.max', 'too many views');
      }
      const row = await SavedViewModel.findOneAndUpdate(
        { ...mine, name },
        { filters, isShared },
        { upsert: true, returnDocument: 'after' },
      ).lean();
      const target = { kind: 'view', id: row._id };
      await recordAudit(staff, 'queue.view-saved', target, { shared: isShared });
      return row;
    }),
  );
}

/** Removes a view of one's own; administrators remove shared ones too. @throws Problem not-found */
export async function removeView(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const row = await SavedViewModel.findOne({ _id: id, organizationId }).lean();
    if (!row || !mayRemove(staff, row)) throw new Problem('not-found', 'You have no such view.');
    await SavedViewModel.deleteOne({ _id: id, organizationId });
    await recordAudit(staff, 'queue.view-removed', { kind: 'view', id });
  });
}
