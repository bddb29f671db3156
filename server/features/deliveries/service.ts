import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { MailModel, type MailRow, type MailState } from '../../mail/model.ts';
import { openMail, queueMail, type Recipient } from '../../mail/outbox.ts';
import { Problem } from '../../problem.ts';
import { enqueue } from '../../queue.ts';
import { createDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { centreUrl } from '../../centre.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';

/** What staff see of a mail without opening it. */
export type Delivery = Pick<
  MailRow,
  | '_id'
  | 'template'
  | 'language'
  | 'about'
  | 'state'
  | 'tries'
  | 'lastError'
  | 'nextActionAt'
  | 'queuedAt'
  | 'sentAt'
>;

/** A mail with what its data key opens: null once the mail server has it, or once it was erased. */
export interface OpenedDelivery extends Delivery {
  content: { to: Recipient; subject: string } | null;
}

/** The three questions staff have: what went wrong, what has not gone yet, what was there. */
export const deliveryViews = ['problems', 'waiting', 'all'] as const;
export type DeliveryView = (typeof deliveryViews)[number];

const STATES: Record<DeliveryView, MailState[] | null> = {
  problems: ['refused', 'bounced'],
  waiting: ['queued', 'sending'],
  all: null,
};

const UNOPENED = { sealed: 0, keyId: 0, lease: 0 } as const;

/** Mails of an organisation, newest first; `before` is the id of the last one already shown. */
export async function deliveriesOf(
  organizationId: Types.ObjectId,
  {
    view,
    before,
    limit,
  }: { view: DeliveryView; before?: Types.ObjectId | undefined; limit: number },
): Promise<Delivery[]> {
  const newestOf = (state: object) =>
    MailModel.find({ organizationId, ...state, ...(before && { _id: { $lt: before } }) }, UNOPENED)
      .sort({ _id: -1 })
      .limit(limit)
      .lean();
  const states = STATES[view];
  if (!states) return newestOf({});
  // The index is in order within one state, so each gives its newest, of which the newest are shown.
  const found = await Promise.all(states.map((state) => newestOf({ state })));
  return found
    .flat()
    .sort((a, b) => (a._id.toHexString() < b._id.toHexString() ? 1 : -1))
    .slice(0, limit);
}

export async function countDeliveries(
  organizationId: Types.ObjectId,
  view: DeliveryView,
): Promise<number> {
  const states = STATES[view];
  return MailModel.countDocuments({ organizationId, ...(states && { state: { $in: states } }) });
}

/** Opens a mail's recipient and subject for staff; the trail says so. @throws Problem not-found */
export async function readDelivery(
  actor: OrganizationActor,
  id: Types.ObjectId,
): Promise<OpenedDelivery> {
  return inTransaction(async () => {
    const row = await MailModel.findOne({ _id: id, organizationId: actor.organizationId }).lean();
    if (!row) throw new Problem('not-found', 'There is no such mail.');
    const { keyId, sealed, ...delivery } = row;
    const key = (await loadDataKeys([keyId])).get(keyId.toString());
    if (!key || !sealed) return { ...delivery, content: null };
    await recordAudit(actor, 'mail.read', { kind: 'mail', id });
    const { to, subject } = openMail(key, { _id: id, sealed });
    return { ...delivery, content: { to, subject } };
  });
}

/** Moves a mail, if it is in one of the given states, with its entry in the trail. */
async function moveMail(
  actor: OrganizationActor,
  id: Types.ObjectId,
  action: string,
  from: object,
  change: Partial<MailRow>,
): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    const { matchedCount } = await MailModel.updateOne(
      { _id: id, organizationId, ...from },
      change,
    );
    if (matchedCount === 0) {
      if (await MailModel.exists({ _id: id, organizationId })) {
        throw new Problem('not-allowed-now', 'The mail is in another state.');
      }
      throw new Problem('not-found', 'There is no such mail.');
    }
    await recordAudit(actor, action, { kind: 'mail', id });
  });
}

/**
 * Sends a refused or a waiting mail again, at once and with all its tries.
 * @throws Problem not-allowed-now for a mail that is on its way or gone.
 */
export async function retryMail(actor: OrganizationActor, id: Types.ObjectId): Promise<void> {
  await inTransaction(async () => {
    await moveMail(
      actor,
      id,
      'mail.retried',
      { state: { $in: ['refused', 'queued'] }, sealed: { $ne: null } },
      { state: 'queued', nextActionAt: new Date(), tries: 0, lastError: null },
    );
    enqueue('send-mail', { mailId: id.toString() });
  });
}

/**
 * Notes that a mail came back after the mail server had taken it: such notices reach the mailbox of
 * the sender, which people read. @throws Problem not-allowed-now unless the mail was sent.
 */
export async function noteBounce(actor: OrganizationActor, id: Types.ObjectId): Promise<void> {
  await moveMail(actor, id, 'mail.bounced', { state: 'sent' }, { state: 'bounced' });
}

/** Writes a test mail to the one who asks for it. */
export async function sendTestMail(actor: StaffMember): Promise<void> {
  const { organizationId, organization, account } = actor;
  const language = languageOf(account.language);
  await inTransaction(async () => {
    const key = await createDataKey(organizationId, 'mail');
    const id = await queueMail({
      template: 'mail-test',
      language: account.language,
      to: { name: account.name, email: account.email },
      keyId: key.id,
      organizationId,
      model: {
        organization: {
          name: organization.name,
          homeUrl: centreUrl(organization),
        },
        facts: [
          { term: language.t('mail.test.from'), text: config.mailFrom },
          {
            term: language.t('mail.test.at'),
            text: language.moment(new Date(), organization.timeZone),
          },
        ],
        mailUrl: `${config.publicUrl}/o/${organization.slug}/mail`,
      },
    });
    await recordAudit(actor, 'mail.tested', { kind: 'mail', id });
  });
}
