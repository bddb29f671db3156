import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { identityFigures } from '../../../config/identity.ts';
import { countHit } from '../../security/counts.ts';
import { fingerprint } from '../../security/tokens.ts';
import { AllowanceModel } from './model.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What stands for an address wherever mails to it are counted. */
export function addressPrint(address: string): string {
  return fingerprint('mail-allowance', address.normalize('NFKC').trim().toLowerCase());
}

/**
 * Takes one mail from what an address may still get, in the caller's transaction: so many an hour
 * and a day over all organisations, none while its owner silenced us. False when none is left.
 * Anybody can type anybody's address: this is what keeps us from flooding a stranger's mailbox. Who
 * only knows an address cannot use up what its owner needs: mails about a proven request have an
 * hour of their own, and a part of the day.
 */
export async function takeAllowance(
  print: string,
  { isProven = false }: { isProven?: boolean } = {},
): Promise<boolean> {
  const { sendsPerHour, sendsPerDay, unprovenSendsPerDay } = defaults.identity;
  const now = Date.now();
  const row = await AllowanceModel.findById(print).lean();
  if (row?.silentUntil && row.silentUntil.getTime() > now) return false;
  const sentAt = (row?.sentAt ?? []).filter((at) => at.getTime() > now - DAY);
  const unprovenAt = (row?.unprovenAt ?? []).filter((at) => at.getTime() > now - DAY);
  const lastHour = (list: Date[]) => list.filter((at) => at.getTime() > now - HOUR).length;
  const unprovenHour = lastHour(unprovenAt);
  const ownHour = isProven ? lastHour(sentAt) - unprovenHour : unprovenHour;
  if (sentAt.length >= sendsPerDay || ownHour >= sendsPerHour) return false;
  if (!isProven && unprovenAt.length >= unprovenSendsPerDay) return false;
  const at = new Date(now);
  await AllowanceModel.updateOne(
    { _id: print },
    {
      sentAt: [...sentAt, at],
      unprovenAt: isProven ? unprovenAt : [...unprovenAt, at],
      forgetAt: new Date(now + DAY),
    },
    { upsert: true },
  );
  return true;
}

/**
 * Counts one code that a stranger asked for, outside of any transaction: false once an organisation
 * or the whole installation has sent so many in this hour that somebody must be playing with us.
 */
export async function takeStrangersTurn(organizationId: Types.ObjectId): Promise<boolean> {
  const { organization, installation } = defaults.identity.strangersPerHour;
  const own = await countHit(`codes:${organizationId.toHexString()}`, 60);
  const all = await countHit('codes', 60);
  return own.totalHits <= organization && all.totalHits <= installation;
}

/** Whether so many requests came from one network today that they go to the lane for bulk. */
export async function isBulk(organizationId: Types.ObjectId, network: string): Promise<boolean> {
  const key = fingerprint('bulk', `${organizationId.toHexString()}:${network}`);
  return (await countHit(key, 24 * 60)).totalHits > identityFigures.bulkPerDay;
}

/** Stops mails to an address for a while, as its owner asked. */
export async function silence(print: string): Promise<void> {
  const silentUntil = new Date(Date.now() + defaults.identity.silenceHours * HOUR);
  await AllowanceModel.updateOne(
    { _id: print },
    { silentUntil, forgetAt: silentUntil },
    { upsert: true },
  );
}
