import type { Types, UpdateQuery } from 'mongoose';
import { localDay } from '../../deadlines/days.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type Actor, type OrganizationActor } from '../audit/service.ts';
import { limitUnreleased } from '../packages/service.ts';
import { clockOf, urgentDay } from './clock.ts';
import { facetsAfter } from './facets.ts';
import { forgetDrafts } from './kept-drafts.ts';
import { movedOn } from './live-request.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { canMove, groupOf, moves, type Move, type MoveName } from './states.ts';
import { refuseReleaseForAnother } from './release.ts';
import { nextTimerAt } from './reminders.ts';

type Change = Partial<
  Pick<
    RequestRow,
    | 'agreementId'
    | 'assigneeId'
    | 'confirmedAt'
    | 'deadlines'
    | 'extension'
    | 'outcome'
    | 'provenLevel'
    | 'subjectId'
    | 'verifiedAt'
  >
>;

export interface Moving {
  name: MoveName;
  /** The version that the mover saw; absent where nobody looked at the request before. */
  version?: number;
  change?: Change;
  facts?: Record<string, string | number | boolean | null>;
}

/** Somebody else changed the request since it was looked at. */
export const changedMeanwhile = () =>
  new Problem('conflict', 'The request was changed meanwhile: look at it again.', {
    code: 'moved-meanwhile',
  });

async function whyNot(
  { kind, organizationId }: Actor,
  id: Types.ObjectId,
  name: MoveName,
): Promise<Problem> {
  const row = await RequestModel.findOne({ _id: id, organizationId }, { state: 1 }).lean();
  if (!row) return new Problem('not-found', 'There is no such request.');
  return canMove(name, row.state, kind)
    ? changedMeanwhile()
    : movedOn('The request is no longer in a state that allows this.');
}

/**
 * Makes one move of the table in `states.ts`, in the caller's transaction: a single guarded write
 * with its audit entry. Returns the request as it now is.
 * @throws Problem not-found, conflict (`moved-meanwhile`) or not-allowed-now.
 */
export async function moveRequest(
  actor: OrganizationActor,
  id: Types.ObjectId,
  { name, version, change = {}, facts = {} }: Moving,
): Promise<RequestRow> {
  const move: Move = moves[name];
  const before = await RequestModel.findOne({
    _id: id,
    organizationId: actor.organizationId,
  }).lean();
  if (!before || !canMove(name, before.state, actor.kind)) throw await whyNot(actor, id, name);
  if (move.releases) refuseReleaseForAnother(before);
  const now = new Date();
  const state = move.to ?? before.state;
  const isClosed = groupOf(state) === 'closed';
  const closedAt = isClosed ? now : null;
  const after = { ...before, ...change, state, closedAt };
  const urgentOn = isClosed
    ? localDay(now, before.timeZone)
    : urgentDay(after.right, after.deadlines);
  // A change of hands moves no date: a reminder that is due by now stays due.
  const keepsClock = groupOf(before.state) === groupOf(state) && !change.deadlines;
  const set: UpdateQuery<RequestRow> = {
    ...change,
    state,
    group: groupOf(state),
    facets: facetsAfter(after),
    urgentOn,
    closedAt,
    ...(!keepsClock && {
      attendedAt: now,
      nextActionAt: isClosed ? null : nextTimerAt(clockOf(after), now),
    }),
  };
  const row = await RequestModel.findOneAndUpdate(
    {
      _id: id,
      organizationId: actor.organizationId,
      state: { $in: move.from },
      version: version ?? before.version,
      ...(move.whileUnproven && { verifiedAt: null }),
    },
    { $set: set, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).lean();
  if (!row) throw await whyNot(actor, id, name);
  if (isClosed) await forgetDrafts(row);
  if (!move.releases && isClosed !== (groupOf(before.state) === 'closed')) {
    await limitUnreleased(actor.organizationId, id, { isClosed });
  }
  await recordAudit(
    actor,
    move.action,
    { kind: 'request', id },
    { from: before.state, to: state, ...facts },
  );
  return row;
}
