import type { RegimeId } from '../regimes.ts';

/** A span for which something is kept. */
export interface RetentionPeriod {
  readonly n: number;
  readonly unit: 'day' | 'month' | 'year';
}

/** How long the record of a request must be kept; the longest of a person's laws counts. */
export const requestRecords: readonly {
  readonly regime: RegimeId;
  readonly keep: RetentionPeriod;
  readonly source: string;
}[] = [
  { regime: 'ccpa', keep: { n: 24, unit: 'month' }, source: '11 CCR 7101' },
  { regime: 'hipaa', keep: { n: 6, unit: 'year' }, source: '45 CFR 164.530(j)' },
];

/** Days between the notice of a changed policy and the day it takes effect. */
export const policyNoticeDays = 30;
