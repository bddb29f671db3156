/** What a person can ask of an organisation. */
export const rightIds = [
  'access',
  'access-categories',
  'correction',
  'deletion',
  'portability',
  'restriction',
  'objection',
  'consent-withdrawal',
  'marketing-opt-out',
  'sale-opt-out',
  'limit-sensitive',
  'disclosure-accounting',
  'amendment',
  'automated-review',
  'appeal',
  'complaint',
  'child-report',
  'security-report',
] as const;
export type RightId = (typeof rightIds)[number];

export const dataClasses = ['ordinary', 'sensitive', 'phi'] as const;
/**
 * `sensitive`: special categories (GDPR Art. 9) and sensitive personal information (Cal. Civ. Code
 * 1798.140(ae)); `phi`: protected health information held under HIPAA (45 CFR 160.103).
 */
export type DataClass = (typeof dataClasses)[number];

/** In which part the organisation holds the data that a request is about. */
export const controllerRoles = [
  'controller',
  'processor',
  'coveredEntity',
  'businessAssociate',
] as const;
export type ControllerRole = (typeof controllerRoles)[number];

/** How a request reached the organisation. */
export const channelIds = [
  'web',
  'signed-in',
  'api',
  'email',
  'phone',
  'post',
  'in-person',
  'agent',
  'gpc',
] as const;
export type ChannelId = (typeof channelIds)[number];

/**
 * How surely a person is known: 0 not at all, 1 holds the mailbox, 2 two more points match or a
 * fresh sign-in, 3 a third point and a declaration, a reviewed document or a strong sign-in.
 */
export const identityLevels = [0, 1, 2, 3] as const;
export type IdentityLevel = (typeof identityLevels)[number];

/** What is answered without asking who somebody is (11 CCR 7060(b); 16 CFR 316.5). */
export const rightsWithoutProof: readonly RightId[] = [
  'marketing-opt-out',
  'sale-opt-out',
  'limit-sensitive',
  'complaint',
  'child-report',
  'security-report',
];

/** What a signed-in person is given only after a sign-in of the last minutes (11 CCR 7061(a)(2)). */
export const rightsWithFreshSignIn: readonly RightId[] = [
  'access',
  'access-categories',
  'portability',
  'disclosure-accounting',
  'correction',
  'amendment',
  'deletion',
];
