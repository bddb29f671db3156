import type { Types } from 'mongoose';
import { Problem } from '../../problem.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { groupOf } from './states.ts';

/** @throws Problem not-found, also for an erased request: nothing can be done with it. */
export async function liveRequest(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<RequestRow> {
  const row = await RequestModel.findOne({ _id: id, organizationId, erasedAt: null }).lean();
  if (!row) throw new Problem('not-found', 'There is no such request.');
  return row;
}

/** The same by what people say on the telephone; null where there is none. */
export async function liveRequestByReference(
  organizationId: Types.ObjectId,
  reference: string,
): Promise<RequestRow | null> {
  return RequestModel.findOne({ organizationId, reference, erasedAt: null }).lean();
}

/** The request is not, or no longer, in a state that allows what was tried. */
export const movedOn = (detail: string) =>
  new Problem('not-allowed-now', detail, { code: 'not-allowed-now' });

/** @throws Problem not-allowed-now (`request-closed`) */
export function refuseUnlessOpen({ state }: Pick<RequestRow, 'state'>): void {
  if (groupOf(state) === 'open') return;
  throw new Problem('not-allowed-now', 'This is possible while the request is open.', {
    code: 'request-closed',
  });
}

/** @throws Problem not-found, not-allowed-now (`request-closed`) */
export async function openRequestRow(
  organizationId: Types.ObjectId,
  id: Types.ObjectId,
): Promise<RequestRow> {
  const row = await liveRequest(organizationId, id);
  refuseUnlessOpen(row);
  return row;
}
