import type { RegimeId } from '../regimes.ts';
import type { RightId } from '../rights.ts';
import { canadianCalendars } from './calendars.ts';
import {
  accessRights,
  answeredRights,
  businessDays,
  days,
  everyDataClass,
  onceWithReasons,
  plainClock,
  type CalendarPeriod,
  type Confidence,
  type DeadlineRule,
} from './rule.ts';

interface PlainLaw {
  readonly id: string;
  readonly regime: RegimeId;
  readonly jurisdictions: readonly string[];
  readonly since: string;
  readonly requestTypes?: readonly RightId[];
  readonly respond: CalendarPeriod;
  readonly extension?: CalendarPeriod;
  readonly more?: Partial<DeadlineRule>;
  readonly source: string;
  readonly confidence: Confidence;
}

const plainRule = (law: PlainLaw): DeadlineRule => ({
  ...plainClock,
  id: law.id,
  regime: law.regime,
  jurisdictions: law.jurisdictions,
  requestTypes: law.requestTypes ?? answeredRights,
  dataClasses: everyDataClass,
  effectiveFrom: law.since,
  respond: law.respond,
  ...(law.extension && { extension: { ...onceWithReasons, add: law.extension } }),
  ...law.more,
  sources: [law.source],
  confidence: law.confidence,
});

const otherThanAccess = answeredRights.filter(
  (right) => !(accessRights as readonly RightId[]).includes(right),
);

const brazil: PlainLaw[] = [
  {
    id: 'lgpd-access',
    regime: 'lgpd',
    jurisdictions: ['BR'],
    since: '2020-09-18',
    requestTypes: accessRights,
    respond: days(15),
    more: {
      simplified: days(0),
      smallAgent: { respond: days(30), simplified: days(15) },
      calendars: ['BR'],
    },
    source: 'LGPD Art. 19; Res. CD/ANPD 2/2022',
    confidence: 'M',
  },
  {
    id: 'lgpd-answer',
    regime: 'lgpd',
    jurisdictions: ['BR'],
    since: '2020-09-18',
    requestTypes: otherThanAccess,
    respond: days(15),
    more: {
      smallAgent: { respond: days(30), simplified: days(15) },
      calendars: ['BR'],
    },
    source: 'LGPD Art. 18',
    confidence: 'L',
  },
];

const canada: PlainLaw[] = [
  {
    id: 'pipeda-answer',
    regime: 'pipeda',
    jurisdictions: ['CA'],
    since: '2001-01-01',
    respond: days(30),
    extension: days(30),
    more: {
      notIn: ['CA-QC', 'CA-AB', 'CA-BC'],
      mayRoll: { over: 'sundayAndHoliday', source: 'Interpretation Act s. 26' },
      calendars: canadianCalendars,
      silence: 'refusal',
    },
    source: 'PIPEDA s. 8(3)-(5)',
    confidence: 'H',
  },
  {
    id: 'quebec-answer',
    regime: 'quebec',
    jurisdictions: ['CA-QC'],
    since: '2023-09-22',
    respond: days(30),
    more: { silence: 'refusal' },
    source: 'CQLR c. P-39.1 s. 32',
    confidence: 'H',
  },
  {
    id: 'alberta-answer',
    regime: 'alberta',
    jurisdictions: ['CA-AB'],
    since: '2004-01-01',
    respond: days(45),
    extension: days(30),
    source: 'PIPA (Alberta) s. 28',
    confidence: 'L',
  },
  {
    id: 'british-columbia-answer',
    regime: 'british-columbia',
    jurisdictions: ['CA-BC'],
    since: '2004-01-01',
    respond: businessDays(30),
    extension: businessDays(30),
    more: { calendars: ['CA-BC', ...canadianCalendars] },
    source: 'PIPA (British Columbia) s. 1, 29',
    confidence: 'L',
  },
];

const asiaPacificAfrica: PlainLaw[] = [
  {
    id: 'australia-answer',
    regime: 'australia',
    jurisdictions: ['AU'],
    since: '2014-03-12',
    respond: days(30),
    source: 'APP 12, 13; OAIC APP Guidelines ch. 12',
    confidence: 'M',
  },
  {
    id: 'dpdp-grievance',
    regime: 'dpdp',
    jurisdictions: ['IN'],
    since: '2027-05-13',
    requestTypes: ['complaint'],
    respond: days(90),
    source: 'DPDP Rules 2025 r. 14',
    confidence: 'M',
  },
  {
    id: 'taiwan-access',
    regime: 'taiwan',
    jurisdictions: ['TW'],
    since: '2012-10-01',
    requestTypes: accessRights,
    respond: days(15),
    extension: days(15),
    source: 'PDPA Art. 13',
    confidence: 'H',
  },
  {
    id: 'taiwan-answer',
    regime: 'taiwan',
    jurisdictions: ['TW'],
    since: '2012-10-01',
    requestTypes: otherThanAccess,
    respond: days(30),
    extension: days(30),
    source: 'PDPA Art. 13',
    confidence: 'H',
  },
  {
    id: 'new-zealand-answer',
    regime: 'new-zealand',
    jurisdictions: ['NZ'],
    since: '2020-12-01',
    respond: businessDays(20),
    more: { calendars: ['NZ'] },
    source: 'Privacy Act 2020 s. 44',
    confidence: 'L',
  },
  {
    id: 'singapore-answer',
    regime: 'singapore',
    jurisdictions: ['SG'],
    since: '2021-02-01',
    respond: days(30),
    source: 'PDP Regulations 2021 reg. 5',
    confidence: 'L',
  },
  {
    id: 'south-korea-answer',
    regime: 'south-korea',
    jurisdictions: ['KR'],
    since: '2011-09-30',
    respond: days(10),
    source: 'PIPA Art. 35, 36',
    confidence: 'L',
  },
  {
    id: 'thailand-answer',
    regime: 'thailand',
    jurisdictions: ['TH'],
    since: '2022-06-01',
    respond: days(30),
    source: 'PDPA s. 30',
    confidence: 'L',
  },
  {
    id: 'saudi-arabia-answer',
    regime: 'saudi-arabia',
    jurisdictions: ['SA'],
    since: '2023-09-14',
    respond: days(30),
    extension: days(30),
    source: 'PDPL Implementing Regulation Art. 3',
    confidence: 'L',
  },
  {
    id: 'turkey-answer',
    regime: 'turkey',
    jurisdictions: ['TR'],
    since: '2016-10-07',
    respond: days(30),
    source: 'Law 6698 Art. 13',
    confidence: 'L',
  },
  {
    id: 'south-africa-answer',
    regime: 'south-africa',
    jurisdictions: ['ZA'],
    since: '2021-07-01',
    respond: days(30),
    source: 'PAIA s. 25, 56',
    confidence: 'L',
  },
];

export const rulesElsewhere: readonly DeadlineRule[] = [
  ...brazil,
  ...canada,
  ...asiaPacificAfrica,
].map(plainRule);
