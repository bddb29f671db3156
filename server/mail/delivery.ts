import { Types } from 'mongoose';
import { config } from '../../config/index.ts';
import { defaults } from '../../config/defaults.ts';
import { log } from '../log.ts';
import { Erased, loadDataKey } from '../security/data-keys.ts';
import { ATTEMPT_MINUTES, deliver, type Outcome } from './mailer.ts';
import { MailModel, type MailRow } from './model.ts';
import { openMail } from './outbox.ts';

const MINUTE = 60_000;

/** Longer than any attempt takes, so that a lease ends only when its holder is dead. */
const LEASE_MINUTES = 2 * ATTEMPT_MINUTES;

/** As many as the mailer has connections. */
const AT_ONCE = 3;

type Ending = 'sent' | 'refused' | 'later' | 'unreachable' | 'erased' | 'not-due';

/** Leases one due mail: from a single row, one write, so only one worker gets it. */
async function leaseMail(which: { _id?: Types.ObjectId }): Promise<MailRow | null> {
  const now = Date.now();
  return MailModel.findOneAndUpdate(
    { ...which, nextActionAt: { $lte: new Date(now) } },
    {
      $set: {
        state: 'sending',
        lease: new Types.ObjectId(),
        nextActionAt: new Date(now + LEASE_MINUTES * MINUTE),
      },
      $inc: { tries: 1 },
    },
    { ...(!which._id && { sort: { nextActionAt: 1 } }), returnDocument: 'after' },
  ).lean();
}

/**
 * When a mail is tried again; null when it has been tried often enough. A server that cannot be
 * reached has refused nothing: then the last wait repeats until somebody mends it.
 */
function nextTryAt(outcome: 'later' | 'unreachable', tries: number): Date | null {
  const { retryMinutes } = defaults.mail;
  const minutes = retryMinutes[tries - 1] ?? (outcome === 'later' ? null : retryMinutes.at(-1));
  return minutes == null ? null : new Date(Date.now() + minutes * MINUTE);
}

function changeAfter(outcome: Outcome, tries: number): Partial<MailRow> {
  if (outcome.kind === 'sent') {
    return { state: 'sent', sentAt: new Date(), nextActionAt: null, lastError: null, sealed: null };
  }
  const nextActionAt = outcome.kind === 'refused' ? null : nextTryAt(outcome.kind, tries);
  return {
    state: nextActionAt ? 'queued' : 'refused',
    nextActionAt,
    lastError: outcome.error,
  };
}

/** Writes down how an attempt ended, unless the lease was lost meanwhile. */
async function endLease({ _id, lease }: MailRow, change: Partial<MailRow>): Promise<void> {
  await MailModel.updateOne({ _id, lease }, { $set: { ...change, lease: null } });
}

async function attempt(row: MailRow): Promise<Ending> {
  const { _id, queuedAt, sealed } = row;
  const key = await loadDataKey(row.keyId).catch((error: unknown) => {
    if (error instanceof Erased) return null;
    throw error;
  });
  if (!key || !sealed) {
    await endLease(row, { state: 'erased', nextActionAt: null, sealed: null });
    return 'erased';
  }
  const outcome = await deliver(_id.toString(), queuedAt, openMail(key, { _id, sealed }));
  await endLease(row, changeAfter(outcome, row.tries));
  if (outcome.kind !== 'sent') {
    log.warn(
      { mailId: _id.toString(), outcome: outcome.kind, error: outcome.error },
      'mail not sent',
    );
  }
  return outcome.kind;
}

/** Sends one mail now if it is due and nobody else is sending it. */
export async function sendMail(id: Types.ObjectId): Promise<Ending> {
  if (config.smtpUrl === null) return 'not-due';
  const row = await leaseMail({ _id: id });
  return row ? attempt(row) : 'not-due';
}

/**
 * Sends what is due, at most `limit` mails, the longest due first; returns how many were tried. It
 * ends early when the mail server cannot be reached: the others would only wait for the same.
 */
export async function sendDueMails(limit: number): Promise<number> {
  if (config.smtpUrl === null) return 0;
  let tried = 0;
  let isReachable = true;
  const sendUntilDone = async () => {
    while (isReachable && tried < limit) {
      tried += 1;
      const row = await leaseMail({});
      if (!row) {
        tried -= 1;
        return;
      }
      if ((await attempt(row)) === 'unreachable') isReachable = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendUntilDone));
  return tried;
}
