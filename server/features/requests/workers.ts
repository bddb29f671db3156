import type { Types } from 'mongoose';
import { mayDo } from '../../../config/permissions.ts';
import { membersOf, type Member } from '../staff/service.ts';

/** Those of the staff who may work on requests. */
export const workersAmong = (members: readonly Member[]): Member[] =>
  members.filter(({ role }) => mayDo(role, 'requests:work'));

/** The same to choose one of. */
export const workerOptions = (members: readonly Member[]) =>
  workersAmong(members).map(({ accountId, name }) => ({
    value: accountId.toHexString(),
    label: name,
  }));

/** Whether an account works on requests of an organisation. */
export async function mayWorkOn(
  organizationId: Types.ObjectId,
  accountId: Types.ObjectId,
): Promise<boolean> {
  const workers = workersAmong(await membersOf(organizationId));
  return workers.some((worker) => worker.accountId.equals(accountId));
}
