import { Types } from 'mongoose';
import * as delivery from '../server/mail/delivery.ts';

/** Enough for a busy minute; what is left waits for the next sweep. */
const MAILS_PER_SWEEP = 200;

/** Sends a mail that was just queued. */
export async function sendOneMail(mailId: string): Promise<void> {
  await delivery.sendMail(new Types.ObjectId(mailId));
}

/** Sends every mail that is due: new ones whose nudge was lost, retries, and what a crash left. */
export async function sendDueMails(): Promise<void> {
  await delivery.sendDueMails(MAILS_PER_SWEEP);
}
