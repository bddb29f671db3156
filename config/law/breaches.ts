import type { RegimeId } from '../regimes.ts';
import type { ControllerRole } from '../rights.ts';
import {
  businessDays,
  days,
  type CalendarPeriod,
  type Confidence,
  type HourPeriod,
} from './rule.ts';

/** Who has to be told of a breach; `additions` completes an earlier report. */
export type BreachDuty =
  'authority' | 'people' | 'media' | 'secretary' | 'covered-entity' | 'controller' | 'additions';

/** Who has to be told of a breach, by when, under one law. */
export interface BreachRule {
  readonly id: string;
  readonly version: number;
  readonly regime: RegimeId;
  readonly duty: BreachDuty;
  readonly roles: readonly ControllerRole[];
  readonly effectiveFrom: string;
  /** Proposed only: never chosen, and shown as such. */
  readonly isProposed?: true;
  /** Absent where the law says "without undue delay" and names no end. */
  readonly within?: CalendarPeriod | HourPeriod;
  readonly smallAgentWithin?: CalendarPeriod;
  /** From when the period counts. */
  readonly from: 'awareness' | 'end-of-calendar-year' | 'authority-notice';
  /** How many people bring the duty about: of one State, or in all. */
  readonly when?:
    | { readonly affectedInState: 'more-than-500' }
    | { readonly affected: '500-or-more' | 'fewer-than-500' };
  readonly sources: readonly string[];
  readonly confidence: Confidence;
}

const hours = (n: number): HourPeriod => ({ n, unit: 'hour' });
const answering = ['controller', 'coveredEntity'] as const;

const gdpr = {
  version: 1,
  regime: 'gdpr',
  roles: answering,
  effectiveFrom: '2018-05-25',
  from: 'awareness',
  confidence: 'H',
} as const;

const gdprRules: BreachRule[] = [
  {
    ...gdpr,
    id: 'gdpr-breach-authority',
    duty: 'authority',
    within: hours(72),
    sources: ['GDPR Art. 33(1)'],
  },
  {
    ...gdpr,
    id: 'gdpr-breach-authority',
    version: 2,
    isProposed: true,
    duty: 'authority',
    within: hours(96),
    sources: ['Proposal COM(2025) 837 (Digital Omnibus)'],
    confidence: 'L',
  },
  { ...gdpr, id: 'gdpr-breach-people', duty: 'people', sources: ['GDPR Art. 34(1)'] },
  {
    ...gdpr,
    id: 'gdpr-breach-controller',
    duty: 'controller',
    roles: ['processor', 'businessAssociate'],
    sources: ['GDPR Art. 33(2)'],
  },
];

const ukRules: BreachRule[] = gdprRules
  .filter(({ isProposed }) => !isProposed)
  .map((rule) => ({
    ...rule,
    id: `uk-${rule.id}`,
    regime: 'uk-gdpr',
    effectiveFrom: '2021-01-01',
    sources: rule.sources.map((source) => `UK ${source}`),
    confidence: 'M',
  }));

const hipaa = {
  version: 1,
  regime: 'hipaa',
  roles: answering,
  effectiveFrom: '2013-09-23',
  within: days(60),
  from: 'awareness',
  confidence: 'H',
} as const;

const hipaaRules: BreachRule[] = [
  { ...hipaa, id: 'hipaa-breach-people', duty: 'people', sources: ['45 CFR 164.404(b)'] },
  {
    ...hipaa,
    id: 'hipaa-breach-media',
    duty: 'media',
    when: { affectedInState: 'more-than-500' },
    sources: ['45 CFR 164.406'],
  },
  {
    ...hipaa,
    id: 'hipaa-breach-secretary',
    duty: 'secretary',
    when: { affected: '500-or-more' },
    sources: ['45 CFR 164.408(b)'],
  },
  {
    ...hipaa,
    id: 'hipaa-breach-secretary-yearly',
    duty: 'secretary',
    from: 'end-of-calendar-year',
    when: { affected: 'fewer-than-500' },
    sources: ['45 CFR 164.408(c)'],
  },
  {
    ...hipaa,
    id: 'hipaa-breach-covered-entity',
    duty: 'covered-entity',
    roles: ['businessAssociate', 'processor'],
    sources: ['45 CFR 164.410(b)'],
  },
];

const brazil = {
  version: 1,
  regime: 'lgpd',
  roles: answering,
  effectiveFrom: '2024-04-26',
  within: businessDays(3),
  smallAgentWithin: businessDays(6),
  from: 'awareness',
  sources: ['Res. CD/ANPD 15/2024'],
  confidence: 'H',
} as const;

const brazilianRules: BreachRule[] = [
  { ...brazil, id: 'lgpd-breach-authority', duty: 'authority' },
  { ...brazil, id: 'lgpd-breach-people', duty: 'people' },
  {
    ...brazil,
    id: 'lgpd-breach-additions',
    duty: 'additions',
    within: businessDays(20),
    smallAgentWithin: businessDays(20),
    from: 'authority-notice',
  },
];

const india = {
  version: 1,
  regime: 'dpdp',
  roles: answering,
  effectiveFrom: '2027-05-13',
  from: 'awareness',
  sources: ['DPDP Rules 2025 r. 7'],
  confidence: 'M',
} as const;

const indianRules: BreachRule[] = [
  { ...india, id: 'dpdp-breach-authority', duty: 'authority', within: hours(72) },
  { ...india, id: 'dpdp-breach-people', duty: 'people' },
];

/** Every breach rule, proposed ones included. */
export const breachRules: readonly BreachRule[] = [
  ...gdprRules,
  ...ukRules,
  ...hipaaRules,
  ...brazilianRules,
  ...indianRules,
];
