/** What a privacy notice may promise beside rights and dates, as data. */
import type { CategoryId } from './consent.ts';
import type { ControllerRole } from './rights.ts';

/** Whom people reach for what; each organisation gives the ones that it has. */
export const contactRoles = [
  'privacyOffice',
  'dataProtectionOfficer',
  'hipaaOfficer',
  'security',
] as const;
export type ContactRole = (typeof contactRoles)[number];

/** From which age people may use the services; null where no age is named. */
export interface AgeRule {
  readonly everywhere: number | null;
  /** In the European Economic Area and the United Kingdom, where another age is named for them. */
  readonly eeaAndUk: number | null;
  /** Patients in care are exempt. */
  readonly patientsExempt: boolean;
}

/** How people are told that the privacy notice changes. */
export const noticeChannels = ['posting', 'website-notice', 'email', 'in-product'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

export interface NoticePolicy {
  /** Days between the notice and the day on which a material change takes effect; null for none. */
  readonly daysAhead: number | null;
  readonly material: readonly NoticeChannel[];
  /** Further ways for changes that weigh more. */
  readonly significant: readonly NoticeChannel[];
}

export interface Commitments {
  /** The parts in which the organisation holds data of people. */
  readonly roles: readonly ControllerRole[];
  readonly ageRule: AgeRule;
  readonly noticePolicy: NoticePolicy;
  /** The categories of cookies that its websites use. */
  readonly cookieCategories: readonly CategoryId[];
}

/** What holds where nothing was promised. */
export const noCommitments: Commitments = {
  roles: ['controller'],
  ageRule: { everywhere: null, eeaAndUk: null, patientsExempt: false },
  noticePolicy: { daysAhead: null, material: [], significant: [] },
  cookieCategories: ['necessary', 'preferences', 'analytics', 'marketing'],
};
