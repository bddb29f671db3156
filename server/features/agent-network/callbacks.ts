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
/** Hosts that are called at the same time. */
const LANES = 8;
/** Calls to one host in one run: a slow one must not keep the others waiting. */
const CALLS_PER_HOST = 10;

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

const postpone = ({ _id, organizationId }: NetworkRequestRow, waitMs: number) =>
  NetworkRequestModel.updateOne(
    { _id, organizationId },
    { nextActionAt: new Date(Date.now() + waitMs) },
  );

/** False when the callback was not reached. */
async function tellAgent(row: NetworkRequestRow): Promise<boolean> {
  const { _id, organizationId, statusCallback } = row;
  const status = await statusOf(await organizationById(organizationId), row);
  const isNews = told(status) !== row.told;
  const isTold = !isNews || statusCallback === null || (await post(statusCallback, status));
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
  return isTold;
}

/** Tells one host one thing after the other; the rest waits once it does not answer, or had its share. */
async function tellHost(rows: readonly NetworkRequestRow[]): Promise<void> {
  let isReached = true;
  for (const [at, row] of rows.entries()) {
    if (!isReached) await postpone(row, TRY_AGAIN_MS);
    else if (at >= CALLS_PER_HOST) await postpone(row, LOOK_AGAIN_MS);
    else {
      try {
        isReached = await tellAgent(row);
      } catch (error) {
        log.error({ err: error, row: row._id.toHexString() }, 'a status could not be told');
        await postpone(row, TRY_AGAIN_MS);
      }
    }
  }
}

const hostOf = ({ statusCallback }: NetworkRequestRow): string =>
  statusCallback !== null && URL.canParse(statusCallback) ? new URL(statusCallback).host : '';

/** Tells agents that gave a callback what has become of their requests. Returns how many it looked at. */
export async function tellAgents(): Promise<number> {
  const due = await NetworkRequestModel.find({ nextActionAt: { $lte: new Date() } }, null, {
    acrossOrganizations: true,
  })
    .sort({ nextActionAt: 1 })
    .limit(BATCH)
    .lean();
  const hosts = [...new Set(due.map(hostOf))].map((host) =>
    due.filter((row) => hostOf(row) === host),
  );
  const lane = async () => {
    for (let rows = hosts.shift(); rows; rows = hosts.shift()) await tellHost(rows);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return due.length;
}
