import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { log } from '../../log.ts';
import { recordAudit, system } from '../audit/service.ts';
import { addressPrint, endChallenges, takeAllowance } from '../identity/service.ts';
import { organizationById } from '../organizations/service.ts';
import { clockOf } from './clock.ts';
import { personOfRequest, tellPerson, tellStaff } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { moveRequest } from './moving.ts';
import { dueTimer, nextTimerAt, type Timer } from './reminders.ts';

/** A request that failed is left alone for this long, so that it holds up no other. */
const LATER_MS = 5 * 60_000;

/** Reminds the sender of an unproven request, or closes it. */
async function actOnUnverified(row: RequestRow, { kind, on }: Timer): Promise<void> {
  const { _id: id, organizationId } = row;
  const clockwork = system(organizationId);
  // An agent's request waits for another kind of answer, for which a code is of no use.
  const to = row.needsPermission ? null : await personOfRequest(row);
  // Nobody proved that this mailbox is the sender's: it gets only what any address may get.
  const mailed = to !== null && (await takeAllowance(addressPrint(to.email)));
  let current = row;
  if (kind === 'expiry') {
    current = await moveRequest(clockwork, id, { name: 'expire', facts: { mailed } });
    await endChallenges(organizationId, id);
  } else {
    await recordAudit(clockwork, 'request.reminded', { kind: 'request', id }, { kind, on, mailed });
  }
  if (!mailed) return;
  const organization = await organizationById(organizationId);
  await tellPerson(organization, current, kind === 'expiry' ? 'expired' : 'reminder');
}

async function act(row: RequestRow, timer: Timer): Promise<void> {
  const { kind, on } = timer;
  if (kind === 'expiry' || kind === 'unverified') {
    await actOnUnverified(row, timer);
    return;
  }
  const { _id: id, organizationId } = row;
  await recordAudit(
    system(organizationId),
    'request.reminded',
    { kind: 'request', id },
    { kind, on },
  );
  const organization = await organizationById(organizationId);
  if (kind === 'chase') await tellPerson(organization, row, 'clarification-asked');
  else await tellStaff(organization, row, kind);
}

/** Does what is due for one request; nothing when another worker was faster. */
async function attendTo({ _id, organizationId, nextActionAt }: RequestRow): Promise<void> {
  await inTransaction(async () => {
    const now = new Date();
    const row = await RequestModel.findOne({ _id, organizationId, nextActionAt }).lean();
    if (!row) return;
    const clock = clockOf(row);
    const timer = dueTimer(clock, row.attendedAt, now);
    await RequestModel.updateOne(
      { _id, organizationId, nextActionAt },
      { attendedAt: now, nextActionAt: nextTimerAt(clock, now) },
    );
    if (timer) await act(row, timer);
  });
}

const postpone = (_id: Types.ObjectId, organizationId: Types.ObjectId, seen: Date | null) =>
  RequestModel.updateOne(
    { _id, organizationId, nextActionAt: seen },
    { nextActionAt: new Date(Date.now() + LATER_MS) },
  );

const BATCH = 500;

/** The fields that decide about timers. */
const CLOCK = {
  organizationId: 1,
  nextActionAt: 1,
  attendedAt: 1,
  'deadlines.receivedOn': 1,
  'deadlines.alarmOn': 1,
  'deadlines.effectiveDue': 1,
  'deadlines.expiresOn': 1,
  timeZone: 1,
  state: 1,
  pauses: 1,
} as const;

/**
 * Moves on those of a batch for which nothing is to be done, a few writes for all of them. Whoever
 * changed a request meanwhile has set its next date anew, beyond now. Returns the others.
 */
async function passOver(rows: readonly RequestRow[], now: Date): Promise<RequestRow[]> {
  const busy: RequestRow[] = [];
  const idle = new Map<
    string,
    { organizationId: Types.ObjectId; next: Date | null; ids: Types.ObjectId[] }
  >();
  for (const row of rows) {
    const clock = clockOf(row);
    if (dueTimer(clock, row.attendedAt, now)) {
      busy.push(row);
      continue;
    }
    const next = nextTimerAt(clock, now);
    const key = `${row.organizationId.toHexString()} ${String(next?.getTime())}`;
    const others = idle.get(key) ?? { organizationId: row.organizationId, next, ids: [] };
    others.ids.push(row._id);
    idle.set(key, others);
  }
  for (const { organizationId, next, ids } of idle.values()) {
    // Each row is a change of its own: those that a crash leaves behind are found again.
    await RequestModel.updateMany(
      { organizationId, _id: { $in: ids }, nextActionAt: { $lte: now } },
      { attendedAt: now, nextActionAt: next },
      { timestamps: false },
    );
  }
  return busy;
}

async function attendSafely(row: RequestRow): Promise<void> {
  try {
    await attendTo(row);
  } catch (error) {
    log.error({ err: error, requestId: row._id.toHexString() }, 'a request was not attended to');
    await postpone(row._id, row.organizationId, row.nextActionAt);
  }
}

/**
 * Does for every request what the passing of time asks for: reminders, escalation, expiry. Several
 * missed ones become one, the most urgent. Mails, audit and the next date are one change, so a
 * crash or a second worker neither loses nor repeats anything. Returns how many were looked at.
 */
export async function attendToRequests(): Promise<number> {
  let count = 0;
  for (;;) {
    const now = new Date();
    const rows = await RequestModel.find({ nextActionAt: { $lte: now } }, CLOCK, {
      acrossOrganizations: true,
    })
      .sort({ nextActionAt: 1 })
      .limit(BATCH)
      .lean<RequestRow[]>();
    if (rows.length === 0) return count;
    count += rows.length;
    for (const row of await passOver(rows, now)) await attendSafely(row);
  }
}
