import type { Types } from 'mongoose';
import { Problem } from '../../problem.ts';
import { RequestModel, type RequestRow } from './model.ts';

/** @throws Problem not-found, also for an erased request: nothing can be done with it. */
export async function liveRequest(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<RequestRow> {
  const row = await RequestModel.findOne({ _id: id, organizationId, erasedAt: null }).lean();
  if (!row) throw new Problem('not-found', 'There is no such request.');
  return row;
}

/** What changes whenever anything about a request does. @throws Problem not-found */
export async function standingNow(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<string> {
  const { version, state } = await liveRequest(organizationId, id);
  return `${version} ${state}`;
}
