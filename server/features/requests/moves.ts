import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { attachFiles, stageFiles, type NewFile } from '../files/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { sealText } from './contents.ts';
import { extensionRefusal } from '../../deadlines/deadlines.ts';
import { releaseAnswer } from './answer-package.ts';
import { groundsFor } from './grounds.ts';
import { liveRequest } from './live-request.ts';
import { mayWorkOn, tellPerson, tellStaff } from './mails.ts';
import { moveRequest } from './moving.ts';
import { refuseUnlessReady } from './proof.ts';
import type { Assignment, Completion, ExtensionNotice, Refusal } from './schema.ts';
import { datesOf } from './pauses.ts';
import { standingOf, type Standing } from './standing.ts';
import { canMove } from './states.ts';

/** Gives a request to a colleague, or back to all; work on it begins. @throws Problem invalid for somebody who may not work on it */
export async function assignRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, assigneeId }: Assignment,
): Promise<Standing> {
  return inTransaction(async () => {
    await liveRequest(staff.organizationId, id);
    if (assigneeId && !(await mayWorkOn(staff.organizationId, assigneeId))) {
      throw new Problem('invalid', 'This colleague cannot work on requests here.', {
        errors: [
          { pointer: '/assigneeId', code: 'any.only', detail: 'assigneeId is not possible' },
        ],
      });
    }
    const row = await moveRequest(staff, id, {
      name: 'assign',
      version,
      change: { assigneeId },
      facts: { assignee: assigneeId?.toHexString() ?? null },
    });
    if (assigneeId && assigneeId.toHexString() !== staff.id) {
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
    const sealed = await sealText(row, 'extension', maskCardNumbers(text));
    const moved = await moveRequest(staff, id, {
      name: 'extend',
      version,
      change: {
        deadlines: extended,
        urgentOn: extended.alarmOn,
        extension: { at, reason, sealed },
      },
      facts: { reason, due: extended.effectiveDue },
    });
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
      throw new Problem('invalid', 'This ground does not fit the request.', {
        errors: [{ pointer: '/ground', code: 'any.only', detail: 'ground does not fit' }],
      });
    }
    const sealed = await sealText(row, 'outcome', maskCardNumbers(text));
    const moved = await moveRequest(staff, id, {
      name: 'refuse',
      version,
      change: { outcome: { at: new Date(), kind: 'refused', ground, sealed } },
      facts: { ground },
    });
    await tellPerson(staff.organization, moved, 'answered');
    return standingOf(moved);
  });
}

/**
 * Answers a request with a text and files. The files are stored first, piece by piece; they belong
 * to the request only together with the answer.
 * @throws Problem too-large
 */
export async function completeRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, text }: Completion,
  files: readonly NewFile[],
): Promise<Standing> {
  const { organizationId, organization } = staff;
  const current = await liveRequest(organizationId, id);
  const { state } = current;
  if (canMove('complete', state, 'staff')) await refuseUnlessReady(staff, current);
  const staged = canMove('complete', state, 'staff') ? await stageFiles(organizationId, files) : [];
  return inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    const sealed = await sealText(row, 'outcome', maskCardNumbers(text));
    if (canMove('complete', row.state, 'staff')) await refuseUnlessReady(staff, row);
    const moved = await moveRequest(staff, id, {
      name: 'complete',
      version,
      change: { outcome: { at: new Date(), kind: 'completed', ground: null, sealed } },
      facts: { files: staged.length },
    });
    await attachFiles(organizationId, staged, { kind: 'request', id });
    await releaseAnswer(staff, moved);
    await tellPerson(organization, moved, 'answered');
    return standingOf(moved);
  });
}
