/**
 * The law as data: which answer is due when, under which regime, by which source.
 *
 * A published rule is never edited or removed, because a request keeps the rules in force on its
 * day of receipt: a change of law ends the old one (`effectiveTo`) and adds a higher `version`.
 */

import type { ControllerRole, DataClass, RightId } from './rights.ts';

/** A span counted in calendar days, months or business days. */
export interface CalendarPeriod {
  readonly n: number;
  readonly unit: 'day' | 'businessDay' | 'month';
}
/** A span counted from an instant; such a period never rolls (Reg. 1182/71 Art. 3(4)). */
export interface HourPeriod {
  readonly n: number;
  readonly unit: 'hour';
}
export type Period = CalendarPeriod | HourPeriod;

export const regimeIds = ['gdpr', 'uk-gdpr', 'ccpa', 'hipaa'] as const;
export type RegimeId = (typeof regimeIds)[number];

export interface Extension {
  /** Added to the first period; both count together from the clock's start, in the same unit. */
  readonly add: CalendarPeriod;
  readonly anchor: 'clockStart';
  readonly once: true;
  readonly noticeWithin: 'respond';
  readonly reasonRequired: true;
}

export interface DeadlineRule {
  readonly id: string;
  readonly version: number;
  readonly regime: RegimeId;
  /** Residences: ISO 3166-1 countries, ISO 3166-2 states, or `*` where residence is irrelevant. */
  readonly jurisdictions: readonly string[];
  readonly requestTypes: readonly RightId[];
  readonly roles: readonly ControllerRole[];
  readonly dataClasses: readonly DataClass[];
  /** First and last day of receipt to which the rule applies. */
  readonly effectiveFrom: string;
  readonly effectiveTo?: string;
  readonly clockStart: 'receipt' | 'latestOf(receipt,identity,fee)';
  /** `receiptIsDayOne`: the text can be read so; alarms then run one day earlier. */
  readonly firstDay: 'afterReceipt' | 'receiptIsDayOne';
  readonly acknowledge?: CalendarPeriod;
  readonly respond: CalendarPeriod;
  /** The wording that makes `respond` an outer limit; a code, put into words by the templates. */
  readonly outerText?: 'without-undue-delay' | 'as-soon-as-feasible';
  readonly extension?: Extension;
  readonly identityPause: 'none' | 'restart' | 'suspend';
  readonly clarificationPause: 'none' | 'suspend' | 'excludeDaysInclusive';
  readonly roll: 'none' | 'nextWorkingDay';
  /** Whose holidays count; absent where no holiday matters. */
  readonly calendar?: 'establishment' | 'UK-EAW' | 'US-CA';
  readonly sources: readonly string[];
  /** H: primary text or regulator's page read. M: well known, text not read. L: assumption. */
  readonly confidence: 'H' | 'M' | 'L';
}

/** What the product does where no law decides; an organisation's own promise goes first. */
export const productDefaults = {
  /** Days in which to answer when neither a law nor a promise of the organisation gives a date. */
  promiseDays: 30,
  /** Days after receipt, for a request whose sender has not proved control of the mailbox. */
  unverified: { remindAfterDays: [3, 7, 14], expireAfterDays: 30 },
  /** Local hour of the organisation at which reminders go out. */
  reminderHour: 9,
} as const;

/** The thirty states of the European Economic Area. */
export const eeaCountries =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
    ' ',
  );

/** Parts of the Union to which ISO gives a country code of their own (TFEU Art. 355(1), (4)). */
export const unionTerritories = ['AX', 'GF', 'GP', 'MF', 'MQ', 'RE', 'YT'];

const once = {
  anchor: 'clockStart',
  once: true,
  noticeWithin: 'respond',
  reasonRequired: true,
} as const;

const answeredRights = [
  'access',
  'access-categories',
  'correction',
  'deletion',
  'portability',
  'restriction',
  'objection',
  'consent-withdrawal',
  'automated-review',
] as const;

const everyClass = ['ordinary', 'sensitive', 'phi'] as const;

const gdprAnswer = {
  id: 'gdpr-answer',
  version: 1,
  regime: 'gdpr',
  jurisdictions: [...eeaCountries, ...unionTerritories],
  requestTypes: answeredRights,
  roles: ['controller'],
  dataClasses: everyClass,
  effectiveFrom: '2018-05-25',
  clockStart: 'receipt',
  firstDay: 'afterReceipt',
  respond: { n: 1, unit: 'month' },
  outerText: 'without-undue-delay',
  extension: { ...once, add: { n: 2, unit: 'month' } },
  identityPause: 'suspend',
  clarificationPause: 'suspend',
  roll: 'nextWorkingDay',
  calendar: 'establishment',
  sources: ['GDPR Art. 12(3)', 'Reg. 1182/71 Art. 3', 'EDPB Guidelines 01/2022 s. 5.3'],
  confidence: 'H',
} as const satisfies DeadlineRule;

/**
 * Whether requests received before 5 February 2026 keep the old rule is not settled (SI 2026/82
 * has transitional provisions); both versions give the same dates as long as nothing pauses.
 */
const ukGdprAnswer = {
  ...gdprAnswer,
  id: 'uk-gdpr-answer',
  version: 2,
  regime: 'uk-gdpr',
  jurisdictions: ['GB'],
  effectiveFrom: '2026-02-05',
  clockStart: 'latestOf(receipt,identity,fee)',
  identityPause: 'restart',
  clarificationPause: 'excludeDaysInclusive',
  calendar: 'UK-EAW',
  sources: [
    'UK GDPR Art. 12(3), 12A (Data (Use and Access) Act 2025 s. 76)',
    'ICO guidance on the right of access: time limits',
  ],
} as const satisfies DeadlineRule;

const ukGdprAnswerUntil2026 = {
  ...ukGdprAnswer,
  version: 1,
  effectiveFrom: '2021-01-01',
  effectiveTo: '2026-02-04',
  clarificationPause: 'suspend',
  sources: ['UK GDPR Art. 12(3)', 'ICO guidance on the right of access: time limits'],
  confidence: 'M',
} as const satisfies DeadlineRule;

const ccpaAnswer = {
  id: 'ccpa-answer',
  version: 1,
  regime: 'ccpa',
  jurisdictions: ['US-CA'],
  requestTypes: ['access', 'access-categories', 'correction', 'deletion', 'portability'],
  roles: ['controller'],
  dataClasses: ['ordinary', 'sensitive'],
  effectiveFrom: '2023-01-01',
  clockStart: 'receipt',
  firstDay: 'receiptIsDayOne',
  acknowledge: { n: 10, unit: 'businessDay' },
  respond: { n: 45, unit: 'day' },
  extension: { ...once, add: { n: 45, unit: 'day' } },
  identityPause: 'none',
  clarificationPause: 'none',
  roll: 'none',
  calendar: 'US-CA',
  sources: ['11 CCR 7021', 'Cal. Civ. Code 1798.130(a)(2)'],
  confidence: 'H',
} as const satisfies DeadlineRule;

/**
 * A Californian who objects, or asks to restrict, uses the nearest rights of that State: opting
 * out of sale and sharing, and limiting the use of sensitive personal information.
 */
const ccpaOptOut = {
  id: 'ccpa-opt-out',
  version: 1,
  regime: 'ccpa',
  jurisdictions: ['US-CA'],
  requestTypes: ['objection', 'restriction', 'sale-opt-out', 'limit-sensitive'],
  roles: ['controller'],
  dataClasses: ['ordinary', 'sensitive'],
  effectiveFrom: '2023-01-01',
  clockStart: 'receipt',
  firstDay: 'afterReceipt',
  respond: { n: 15, unit: 'businessDay' },
  outerText: 'as-soon-as-feasible',
  identityPause: 'none',
  clarificationPause: 'none',
  roll: 'none',
  calendar: 'US-CA',
  sources: ['11 CCR 7026(f), 7027', 'Cal. Civ. Code 1798.135'],
  confidence: 'M',
} as const satisfies DeadlineRule;

/** A portable copy of health records is an access request too: 45 CFR 164.524(c)(2)(ii). */
const hipaaAccess = {
  id: 'hipaa-access',
  version: 1,
  regime: 'hipaa',
  // HIPAA follows the record and its keeper, not the residence of the patient.
  jurisdictions: ['*'],
  requestTypes: ['access', 'portability'],
  roles: ['coveredEntity'],
  dataClasses: ['phi'],
  effectiveFrom: '2003-04-14',
  clockStart: 'receipt',
  firstDay: 'afterReceipt',
  respond: { n: 30, unit: 'day' },
  extension: { ...once, add: { n: 30, unit: 'day' } },
  identityPause: 'none',
  clarificationPause: 'none',
  roll: 'none',
  sources: ['45 CFR 164.524(b)(2)'],
  confidence: 'H',
} as const satisfies DeadlineRule;

const hipaaAmendment = {
  ...hipaaAccess,
  id: 'hipaa-amendment',
  requestTypes: ['correction', 'amendment'],
  respond: { n: 60, unit: 'day' },
  sources: ['45 CFR 164.526(b)(2)'],
} as const satisfies DeadlineRule;

/** Every rule ever in force here, old versions included. */
export const regimes: readonly DeadlineRule[] = [
  gdprAnswer,
  ukGdprAnswerUntil2026,
  ukGdprAnswer,
  ccpaAnswer,
  ccpaOptOut,
  hipaaAccess,
  hipaaAmendment,
];
