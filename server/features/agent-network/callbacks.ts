import { log } from '../../log.ts';
import { callOutside } from '../../outbound.ts';
import { organizationById } from '../organizations/service.ts';
import { statusOf } from './exercise.ts';
import { NetworkRequestModel, type NetworkRequestRow } from './model.ts';
import { isFinal, type ExerciseStatus } from './status.ts';

const LOOK_AGAIN_MS = 5 * 60_000;
const TRY_AGAIN_MS = 60 * 60_000;
/** After this long nobody listens any more. */
const GIVE_UP_MS = 30 * 24 * 60 * 60_000;
const BATCH = 100;

const told = ({ status, reason, expected_by: by }: ExerciseStatus) =>
  [status, reason ?? '', by].join(' ');

async function post(url: string, status: ExerciseStatus): Promise<boolean> {
  try {
    const reply = await callOutside(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(status),
      timeoutMs: 5_000,
      maxBytes: 16 * 1024,
    });
    return reply.status === 200;
  } catch (error) {
    log.info({ err: error }, 'an agent did not take a status');
    return false;
  }
}

async function tellAgent(row: NetworkRequestRow, url: string): Promise<void> {
  const { _id, organizationId } = row;
  const status = await statusOf(await organizationById(organizationId), row);
  const isNews = told(status) !== row.told;
  const isTold = !isNews || (await post(url, status));
  const isStale = Date.now() - _id.getTimestamp().getTime() > GIVE_UP_MS;
  const isOver = isFinal(status) && (isTold || isStale);
  const waitMs = isTold ? LOOK_AGAIN_MS : TRY_AGAIN_MS;
  await NetworkRequestModel.updateOne(
    { _id, organizationId },
    {
      ...(isTold && { told: told(status) }),
      nextActionAt: isOver ? null : new Date(Date.now() + waitMs),
    },
  );
}

/** Tells agents that gave a callback what has become of their requests. Returns how many it looked at. */
export async function tellAgents(): Promise<number> {
  const due = await NetworkRequestModel.find({ nextActionAt: { $lte: new Date() } }, null, {
    acrossOrganizations: true,
  })
    .sort({ nextActionAt: 1 })
    .limit(BATCH)
    .lean();
  for (const row of due) {
    if (row.statusCallback !== null) await tellAgent(row, row.statusCallback);
  }
  return due.length;
}
