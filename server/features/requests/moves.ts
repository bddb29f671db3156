import type { Types } from 'mongoose';
import { rightCatalogue, type OutcomeKind } from '../../../config/right-catalogue.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { addReviewedDocuments } from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { extensionRefusal } from '../../deadlines/deadlines.ts';
import { AnswerItemModel } from './answer-item-model.ts';
import { releaseAnswer, tellOfAnswer } from './answer-package.ts';
import { refuseUnlessConfirmed } from './awaiting.ts';
import { outcomeOf, sealText } from './contents.ts';
import { groundsFor } from './grounds.ts';
import { liveRequest } from './live-request.ts';
import { forgetDraft } from './kept-drafts.ts';
import { forgetBrowsers } from './linked-consent.ts';
import { tellPerson, tellStaff } from './mails.ts';
import type { RequestRow } from './model.ts';
import { moveRequest } from './moving.ts';
import { refuseUnlessReady } from './proof.ts';
import type { Assignment, Completion, ExtensionNotice, Refusal } from './schema.ts';
import { datesOf } from './pauses.ts';
import { standingOf, type Standing } from './standing.ts';
import { canMove } from './states.ts';
import { mayWorkOn } from './workers.ts';

const misfit = (field: string) => invalidField(field, 'any.only', `${field} does not fit`);

/** Gives a request to a colleague, or back to all; work on it begins. @throws Problem invalid for somebody who may not work on it */
export async function assignRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, assigneeId }: Assignment,
  { isTold = true } = {},
): Promise<Standing> {
  return inTransaction(async () => {
    await liveRequest(staff.organizationId, id);
    if (assigneeId && !(await mayWorkOn(staff.organizationId, assigneeId))) {
      throw invalidField('assigneeId', 'any.only', 'assigneeId cannot work on requests here');
    }
    const row = await moveRequest(staff, id, {
      name: 'assign',
      version,
      change: { assigneeId },
      facts: { assignee: assigneeId?.toHexString() ?? null },
    });
    if (isTold && assigneeId && assigneeId.toHexString() !== staff.id) {
      await tellStaff(staff.organization, row, 'assigned');
    }
    return standingOf(row);
  });
}

/**
 * Takes the longer period that the law allows, once, and tells the person the new date; the reasons
 * wait in the portal. @throws Problem not-allowed-now with why the law does not allow it.
 */
export async function extendRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, reason, text }: ExtensionNotice,
): Promise<Standing> {
  return inTransaction(async () => {
    const row = await liveRequest(staff.organizationId, id);
    const { timeZone, deadlines } = row;
    const at = new Date();
    const refusal = extensionRefusal(deadlines, localDay(at, timeZone));
    if (refusal && canMove('extend', row.state, 'staff')) {
      throw new Problem('not-allowed-now', 'The law does not allow to extend this request now.', {
        code: `extension-${refusal}`,
      });
    }
    const extended = refusal ? deadlines : datesOf(row, { extended: true });
    const sealed = await sealText(row, 'extension', text);
    const moved = await moveRequest(staff, id, {
      name: 'extend',
      version,
      change: {
        deadlines: extended,
        extension: { at, reason, sealed },
      },
      facts: { reason, due: extended.effectiveDue },
    });
    await forgetDraft(staff, id, 'extend');
    await tellPerson(staff.organization, moved, 'extended');
    return standingOf(moved);
  });
}

/** Turns a request down on a ground of the law, with reasons (GDPR Art. 12(4)). @throws Problem invalid for a ground that does not fit */
export async function refuseRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, ground, text }: Refusal,
): Promise<Standing> {
  return inTransaction(async () => {
    const row = await liveRequest(staff.organizationId, id);
    if (!groundsFor(row).includes(ground)) {
      throw misfit('ground');
    }
    // Nobody is turned down on the merits for whom it was never proved that they may ask.
    const isUnproved = ground === 'identity-not-proved';
    const kind = isUnproved ? 'not-verifiable' : 'refused';
    const moved = await moveRequest(staff, id, {
      name: isUnproved ? 'refuse-unproved' : 'refuse',
      version,
      change: { outcome: await outcomeOf(row, text, { kind, ground }) },
      facts: { ground },
    });
    await tellPerson(staff.organization, moved, 'answered');
    return standingOf(moved);
  });
}

/** @throws Problem invalid when a right cannot end so, or does not say which way it went */
function refuseUnlessFits({ right }: RequestRow, kind: OutcomeKind, result: string | null): void {
  const { outcomes, results } = rightCatalogue[right];
  if (!outcomes.includes(kind)) throw misfit('kind');
  if (results ? !results.includes(result ?? '') : result !== null) throw misfit('result');
}

/** A partial answer names what is kept (GDPR Art. 12(4); 11 CCR 7022(f)). @throws Problem not-allowed-now (`nothing-kept`) */
async function refuseUnlessKeptIsNamed({ _id, organizationId }: RequestRow): Promise<void> {
  const requestId = _id;
  if (await AnswerItemModel.exists({ organizationId, requestId, kind: 'kept' })) return;
  throw new Problem('not-allowed-now', 'Name first what is kept, and why.', {
    code: 'nothing-kept',
  });
}

/**
 * Answers a request with a text and staged files, which go out as part of the answer package.
 * @throws Problem invalid, conflict, not-allowed-now
 */
export async function completeRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, kind = 'completed', result = null, text }: Completion,
  staged: readonly Types.ObjectId[],
): Promise<Standing> {
  const { organizationId, organization } = staff;
  const complete = async () => {
    const row = await liveRequest(organizationId, id);
    if (canMove('complete', row.state, 'staff')) {
      refuseUnlessFits(row, kind, result);
      refuseUnlessConfirmed(row);
      await refuseUnlessReady(staff, row);
      if (kind === 'partial') await refuseUnlessKeptIsNamed(row);
    }
    const kept = row.right === 'deletion' ? await forgetBrowsers(staff, row) : '';
    const moved = await moveRequest(staff, id, {
      name: 'complete',
      version,
      change: { outcome: await outcomeOf(row, `${text}${kept}`, { kind, result }) },
      facts: { files: staged.length, outcome: kind, result },
    });
    await addReviewedDocuments(staff, id, staged);
    await tellOfAnswer(organization, moved, await releaseAnswer(staff, moved));
    return standingOf(moved);
  };
  // Somebody may begin the package at the same moment.
  return againstDuplicates(() => inTransaction(complete));
}
