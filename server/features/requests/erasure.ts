import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { destroyDataKey } from '../../security/data-keys.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { eraseFilesAbout } from '../files/service.ts';
import { endPortalSessions, forgetChallenges, forgetIdentityCase } from '../identity/service.ts';
import { erasePackage } from '../packages/service.ts';
import { eraseSubject } from '../subjects/service.ts';
import { eraseAnswerItems } from './answer-items.ts';
import { facetsOf } from './facets.ts';
import { forgetDrafts } from './kept-drafts.ts';
import { liveRequest, movedOn } from './live-request.ts';
import { MessageModel, NoteModel, RequestModel } from './model.ts';
import { groupOf } from './states.ts';

/**
 * Erases a closed request: its keys are destroyed, so that details, messages, answer, mails and
 * files can never be read again, here or in a backup of the rows. What stays says only that there
 * was a request, when, and how it ended. The person goes with their last request.
 * @throws Problem not-found, or not-allowed-now while it is open.
 */
export async function eraseRequest(actor: OrganizationActor, id: Types.ObjectId): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    if (groupOf(row.state) !== 'closed') throw movedOn('Only a closed request can be erased.');
    await destroyDataKey(row.keyId);
    await MessageModel.deleteMany({ organizationId, requestId: id });
    await NoteModel.deleteMany({ organizationId, requestId: id });
    await eraseAnswerItems(organizationId, id);
    // Answers had their files so before there were packages.
    const files = await eraseFilesAbout(organizationId, id);
    await erasePackage(organizationId, id);
    await forgetDrafts(row);
    await forgetChallenges(organizationId, id);
    await forgetIdentityCase(organizationId, id);
    await endPortalSessions(organizationId, id);
    await RequestModel.updateOne(
      { _id: id, organizationId },
      {
        erasedAt: new Date(),
        tags: [],
        facets: facetsOf({ ...row, tags: [] }),
      },
    );
    const { subjectId } = row;
    const isLast = !(await RequestModel.exists({ organizationId, subjectId, erasedAt: null }));
    if (isLast) await eraseSubject(organizationId, subjectId);
    await recordAudit(actor, 'request.erased', { kind: 'request', id }, { files, subject: isLast });
  });
}
