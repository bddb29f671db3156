/** The vocabulary of the data inventory: bases, sources, transfers and spans as the law names them. */

/** The six bases of GDPR Art. 6(1)(a) to (f). */
export const legalBases = [
  'consent',
  'contract',
  'legal-obligation',
  'vital-interests',
  'public-task',
  'legitimate-interests',
] as const;
export type LegalBasis = (typeof legalBases)[number];

/** Where data come from (GDPR Art. 14(2)(f), 15(1)(g); 11 CCR 7024). */
export const sourceKinds = [
  'person',
  'automatic',
  'customer',
  'provider',
  'public-directory',
  'sign-in-provider',
  'security-partner',
  'advertising-partner',
  'other',
] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** What allows a transfer to a third country (GDPR Art. 45 to 49); `undocumented`: not settled yet. */
export const transferMechanisms = [
  'adequacy',
  'standard-clauses',
  'binding-rules',
  'certification',
  'explicit-consent',
  'contract-with-person',
  'undocumented',
] as const;
export type TransferMechanism = (typeof transferMechanisms)[number];

/** The event from which a retention period is counted. */
export const retentionAnchors = [
  'collection',
  'document-date',
  'engagement-end',
  'account-closure',
  'last-contact',
  'agreement-end',
  'opt-out',
  'purpose-end',
] as const;
export type RetentionAnchor = (typeof retentionAnchors)[number];

export interface Retention {
  readonly anchor: RetentionAnchor;
  /** Months for which it must be kept, and after which it must be gone; null where nothing is fixed. */
  readonly atLeastMonths: number | null;
  readonly atMostMonths: number | null;
}

export interface Transfer {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly mechanism: TransferMechanism;
}
