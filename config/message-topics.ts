/** What mail is about. Only promotional mail can be opted out of; `marketing` is all of it. */
export const marketingTopics = ['marketing', 'newsletter', 'offers', 'surveys', 'events'] as const;
export type MarketingTopic = (typeof marketingTopics)[number];

/** What somebody needs to know is never held back (16 CFR 316.3(c); GDPR Art. 21(3)). */
const serviceTopics = ['service', 'security', 'support'] as const;
export const messageTopics = [...marketingTopics, ...serviceTopics] as const;
export type MessageTopic = (typeof messageTopics)[number];

/** How an address came on the list of those who get no more of it. */
export const suppressionCauses = ['request', 'unsubscribe-link', 'staff'] as const;
export type SuppressionCause = (typeof suppressionCauses)[number];

/** Why staff look an address up. */
export const lookUpReasons = ['person-asked', 'complaint', 'delivery', 'audit'] as const;
export type LookUpReason = (typeof lookUpReasons)[number];
