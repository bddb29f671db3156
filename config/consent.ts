/** The law of consent as data: which model applies where, what may be asked for, on which basis. */
import { eeaCountries, unionTerritories } from './regimes.ts';

export const categoryIds = ['necessary', 'preferences', 'analytics', 'marketing'] as const;
export type CategoryId = (typeof categoryIds)[number];
export type OptionalCategoryId = Exclude<CategoryId, 'necessary'>;
export const optionalCategoryIds = categoryIds.filter((id) => id !== 'necessary');

/**
 * `opt-in`: nothing optional before consent. `opt-out`: optional purposes run until refused.
 * `notice`: they run, and the visitor is told.
 */
export const consentModels = ['opt-in', 'opt-out', 'notice'] as const;
export type ConsentModel = (typeof consentModels)[number];

/**
 * How a choice came about; `gpc` and `dnt` are signals of the browser speaking for the visitor, `carried` a choice
 * made on another site of the group, `linked` one that the same person made on another device.
 */
export const choiceActions = [
  'accept-all',
  'refuse-all',
  'choose',
  'withdraw',
  'gpc',
  'dnt',
  'carried',
  'linked',
] as const;
export type ChoiceAction = (typeof choiceActions)[number];

/** Entries that a law wants beside the banner, each with a form of its own. */
export const optOutEntries = ['sell', 'limit'] as const;
export type OptOutEntry = (typeof optOutEntries)[number];

export interface ConsentLaw {
  readonly regime: string;
  readonly model: ConsentModel;
  /** Countries (ISO 3166-1) or subdivisions (ISO 3166-2); a subdivision goes before its country. */
  readonly regions: readonly string[];
  /** Whether Global Privacy Control refuses analytics and marketing. */
  readonly honoursGpc: boolean;
  /** Whether the law itself asks for that, so that a site cannot switch it off. */
  readonly requiresGpc: boolean;
  readonly entries: readonly OptOutEntry[];
  /** Days for which somebody who refused is left alone. */
  readonly refusalDays: number;
  readonly sources: readonly string[];
}

const HALF_YEAR = 183;
/** Cal. Civ. Code § 1798.135(c)(4): twelve months before opting in may be asked for again. */
const TWELVE_MONTHS = 365;

const optIn = (regime: string, regions: readonly string[], sources: readonly string[]) =>
  ({
    regime,
    model: 'opt-in',
    regions,
    honoursGpc: true,
    requiresGpc: false,
    entries: [],
    refusalDays: HALF_YEAR,
    sources,
  }) satisfies ConsentLaw;

/** The first one is the strictest: it holds wherever the region is unknown or has no row. */
export const consentLaws: readonly [ConsentLaw, ...ConsentLaw[]] = [
  optIn(
    'gdpr',
    [...eeaCountries, ...unionTerritories],
    ['Directive 2002/58/EC Art. 5(3)', 'Regulation (EU) 2016/679 Art. 4(11), 6(1)(a), 7'],
  ),
  optIn(
    'uk-gdpr',
    ['GB'],
    ['Privacy and Electronic Communications Regulations 2003 reg. 6', 'UK GDPR Art. 7'],
  ),
  {
    // A visitor known only to be in the United States gets the strictest law there, as do other states.
    regime: 'ccpa',
    model: 'opt-out',
    regions: ['US'],
    honoursGpc: true,
    requiresGpc: true,
    entries: ['sell', 'limit'],
    refusalDays: TWELVE_MONTHS,
    sources: ['Cal. Civ. Code § 1798.120, § 1798.121, § 1798.135', '11 CCR § 7025'],
  },
];

/** A site either follows the law of each region or treats everybody as under the strictest. */
export const regimeModes = ['by-region', 'strictest'] as const;
export type RegimeMode = (typeof regimeModes)[number];

/**
 * Legal basis per category and model, as recorded with each choice. What is strictly necessary needs no
 * consent (ePrivacy Art. 5(3), second sentence); the CCPA knows no legal bases, but business purposes
 * (§ 1798.140(e)) and a right to opt out.
 */
export const defaultLegalBases: Record<CategoryId, Record<ConsentModel, string>> = {
  necessary: {
    'opt-in': 'strictly-necessary',
    'opt-out': 'business-purpose',
    notice: 'strictly-necessary',
  },
  preferences: {
    'opt-in': 'consent',
    'opt-out': 'notice-and-opt-out',
    notice: 'notice-and-opt-out',
  },
  analytics: { 'opt-in': 'consent', 'opt-out': 'notice-and-opt-out', notice: 'notice-and-opt-out' },
  marketing: { 'opt-in': 'consent', 'opt-out': 'notice-and-opt-out', notice: 'notice-and-opt-out' },
};

/**
 * Cookies and storage entries that wide-spread tools set, cleared when their category is withdrawn; a
 * final `*` matches any ending. From the tools' own documentation.
 */
export const wellKnownCookies: Record<OptionalCategoryId, readonly string[]> = {
  preferences: [],
  analytics: [
    '_ga*',
    '_gid',
    '_gat*',
    '_pk_*',
    '_hj*',
    '_clck',
    '_clsk',
    'ajs_*',
    'amplitude_*',
    'mp_*',
  ],
  marketing: [
    '_fbp',
    '_fbc',
    '_gcl_*',
    '_uet*',
    '_ttp',
    '_scid*',
    '_pin_unauth',
    'li_fat_id',
    'IDE',
  ],
};

/** Where in a browser a service keeps something. */
export const storageKinds = ['cookie', 'local', 'session', 'indexed'] as const;

export const lookPositions = ['bar', 'box', 'centre'] as const;
/** `brand` lays the words themselves on the site's colour. */
export const lookThemes = ['auto', 'light', 'dark', 'brand'] as const;
/** Where the floating button stands, in the direction of the text. */
export const lookCorners = ['start', 'end'] as const;

/** How far a browser's clock may be ahead of ours, and how late a choice kept offline may arrive. */
export const choiceClock = { aheadHours: 24, lateDays: 180 } as const;
