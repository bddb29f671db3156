import { Types } from 'mongoose';
import { stageFiles, type NewFile } from '../../server/features/files/service.ts';
import { newItem, packageOf, review } from '../../server/features/packages/service.ts';
import { addToPackage, reviewInPackage } from '../../server/features/requests/answer-package.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { checked } from './checked.ts';

/** Gathers files for an answer, the records among them in a category, and looks each of them through. */
export async function gather(
  officer: StaffMember,
  id: Types.ObjectId,
  files: readonly NewFile[],
): Promise<void> {
  const staged = await stageFiles(officer.organizationId, files);
  for (const [at, fileId] of staged.entries()) {
    const isRecords = files[at]?.type === 'application/json';
    const item = { category: 'account', kind: isRecords ? 'records' : 'document' };
    await addToPackage(officer, id, checked(newItem, item), fileId);
  }
  const gathered = await packageOf(officer.organizationId, id);
  for (const { _id } of gathered?.items ?? []) {
    const verdict = { item: _id.toHexString(), verdict: 'clear' };
    await reviewInPackage(officer, id, checked(review, verdict));
  }
}
