import type { RegimeId } from '../regimes.ts';
import type { RightId } from '../rights.ts';
import {
  days,
  months,
  onceWithReasons,
  outsideHipaa,
  plainClock,
  type Confidence,
  type DeadlineRule,
} from './rule.ts';

interface StateLaw {
  readonly state: string;
  readonly source: string;
  readonly confidence: Confidence;
  readonly since: string;
  readonly answer?: number;
  readonly extension?: number;
  /** Days to answer an appeal, and days it may be extended by; null where there is no appeal. */
  readonly appeal?: { readonly answer: number; readonly extension?: number } | null;
  readonly appealConfidence?: Confidence;
  /** Days until processing on a revoked consent has stopped. */
  readonly revokedConsent?: { readonly days: number; readonly source: string };
  readonly without?: readonly RightId[];
  readonly mayRoll?: DeadlineRule['mayRoll'];
}

const in60 = { answer: 60 };
const in45 = { answer: 45 };
const in45or105 = { answer: 45, extension: 60 };

/** Answers take 45 days and once 45 more, appeals 60, unless a State says otherwise. */
const stateLaws: readonly StateLaw[] = [
  {
    state: 'VA',
    source: 'Va. Code 59.1-577',
    confidence: 'H',
    since: '2023-01-01',
    mayRoll: { over: 'weekendAndHoliday', source: 'Va. Code 1-210' },
  },
  {
    state: 'CO',
    source: 'C.R.S. 6-1-1306(2)-(3)',
    confidence: 'H',
    since: '2023-07-01',
    appeal: in45or105,
    appealConfidence: 'M',
  },
  {
    state: 'CT',
    source: 'Conn. Gen. Stat. 42-518',
    confidence: 'H',
    since: '2023-07-01',
    revokedConsent: { days: 15, source: 'Conn. Gen. Stat. 42-520(a)(6)' },
  },
  {
    state: 'TX',
    source: 'Tex. Bus. & Com. Code 541.052-.053',
    confidence: 'M',
    since: '2024-07-01',
  },
  { state: 'OR', source: 'ORS 646A.576', confidence: 'H', since: '2024-07-01', appeal: in45 },
  {
    state: 'NJ',
    source: 'N.J.S.A. 56:8-166.7',
    confidence: 'H',
    since: '2025-01-15',
    appeal: in45,
    revokedConsent: { days: 15, source: 'N.J.S.A. 56:8-166.12' },
  },
  {
    state: 'MN',
    source: 'Minn. Stat. ch. 325M',
    confidence: 'M',
    since: '2025-07-31',
    appeal: in45or105,
  },
  { state: 'DE', source: 'Del. Code tit. 6 ch. 12D', confidence: 'M', since: '2025-01-01' },
  { state: 'NH', source: 'N.H. RSA ch. 507-H', confidence: 'M', since: '2025-01-01' },
  { state: 'MT', source: 'Mont. Code 30-14-28', confidence: 'M', since: '2024-10-01' },
  { state: 'MD', source: 'Md. Com. Law 14-47', confidence: 'M', since: '2025-10-01' },
  { state: 'NE', source: 'Neb. Rev. Stat. 87-11', confidence: 'M', since: '2025-01-01' },
  { state: 'TN', source: 'Tenn. Code 47-18-33', confidence: 'M', since: '2025-07-01' },
  { state: 'IN', source: 'Ind. Code 24-15', confidence: 'M', since: '2026-01-01' },
  { state: 'KY', source: 'KRS 367.36', confidence: 'M', since: '2026-01-01' },
  {
    state: 'RI',
    source: 'R.I. Gen. Laws 6-48.1',
    confidence: 'M',
    since: '2026-01-01',
    revokedConsent: { days: 15, source: 'R.I. Gen. Laws 6-48.1' },
  },
  {
    state: 'IA',
    source: 'Iowa Code 715D.3',
    confidence: 'M',
    since: '2025-01-01',
    answer: 90,
    without: ['correction'],
  },
  {
    state: 'FL',
    source: 'Fla. Stat. 501.706',
    confidence: 'M',
    since: '2024-07-01',
    extension: 15,
  },
  {
    state: 'UT',
    source: 'Utah Code 13-61-203',
    confidence: 'M',
    since: '2023-12-31',
    appeal: null,
  },
];

const rightsOfStates: readonly RightId[] = [
  'access',
  'access-categories',
  'correction',
  'deletion',
  'portability',
  'objection',
  'sale-opt-out',
  'limit-sensitive',
  'automated-review',
];

function rulesOf(law: StateLaw): DeadlineRule[] {
  const regime: RegimeId = `us-${law.state.toLowerCase()}` as RegimeId;
  const shared = {
    ...plainClock,
    regime,
    jurisdictions: [`US-${law.state}`],
    dataClasses: outsideHipaa,
    effectiveFrom: law.since,
    ...(law.mayRoll && { mayRoll: law.mayRoll }),
    sources: [law.source],
    confidence: law.confidence,
  } as const;
  const rules: DeadlineRule[] = [
    {
      ...shared,
      id: `${regime}-answer`,
      requestTypes: rightsOfStates.filter((right) => !law.without?.includes(right)),
      respond: days(law.answer ?? 45),
      extension: { ...onceWithReasons, add: days(law.extension ?? 45) },
    },
  ];
  const appeal = law.appeal === undefined ? in60 : law.appeal;
  if (appeal) {
    const { answer, extension } = { extension: undefined, ...appeal };
    rules.push({
      ...shared,
      id: `${regime}-appeal`,
      requestTypes: ['appeal'],
      respond: days(answer),
      ...(extension && { extension: { ...onceWithReasons, add: days(extension) } }),
      confidence: law.appealConfidence ?? law.confidence,
    });
  }
  if (law.revokedConsent) {
    rules.push({
      ...shared,
      id: `${regime}-revoked-consent`,
      requestTypes: ['consent-withdrawal'],
      stop: days(law.revokedConsent.days),
      sources: [law.revokedConsent.source],
      confidence: 'M',
    });
  }
  return rules;
}

const washington = {
  ...plainClock,
  regime: 'us-wa-health',
  jurisdictions: ['US-WA'],
  dataClasses: ['sensitive'],
  effectiveFrom: '2024-03-31',
  sources: ['RCW 19.373.040'],
} as const satisfies Partial<DeadlineRule>;

const washingtonAnswer = {
  ...washington,
  id: 'us-wa-health-answer',
  requestTypes: ['access', 'access-categories', 'deletion', 'consent-withdrawal'],
  respond: days(45),
  extension: { ...onceWithReasons, add: days(45) },
  archives: months(6),
  confidence: 'H',
} as const satisfies DeadlineRule;

const washingtonAppeal = {
  ...washington,
  id: 'us-wa-health-appeal',
  requestTypes: ['appeal'],
  respond: days(45),
  confidence: 'M',
} as const satisfies DeadlineRule;

export const stateRules: readonly DeadlineRule[] = [
  ...stateLaws.flatMap(rulesOf),
  washingtonAnswer,
  washingtonAppeal,
];
