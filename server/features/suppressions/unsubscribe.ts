import { marketingTopics, type MarketingTopic } from '../../../config/message-topics.ts';
import { fingerprint, sameText } from '../../security/tokens.ts';
import { centreUrl } from '../../centre.ts';
import { addressIndex, type Organization } from '../organizations/service.ts';

interface Subscription {
  addressIndex: string;
  topic: MarketingTopic;
}

const sealOf = ({ _id }: Organization, { addressIndex: index, topic }: Subscription) =>
  fingerprint('unsubscribe', `${_id.toHexString()}:${index}:${topic}`);

/**
 * The link that ends a subscription, and the headers with which a mail carries it (RFC 8058): the
 * sender of the mail signs both with DKIM. It names nobody, needs no sign-in and never ends.
 */
export async function unsubscribeLinkFor(
  organization: Organization,
  { address, topic }: { address: string; topic: MarketingTopic },
) {
  const subscription = { addressIndex: await addressIndex(organization, address), topic };
  const token = [subscription.addressIndex, topic, sealOf(organization, subscription)].join('.');
  const url = `${centreUrl(organization)}/unsubscribe/${token}`;
  return {
    url,
    headers: {
      'List-Unsubscribe': `<${url}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}

/** What a link ends; null when we did not sign it. */
export function readUnsubscribeToken(
  organization: Organization,
  token: string,
): Subscription | null {
  const [index = '', named = '', seal = ''] = token.split('.');
  const topic = marketingTopics.find((one) => one === named);
  if (topic === undefined) return null;
  const subscription = { addressIndex: index, topic };
  return sameText(seal, sealOf(organization, subscription)) ? subscription : null;
}
