import type { MarketingTopic } from '../../../config/message-topics.ts';
import { languageOf } from '../../language.ts';
import { system, type Actor } from '../audit/service.ts';
import { addressPrint, takeAllowance } from '../identity/service.ts';
import { inventoryOf, type Purpose } from '../inventory/service.ts';
import type { Organization } from '../organizations/service.ts';
import { suppressAddress } from '../suppressions/service.ts';
import { outcomeOf } from './contents.ts';
import { tellPerson } from './mails.ts';
import type { RequestRow } from './model.ts';
import { moveRequest } from './moving.ts';
import { topicStopped } from './questions.ts';
import type { NewRequest } from './schema.ts';

/** The organisation's own purposes where a right asks about them. */
export async function purposesAsked(
  { _id }: Organization,
  { right }: Pick<NewRequest, 'right'>,
): Promise<Purpose[]> {
  return right === 'objection' ? (await inventoryOf(_id)).purposes : [];
}

/** The advertising that a request ends with its arrival; null for every other request. */
export async function topicStoppedBy(
  organization: Organization,
  { right, answers, email }: Pick<NewRequest, 'right' | 'answers' | 'email'>,
): Promise<MarketingTopic | null> {
  if (email === '') return null;
  return topicStopped(right, answers, await purposesAsked(organization, { right }));
}

/**
 * Stops advertising to the address of a request and answers the request, in the transaction in
 * which it came in: from then on no sender is told otherwise.
 */
export async function fulfilAtOnce(
  actor: Actor,
  organization: Organization,
  row: RequestRow,
  { topic, address }: { topic: MarketingTopic; address: string },
): Promise<void> {
  const organizationId = organization._id;
  const requestId = row._id;
  await suppressAddress(actor, organization, { address, topic, cause: 'request', requestId });
  const { t } = languageOf(row.language);
  const text = t('outcomes.stopped', { topic: t(`suppressions.topic.${topic}`) });
  const done = await moveRequest(system(organizationId), requestId, {
    name: 'fulfil',
    change: { outcome: await outcomeOf(row, text, { kind: 'completed' }) },
    facts: { topic },
  });
  // Mail to an address that nobody has proved stays within what it may get.
  if (await takeAllowance(addressPrint(address))) {
    await tellPerson(organization, done, 'opt-out-done');
  }
}
