import { buffer } from 'node:stream/consumers';
import { Types } from 'mongoose';
import { identityFigures, type DocumentKind, type ViewReason } from '../../../config/identity.ts';
import { sweepDue } from '../../database/sweeping.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, system, type OrganizationActor } from '../audit/service.ts';
import {
  attachFiles,
  eraseFilesAbout,
  filesAbout,
  openFile,
  stageFiles,
} from '../files/service.ts';
import { identityCase } from './cases.ts';
import { readDocument } from './document-content.ts';
import {
  IdentityCaseModel,
  IdentityDocumentModel,
  type IdentityDocumentRow,
} from './proof-model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { reviewedHours, unreviewedDays, reviewerHours, viewMinutes } = identityFigures.document;

const targetOf = (requestId: Types.ObjectId) => ({ kind: 'request', id: requestId });

const notAsked = () =>
  new Problem('not-allowed-now', 'Nobody asked for a document.', { code: 'document-not-asked' });

async function refuseUnlessAsked(organizationId: Types.ObjectId, requestId: Types.ObjectId) {
  const { documentAsk } = await identityCase(organizationId, requestId);
  if (!documentAsk) throw notAsked();
}

/**
 * Takes a document that staff asked for. It is checked, scanned and drawn anew before anything is
 * stored; then it is a file with a key of its own. An earlier one that still waits gives way.
 * `alongside` runs in the same transaction.
 * @throws Problem not-allowed-now (`document-not-asked`), invalid for an unusable file
 */
export async function uploadDocument(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  given: Buffer,
  alongside: () => Promise<void>,
): Promise<void> {
  const { organizationId } = actor;
  await refuseUnlessAsked(organizationId, requestId);
  const { type, content, isScanned } = await readDocument(given);
  const staged = await stageFiles(organizationId, [{ name: 'document', type, content }]);
  const id = new Types.ObjectId();
  await inTransaction(async () => {
    await refuseUnlessAsked(organizationId, requestId);
    for (const earlier of await waitingDocuments(organizationId, requestId)) {
      await endDocument(earlier, { state: 'expired' });
    }
    const uploadedAt = new Date();
    await IdentityDocumentModel.create({
      _id: id,
      organizationId,
      requestId,
      type,
      uploadedAt,
      isScanned,
      state: 'waiting',
      nextActionAt: new Date(uploadedAt.getTime() + unreviewedDays * 24 * HOUR),
    });
    await attachFiles(organizationId, staged, { kind: 'identity-document', id });
    await recordAudit(actor, 'identity.document-uploaded', targetOf(requestId), {
      document: id.toHexString(),
      type,
    });
    await alongside();
  });
}

const waitingDocuments = (organizationId: Types.ObjectId, requestId: Types.ObjectId) =>
  IdentityDocumentModel.find({ organizationId, requestId, state: 'waiting' }).lean();

/** The documents of a request, newest first: what is left of each is its verdict. */
export async function documentsOf(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<IdentityDocumentRow[]> {
  return IdentityDocumentModel.find({ organizationId, requestId }).sort({ _id: -1 }).lean();
}

/** Those of some requests of which a document waits for a decision. */
export async function requestsWithDocument(
  organizationId: Types.ObjectId,
  requestIds: readonly Types.ObjectId[],
): Promise<Set<string>> {
  const rows = await IdentityDocumentModel.find(
    { organizationId, requestId: { $in: requestIds }, state: 'waiting' },
    { requestId: 1 },
  ).lean();
  return new Set(rows.map(({ requestId }) => requestId.toHexString()));
}

async function waitingDocument(
  { organizationId }: OrganizationActor,
  requestId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<IdentityDocumentRow> {
  const row = await IdentityDocumentModel.findOne({ _id: id, organizationId, requestId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such document.');
  if (row.state !== 'waiting') {
    throw new Problem('gone', 'This document was deleted.', { code: 'document-gone' });
  }
  return row;
}

/** Once somebody looked, a document is kept no longer than is needed to decide. */
function deleteAfterView({ uploadedAt }: IdentityDocumentRow, viewedAt: Date): Date {
  const usual = uploadedAt.getTime() + reviewedHours * HOUR;
  const last = uploadedAt.getTime() + unreviewedDays * 24 * HOUR;
  return new Date(Math.min(last, Math.max(usual, viewedAt.getTime() + HOUR)));
}

/** @throws Problem not-allowed-now (`document-in-review`, `document-viewed`) */
function refuseUnlessFirstView(
  { reviewerId, viewedAt }: IdentityDocumentRow,
  staff: { id: string },
  now: Date,
): void {
  if (reviewerId === null || viewedAt === null) return;
  const age = now.getTime() - viewedAt.getTime();
  if (reviewerId !== staff.id && age < reviewerHours * HOUR) {
    throw new Problem('not-allowed-now', 'A colleague is reviewing this document.', {
      code: 'document-in-review',
    });
  }
  if (reviewerId === staff.id && age > viewMinutes * MINUTE) {
    throw new Problem('not-allowed-now', 'You have seen this document already.', {
      code: 'document-viewed',
    });
  }
}

/**
 * Shows a document once, to one reviewer, for a reason that is recorded. Whoever opens it first
 * keeps it for a day, and may load it again for as long as the page shows it.
 * @throws Problem not-found, gone, or not-allowed-now (`document-in-review`, `document-viewed`)
 */
export async function viewDocument(
  staff: OrganizationActor & { id: string },
  requestId: Types.ObjectId,
  id: Types.ObjectId,
  reason: ViewReason,
): Promise<{ type: IdentityDocumentRow['type']; content: Buffer }> {
  const { organizationId } = staff;
  return inTransaction(async () => {
    const row = await waitingDocument(staff, requestId, id);
    const viewedAt = new Date();
    refuseUnlessFirstView(row, staff, viewedAt);
    // Loading the page again is the same look: its time does not begin anew.
    if (row.reviewerId !== staff.id) {
      await IdentityDocumentModel.updateOne(
        { _id: id, organizationId, state: 'waiting' },
        { reviewerId: staff.id, viewedAt, nextActionAt: deleteAfterView(row, viewedAt) },
      );
    }
    await recordAudit(staff, 'identity.document-viewed', targetOf(requestId), {
      document: id.toHexString(),
      reason,
    });
    const [file] = await filesAbout(organizationId, id);
    if (!file) throw new Problem('gone', 'This document was deleted.', { code: 'document-gone' });
    const { content } = await openFile(organizationId, id, new Types.ObjectId(file.id));
    return { type: row.type, content: await buffer(content) };
  });
}

export interface DocumentVerdict {
  verdict: 'accepted' | 'rejected';
  kind: DocumentKind;
  /** Which state issued it. */
  country: string;
}

/** Deletes a document's bytes and key, and notes what became of it; in the caller's transaction. */
async function endDocument(
  { _id, organizationId }: IdentityDocumentRow,
  change: Partial<IdentityDocumentRow> & Pick<IdentityDocumentRow, 'state'>,
): Promise<void> {
  await eraseFilesAbout(organizationId, _id);
  const { matchedCount } = await IdentityDocumentModel.updateOne(
    { _id, organizationId, state: 'waiting' },
    { ...change, nextActionAt: null },
  );
  if (matchedCount === 0) {
    throw new Problem('gone', 'This document was deleted.', { code: 'document-gone' });
  }
}

/**
 * Decides about a document, in the caller's transaction: its bytes and its key are destroyed with
 * the decision, and what stays is kind, country, verdict, time and the reviewer's role.
 * @throws Problem not-allowed-now (`document-unseen`) for somebody who has not looked at it
 */
export async function decideDocument(
  staff: OrganizationActor & { id: string; role: unknown },
  requestId: Types.ObjectId,
  id: Types.ObjectId,
  { verdict, kind, country }: DocumentVerdict,
): Promise<void> {
  const row = await waitingDocument(staff, requestId, id);
  if (row.reviewerId !== staff.id) {
    throw new Problem('not-allowed-now', 'Only who looked at the document decides about it.', {
      code: 'document-unseen',
    });
  }
  await endDocument(row, {
    state: verdict,
    kind,
    country,
    decidedAt: new Date(),
    reviewerRole: typeof staff.role === 'string' ? staff.role : null,
  });
  await recordAudit(staff, 'identity.document-decided', targetOf(requestId), {
    document: id.toHexString(),
    verdict,
    kind,
    country,
  });
}

/**
 * Removes what is known of the identity behind a request, and all documents, in the caller's
 * transaction. A declaration stays for its own time.
 */
export async function forgetIdentityCase(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<void> {
  for (const { _id } of await documentsOf(organizationId, requestId)) {
    await eraseFilesAbout(organizationId, _id);
  }
  await IdentityDocumentModel.deleteMany({ organizationId, requestId });
  await IdentityCaseModel.deleteOne({ requestId, organizationId });
}

/** Deletes documents that nobody decided about in time. Returns how many. */
export async function deleteOldDocuments(): Promise<number> {
  return sweepDue(IdentityDocumentModel, async (row) => {
    const { _id, organizationId, requestId } = row;
    await endDocument(row, { state: 'expired' });
    await recordAudit(system(organizationId), 'identity.document-expired', targetOf(requestId), {
      document: _id.toHexString(),
    });
  });
}
