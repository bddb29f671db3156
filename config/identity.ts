import { rightsWithoutProof, type IdentityLevel, type RightId } from './rights.ts';

/** How surely a person must be known, by what the request is about. */
export interface RequiredLevels {
  readonly ordinary: IdentityLevel;
  /** Special categories, and health records. */
  readonly sensitive: IdentityLevel;
}
export type LevelTable = Readonly<Record<RightId, RequiredLevels>>;

const nothing = { ordinary: 0, sensitive: 0 } as const;
const mailbox = { ordinary: 1, sensitive: 1 } as const;
const lowRisk = { ordinary: 1, sensitive: 2 } as const;
const disclosing = { ordinary: 2, sensitive: 3 } as const;

/**
 * What an organisation starts with (GDPR Art. 12(6), EDPB Guidelines 01/2022 paras 69-78; 11 CCR
 * 7060-7062: two matching points for access, three and a declaration for specific pieces).
 */
export const defaultLevels: LevelTable = {
  access: disclosing,
  'access-categories': lowRisk,
  correction: lowRisk,
  deletion: disclosing,
  portability: disclosing,
  restriction: mailbox,
  objection: mailbox,
  'consent-withdrawal': mailbox,
  'marketing-opt-out': nothing,
  'sale-opt-out': nothing,
  'limit-sensitive': nothing,
  'disclosure-accounting': disclosing,
  amendment: lowRisk,
  'automated-review': lowRisk,
  appeal: mailbox,
  complaint: nothing,
  'child-report': nothing,
  'security-report': nothing,
};

/**
 * The lowest level that an organisation may choose. Withdrawing consent must be as easy as giving
 * it (GDPR Art. 7(3)); whatever else needs a proof needs at least the mailbox.
 */
export const lowestLevel = (right: RightId): IdentityLevel =>
  rightsWithoutProof.includes(right) || right === 'consent-withdrawal' ? 0 : 1;

/** Opt-outs and reports never ask who somebody is. */
export const highestLevel = (right: RightId): IdentityLevel =>
  rightsWithoutProof.includes(right) ? 0 : 3;

/** What can prove who somebody is, and the level that it gives by itself. */
export const evidenceKinds = {
  mailbox: 1,
  'signed-in': 1,
  /** Signed in again within ten minutes (11 CCR 7061(a)). */
  'fresh-sign-in': 2,
  /** The same with more than one factor. */
  'strong-sign-in': 3,
  /** Staff reached the person where the organisation knows them. */
  'contact-checked': 1,
  'known-person': 2,
  'in-person': 3,
  /** The same by the word of one who may not decide: level 3 takes a second one. */
  'in-person-alone': 2,
  agent: 1,
  /** Counts with a second proof only: see `levelProved`. */
  'data-points': 0,
  declaration: 0,
  document: 0,
} as const satisfies Record<string, IdentityLevel>;
export type EvidenceKind = keyof typeof evidenceKinds;

/** What staff may record without any file: nothing of it is kept but the note. */
export const staffEvidence = ['known-person', 'in-person'] as const;
export type StaffEvidence = (typeof staffEvidence)[number];

/** What a person may be asked that the organisation holds already. Never anything new or secret. */
export const pointIds = [
  'customer-number',
  'order-number',
  'contract-day',
  'invoice-amount',
  'birth-day',
  'postcode',
  'phone-ending',
  'visit-day',
] as const;
export type PointId = (typeof pointIds)[number];

/** What somebody shows of themselves, as the reviewer saw it. */
export const documentKinds = ['identity-card', 'passport', 'residence-permit', 'other'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** Why somebody on staff opens a document. Each look needs one. */
export const viewReasons = ['decide', 'look-again', 'person-asked'] as const;
export type ViewReason = (typeof viewReasons)[number];

export const identityFigures = {
  /** Points of one set, and how many sets a person may try, each once. */
  pointsPerSet: 3,
  sets: 3,
  /** The same number for one address, over all its requests to an organisation. */
  setsDays: 30,
  /** A signed question is only good for this long. */
  endpointTimeoutMs: 5_000,
  endpointReplyBytes: 4_096,
  document: {
    maxBytes: 5 * 1024 * 1024,
    /** The longer side of a picture as the reviewer sees it. */
    maxPixels: 2_000,
    /** More than a telephone takes is refused before it is drawn. */
    mostPixels: 16_000_000,
    drawSeconds: 10,
    /** Pictures that may wait for their turn, in one process. */
    drawsWaiting: 20,
    /** A document that somebody looked at is deleted by then, decided or not. */
    reviewedHours: 72,
    unreviewedDays: 7,
    /** How long a document stays with the one who opened it first. */
    reviewerHours: 24,
    /** How long the reviewer's page shows it, and may be loaded again. */
    viewMinutes: 5,
  },
  /** 11 CCR 7101(a): records of a request are kept for 24 months. */
  declarationMonths: 24,
  remindAfterDays: [3, 7, 14],
  closeAfterDays: 30,
  /** More requests than this from one network in a day go to the lane for bulk. */
  bulkPerDay: 5,
} as const;
