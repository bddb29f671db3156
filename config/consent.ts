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

const optIn = (regime: string, regions: readonly string[], ...sources: string[]): ConsentLaw => ({
  regime,
  model: 'opt-in',
  regions,
  honoursGpc: true,
  requiresGpc: false,
  entries: [],
  refusalDays: HALF_YEAR,
  sources,
});

const notice = (regime: string, region: string, ...sources: string[]): ConsentLaw => ({
  ...optIn(regime, [region], ...sources),
  model: 'notice',
});

/** Consent that may be implied where people are told and can refuse. */
const impliedConsent = (regime: string, region: string, source: string): ConsentLaw => ({
  ...optIn(regime, [region], source),
  model: 'opt-out',
});

/** A state of the United States; `signal` is where its law wants an opt-out signal of the browser obeyed. */
const state = (code: string, source: string, signal?: string): ConsentLaw => ({
  ...optIn(`us-${code.toLowerCase()}`, [`US-${code}`], source, ...(signal ? [signal] : [])),
  model: 'opt-out',
  requiresGpc: signal !== undefined,
  entries: ['sell'],
});

/**
 * The first one is the strictest: it holds wherever the region is unknown or has no row, as in Jersey, Guernsey and
 * the Isle of Man, which have the consent of the GDPR but no rule of their own for devices.
 */
export const consentLaws: readonly [ConsentLaw, ...ConsentLaw[]] = [
  optIn(
    'gdpr',
    [...eeaCountries, ...unionTerritories],
    'Directive 2002/58/EC Art. 5(3)',
    'Regulation (EU) 2016/679 Art. 4(11), 6(1)(a), 7',
  ),
  optIn(
    'uk-gdpr',
    ['GB'],
    'Privacy and Electronic Communications Regulations 2003 reg. 6',
    'UK GDPR Art. 7',
  ),
  // The Telecommunications Act wants a way to refuse; profiles of high risk want consent, so all of it is asked for.
  optIn('swiss-fadp', ['CH'], 'FADP Art. 6(6)-(7), 30(2)(b), 31(1)', 'TCA Art. 45c(b)'),
  optIn('lgpd', ['BR'], 'LGPD Art. 5(XII), 7(I), 8'),
  optIn('turkey', ['TR'], 'Law No. 6698 Art. 3, 5(1)', 'Law No. 5809 Art. 51(3)'),
  optIn('south-korea', ['KR'], 'PIPA Art. 15(1)1, 22'),
  optIn('dpdp', ['IN'], 'DPDP Act 2023 s. 4, 6'),
  optIn('thailand', ['TH'], 'PDPA B.E. 2562 s. 19'),
  optIn('saudi-arabia', ['SA'], 'PDPL Art. 5'),
  optIn('south-africa', ['ZA'], 'POPIA s. 11(1)(a), 69'),
  optIn('singapore', ['SG'], 'PDPA 2012 s. 13, 14'),
  optIn('quebec', ['CA-QC'], 'CQLR c. P-39.1 s. 8.1, 12, 14'),
  impliedConsent('alberta', 'CA-AB', 'PIPA (Alberta) s. 8(3)'),
  impliedConsent('british-columbia', 'CA-BC', 'PIPA (British Columbia) s. 8(3)'),
  impliedConsent('pipeda', 'CA', 'PIPEDA s. 6.1, Sch. 1 cl. 4.3'),
  {
    // Somebody known only to be in the United States gets the strictest law there, as in states that have none.
    regime: 'ccpa',
    model: 'opt-out',
    regions: ['US', 'US-CA'],
    honoursGpc: true,
    requiresGpc: true,
    entries: ['sell', 'limit'],
    refusalDays: TWELVE_MONTHS,
    sources: ['Cal. Civ. Code § 1798.120, § 1798.121, § 1798.135', '11 CCR § 7025'],
  },
  state('CO', 'C.R.S. § 6-1-1306(1)(a)', '4 CCR 904-3 Part 5'),
  state('CT', 'Conn. Gen. Stat. § 42-518(a)(5)', 'Conn. Gen. Stat. § 42-520(e)'),
  state('DE', 'Del. Code tit. 6 § 12D-104(a)', 'Del. Code tit. 6 § 12D-106(e)'),
  state('FL', 'Fla. Stat. § 501.705'),
  state('IA', 'Iowa Code § 715D.3(1)(d), § 715D.4(6)'),
  state('IN', 'Ind. Code § 24-15-3-1(b)(5)'),
  state('KY', 'KRS 367.3615'),
  state(
    'MD',
    'Md. Code, Com. Law § 14-4705(b)(7)',
    'Md. Code, Com. Law § 14-4706, § 14-4707(f)(3)',
  ),
  state('MN', 'Minn. Stat. § 325M.14 subd. 1(f)', 'Minn. Stat. § 325M.14'),
  state('MT', 'Mont. Code § 30-14-2808', 'Mont. Code § 30-14-2809(3)'),
  state('NE', 'Neb. Rev. Stat. § 87-1107(2)(e)', 'Neb. Rev. Stat. § 87-1111(5)'),
  state('NH', 'N.H. RSA 507-H:4', 'N.H. RSA 507-H:6'),
  state('NJ', 'N.J.S.A. 56:8-166.10', 'N.J.S.A. 56:8-166.11'),
  state('OR', 'ORS 646A.574(1)(d)', 'ORS 646A.578(5)'),
  state('RI', 'R.I. Gen. Laws § 6-48.1-5'),
  state('TN', 'Tenn. Code § 47-18-3304(a)(2)(E)'),
  state('TX', 'Tex. Bus. & Com. Code § 541.051(b)(5)', 'Tex. Bus. & Com. Code § 541.055(e)'),
  state('UT', 'Utah Code § 13-61-201'),
  state('VA', 'Va. Code § 59.1-577(A)(5)'),
  notice('australia', 'AU', 'Privacy Act 1988, APP 1, 5'),
  notice('new-zealand', 'NZ', 'Privacy Act 2020 s. 22, IPP 3'),
  notice('japan', 'JP', 'Telecommunications Business Act Art. 27-12', 'APPI Art. 21, 31'),
];

/** What `/.well-known/gpc.json` says of an origin (Global Privacy Control, section 6); the day on which it began to. */
export const gpcSupport = { gpc: true, lastUpdate: '2026-11-26' } as const;

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
  analytics: ['_ga*', '_gid', '_pk_*', '_hj*', '_clck', '_clsk', 'ajs_*', 'amplitude_*', 'mp_*'],
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
