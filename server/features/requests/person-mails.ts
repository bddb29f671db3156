import type { Types } from 'mongoose';
import { MailModel, type MailRow } from '../../mail/model.ts';

export type PersonMail = Pick<MailRow, '_id' | 'template' | 'state' | 'queuedAt'>;

const toPersons = ['request-confirm', 'request-code', 'request-package-code', 'request-news'];

/** The mails to the person of a request and how far each came, the newest first. None is opened. */
export async function mailsToPerson(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<PersonMail[]> {
  return MailModel.find(
    { organizationId, 'about.id': requestId, template: { $in: toPersons } },
    { template: 1, state: 1, queuedAt: 1 },
  )
    .sort({ _id: -1 })
    .limit(20)
    .lean();
}
