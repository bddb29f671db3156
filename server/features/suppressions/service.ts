import type { Types } from 'mongoose';
import {
  marketingTopics,
  type MarketingTopic,
  type MessageTopic,
  type SuppressionCause,
} from '../../../config/message-topics.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { asVisitor, recordAudit, type Actor } from '../audit/service.ts';
import { addressIndex, type Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { SuppressionModel, type SuppressionRow } from './model.ts';
import type { AddressAndTopic, LookUp, SendCheck } from './schema.ts';
import { readUnsubscribeToken } from './unsubscribe.ts';

export { readUnsubscribeToken, unsubscribeLinkFor } from './unsubscribe.ts';

type NewSuppression = Pick<SuppressionRow, 'addressIndex' | 'topic' | 'cause' | 'requestId'>;

async function suppress(
  actor: Actor,
  { _id: organizationId }: Organization,
  { addressIndex: index, topic, ...how }: NewSuppression,
): Promise<void> {
  const known = await SuppressionModel.findOneAndUpdate(
    { organizationId, addressIndex: index, topic },
    { $setOnInsert: { since: new Date(), ...how } },
    { upsert: true, projection: { _id: 1 } },
  ).lean();
  if (known) return;
  const row = await SuppressionModel.findOne({ organizationId, addressIndex: index, topic })
    .orFail()
    .lean();
  const facts = { topic, cause: how.cause, request: how.requestId?.toHexString() ?? null };
  await recordAudit(actor, 'suppression.added', { kind: 'suppression', id: row._id }, facts);
}

/** Ends mail about a topic to an address, in the caller's transaction; again changes nothing. */
export async function suppressAddress(
  actor: Actor,
  organization: Organization,
  given: {
    address: string;
    topic: MarketingTopic;
    cause: SuppressionCause;
    requestId?: Types.ObjectId;
  },
): Promise<void> {
  const { address, topic, cause, requestId = null } = given;
  const index = await addressIndex(organization, address);
  await suppress(actor, organization, { addressIndex: index, topic, cause, requestId });
}

/** What a person or a machine on staff enters by hand. */
export async function suppressByStaff(
  staff: StaffMember,
  { address, topic }: AddressAndTopic,
): Promise<void> {
  await againstDuplicates(() =>
    inTransaction(() =>
      suppressAddress(staff, staff.organization, { address, topic, cause: 'staff' }),
    ),
  );
}

/**
 * Whether a mail about a topic may not go to an address: asked by the sender before each mail. What
 * somebody needs to know about a contract or a danger is never held back.
 */
export async function isSuppressed(
  organization: Organization,
  { address, topic }: SendCheck,
): Promise<boolean> {
  if (!isMarketing(topic)) return false;
  const row = await SuppressionModel.exists({
    organizationId: organization._id,
    addressIndex: await addressIndex(organization, address),
    topic: { $in: ['marketing', topic] },
  });
  return row !== null;
}

const isMarketing = (topic: MessageTopic): topic is MarketingTopic =>
  (marketingTopics as readonly string[]).includes(topic);

/** Follows a signed link. @throws Problem gone for a link that is not ours. */
export async function unsubscribeByLink(
  organization: Organization,
  token: string,
): Promise<MarketingTopic> {
  const subscription = readUnsubscribeToken(organization, token);
  if (!subscription)
    throw new Problem('gone', 'This link is not complete.', { code: 'link-ended' });
  const visitor = asVisitor(organization._id);
  const given = { ...subscription, cause: 'unsubscribe-link', requestId: null } as const;
  await againstDuplicates(() => inTransaction(() => suppress(visitor, organization, given)));
  return subscription.topic;
}

/** How many addresses are on the list, by topic. */
export async function countSuppressions(
  organizationId: Types.ObjectId,
): Promise<{ topic: MarketingTopic; count: number }[]> {
  const groups = await SuppressionModel.aggregate<{ _id: MarketingTopic; count: number }>([
    { $match: { organizationId } },
    { $group: { _id: '$topic', count: { $sum: 1 } } },
  ]);
  return marketingTopics.map((topic) => ({
    topic,
    count: groups.find(({ _id }) => _id === topic)?.count ?? 0,
  }));
}

/** What one address gets no more of. Each look is recorded with its reason. */
export async function lookUpAddress(
  staff: StaffMember,
  { address, reason }: LookUp,
): Promise<SuppressionRow[]> {
  const { organizationId, organization } = staff;
  return inTransaction(async () => {
    const rows = await SuppressionModel.find({
      organizationId,
      addressIndex: await addressIndex(organization, address),
    })
      .sort({ topic: 1 })
      .lean();
    const target = { kind: 'organization', id: organizationId };
    await recordAudit(staff, 'suppression.looked-up', target, {
      lookUp: reason,
      found: rows.length,
    });
    return rows;
  });
}

/** Lets mail go out again, as the person wished. @throws Problem not-found */
export async function removeSuppression(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organizationId } = staff;
  await inTransaction(async () => {
    const row = await SuppressionModel.findOneAndDelete({ _id: id, organizationId }).lean();
    if (!row) throw new Problem('not-found', 'There is no such entry.');
    await recordAudit(
      staff,
      'suppression.removed',
      { kind: 'suppression', id },
      {
        topic: row.topic,
      },
    );
  });
}
