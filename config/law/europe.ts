import { eeaCountries, unionTerritories } from '../regimes.ts';
import { ukCalendars } from './calendars.ts';
import {
  answeredRights,
  days,
  everyDataClass,
  months,
  onceWithReasons,
  plainClock,
  type DeadlineRule,
} from './rule.ts';

const gdprAnswer = {
  id: 'gdpr-answer',
  version: 1,
  regime: 'gdpr',
  jurisdictions: [...eeaCountries, ...unionTerritories],
  requestTypes: answeredRights,
  roles: ['controller', 'coveredEntity'],
  dataClasses: everyDataClass,
  effectiveFrom: '2018-05-25',
  clockStart: 'receipt',
  firstDay: 'afterReceipt',
  respond: months(1),
  outerText: 'without-undue-delay',
  extension: { ...onceWithReasons, add: months(2) },
  identityPause: 'suspend',
  clarificationPause: 'suspend',
  roll: 'nextWorkingDay',
  sources: ['GDPR Art. 12(3)', 'Reg. 1182/71 Art. 3', 'EDPB Guidelines 01/2022 s. 5.3'],
  confidence: 'H',
} as const satisfies DeadlineRule;

/** Stopping waits for nothing; only the confirmation has the month of Art. 12(3). */
const gdprStop = {
  ...plainClock,
  id: 'gdpr-stop',
  regime: 'gdpr',
  jurisdictions: gdprAnswer.jurisdictions,
  requestTypes: ['marketing-opt-out', 'consent-withdrawal'],
  dataClasses: everyDataClass,
  effectiveFrom: '2018-05-25',
  stop: days(0),
  respond: months(1),
  outerText: 'without-undue-delay',
  roll: 'nextWorkingDay',
  sources: ['GDPR Art. 21(3), 7(3)', 'GDPR Art. 12(3)'],
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
  clarificationRights: ['access', 'access-categories'],
  calendars: ukCalendars,
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

const ukGdprStop = {
  ...gdprStop,
  id: 'uk-gdpr-stop',
  regime: 'uk-gdpr',
  jurisdictions: ['GB'],
  effectiveFrom: '2021-01-01',
  calendars: ukCalendars,
  sources: ['UK GDPR Art. 21(3), 7(3)', 'UK GDPR Art. 12(3)'],
} as const satisfies DeadlineRule;

/** The outcome has no date: without undue delay. The ICO rolls the thirty days. */
const ukComplaint = {
  ...plainClock,
  id: 'uk-gdpr-complaint',
  regime: 'uk-gdpr',
  jurisdictions: ['GB'],
  requestTypes: ['complaint'],
  dataClasses: everyDataClass,
  effectiveFrom: '2026-06-19',
  acknowledge: days(30),
  roll: 'nextWorkingDay',
  calendars: ukCalendars,
  sources: ['DPA 2018 s. 164A (Data (Use and Access) Act 2025 s. 103)', 'ICO guidance'],
  confidence: 'M',
} as const satisfies DeadlineRule;

/** Thirty days as a rule; whoever needs longer says until when, without a limit in law. */
const swissAnswer = {
  ...plainClock,
  id: 'swiss-answer',
  regime: 'swiss-fadp',
  jurisdictions: ['CH'],
  requestTypes: answeredRights,
  dataClasses: everyDataClass,
  effectiveFrom: '2023-09-01',
  respond: days(30),
  sources: ['FADP Art. 25(7)', 'DPO Art. 18'],
  confidence: 'H',
} as const satisfies DeadlineRule;

export const europeanRules: readonly DeadlineRule[] = [
  gdprAnswer,
  gdprStop,
  ukGdprAnswerUntil2026,
  ukGdprAnswer,
  ukGdprStop,
  ukComplaint,
  swissAnswer,
];
