import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import type { OrganizationActor } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import { tellStaff } from './mails.ts';
import { RequestModel } from './model.ts';
import { moveRequest } from './moving.ts';
import { canMove, type RequestState } from './states.ts';

/** How far a request is, without anything of its person. */
export interface RequestProgress {
  reference: string;
  state: RequestState | 'erased';
  receivedAt: Date;
  dueOn: string;
  /** The last day to confirm it. */
  expiresOn: string;
  acknowledgedAt: Date | null;
  extensionReason: string | null;
  ground: string | null;
}

export async function requestProgress(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<RequestProgress> {
  const row = await RequestModel.findOne({ _id: id, organizationId }).orFail().lean();
  return {
    reference: row.reference,
    state: row.erasedAt ? 'erased' : row.state,
    receivedAt: row.receivedAt,
    dueOn: row.deadlines.effectiveDue,
    expiresOn: row.deadlines.expiresOn,
    acknowledgedAt: row.acknowledgedAt,
    extensionReason: row.extension?.reason ?? null,
    ground: row.outcome?.ground ?? null,
  };
}

/**
 * Ends a request at the wish of the agent that filed it, and tells those who work on it; false when
 * it had ended before.
 */
export async function revokeAsAgent(
  actor: OrganizationActor,
  organization: Organization,
  id: Types.ObjectId,
): Promise<boolean> {
  return inTransaction(async () => {
    const { organizationId } = actor;
    const before = await RequestModel.findOne({ _id: id, organizationId }).orFail().lean();
    if (!canMove('revoke', before.state, actor.kind)) return false;
    const row = await moveRequest(actor, id, { name: 'revoke' });
    if (before.state !== 'unverified') await tellStaff(organization, row, 'withdrawn');
    return true;
  });
}
