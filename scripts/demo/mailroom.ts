import type { Types } from 'mongoose';
import { noteBounce } from '../../server/features/deliveries/service.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { MailModel } from '../../server/mail/model.ts';
import { openMail } from '../../server/mail/outbox.ts';
import { bytesOf, loadDataKey } from '../../server/security/data-keys.ts';

type Link = 'confirm' | 'not-me' | 'invitation';

/** What the newest mail about something says; null when there is none of these templates. */
async function newestMail(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
  templates: readonly string[],
): Promise<string | null> {
  const mails = MailModel.find({
    organizationId,
    state: 'outbox',
    'about.id': aboutId,
    template: { $in: templates },
  })
    .sort({ _id: -1 })
    .limit(1)
    .lean();
  const [row] = await mails;
  if (!row?.sealed) return null;
  const sealed = Buffer.from(bytesOf(row.sealed));
  return openMail(await loadDataKey(row.keyId), { _id: row._id, sealed }).text;
}

/**
 * The token of a link in the newest mail about something, as its reader would click it; null when
 * there is no such mail.
 */
export async function linkInMail(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
  link: Link,
): Promise<string | null> {
  const templates = ['request-confirm', 'request-code', 'staff-invitation'];
  const text = (await newestMail(organizationId, aboutId, templates)) ?? '';
  return new RegExp(`/${link}/([\\w-]+)`, 'u').exec(text)?.[1] ?? null;
}

/** The newest code for the download of an answer; null when there is no such mail. */
export async function packageCodeInMail(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<string | null> {
  const text = (await newestMail(organizationId, requestId, ['request-package-code'])) ?? '';
  return /\d{4} \d{4}/u.exec(text)?.[0] ?? null;
}

const firstMail = (organizationId: Types.ObjectId, aboutId: Types.ObjectId) =>
  MailModel.findOne({ organizationId, state: 'outbox', 'about.id': aboutId }, { _id: 1 })
    .sort({ _id: 1 })
    .lean();

/**
 * Lets a mail server have refused the first mail about a request. There is none in a demo, so the
 * row gets what the sending job writes down in that case.
 */
export async function letBeRefused(
  organizationId: Types.ObjectId,
  aboutId: Types.ObjectId,
): Promise<void> {
  const mail = await firstMail(organizationId, aboutId);
  if (!mail) return;
  const change = { state: 'refused', sentAt: null, tries: 1, lastError: '550 5.1.1' } as const;
  await MailModel.updateOne({ _id: mail._id, organizationId }, { $set: change });
}

/** Lets a mail have been sent and come back; a member of staff notes it. */
export async function letBounce(staff: StaffMember, aboutId: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  const mail = await firstMail(organizationId, aboutId);
  if (!mail) return;
  const change = { state: 'sent', tries: 1, sealed: null } as const;
  await MailModel.updateOne({ _id: mail._id, organizationId }, { $set: change });
  await noteBounce(staff, mail._id);
}
