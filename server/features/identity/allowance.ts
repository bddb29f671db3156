import { defaults } from '../../../config/defaults.ts';
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
 * Anybody can type anybody's address: this is what keeps us from flooding a stranger's mailbox.
 */
export async function takeAllowance(print: string): Promise<boolean> {
  const { sendsPerHour, sendsPerDay } = defaults.identity;
  const now = Date.now();
  const row = await AllowanceModel.findById(print).lean();
  if (row?.silentUntil && row.silentUntil.getTime() > now) return false;
  const sentAt = (row?.sentAt ?? []).filter((at) => at.getTime() > now - DAY);
  const lastHour = sentAt.filter((at) => at.getTime() > now - HOUR);
  if (sentAt.length >= sendsPerDay || lastHour.length >= sendsPerHour) return false;
  await AllowanceModel.updateOne(
    { _id: print },
    { sentAt: [...sentAt, new Date(now)], forgetAt: new Date(now + DAY) },
    { upsert: true },
  );
  return true;
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
