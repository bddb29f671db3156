import type { CalendarId } from '../../config/law/calendars.ts';
import { regimeIds, type RegimeId } from '../../config/regimes.ts';
import { rightIds, type RightId } from '../../config/rights.ts';

/** Words of others for our rights; ours are understood too. */
const rightsByWord: Readonly<Record<string, RightId>> = {
  dsar: 'access',
  sar: 'access',
  disclosure: 'access',
  'objection-marketing': 'marketing-opt-out',
  'objection-direct-marketing': 'marketing-opt-out',
};

/** What a word that is not known by heart most likely means. */
const rightsByHint: readonly (readonly [RegExp, RightId])[] = [
  [/appeal/u, 'appeal'],
  [/complain|grievance/u, 'complaint'],
  [/marketing|unsubscri|e?mail-opt/u, 'marketing-opt-out'],
  [/opt-out|do-not-sell|gpc|preference-signal/u, 'sale-opt-out'],
  [/limit/u, 'limit-sensitive'],
  [/consent|revo[ck]/u, 'consent-withdrawal'],
  [/accounting/u, 'disclosure-accounting'],
  [/amend/u, 'amendment'],
  [/correct|rectif/u, 'correction'],
  [/delet|eras/u, 'deletion'],
  [/portab/u, 'portability'],
  [/restrict/u, 'restriction'],
  [/automated|profil/u, 'automated-review'],
  [/object/u, 'objection'],
  [/categor/u, 'access-categories'],
  [/access|know|copy|data-subject/u, 'access'],
];

const regimesByWord: Readonly<Record<string, RegimeId>> = {
  cpra: 'ccpa',
  'eu-gdpr': 'gdpr',
  'uk-dpa': 'uk-gdpr',
  'us-ca': 'ccpa',
  'us-wa': 'us-wa-health',
  'wa-mhmda': 'us-wa-health',
  'wa-mhmd': 'us-wa-health',
  mhmda: 'us-wa-health',
  mhmd: 'us-wa-health',
  'us-wa-mhmda': 'us-wa-health',
  'us-wa-mhmd': 'us-wa-health',
  'ca-pipeda': 'pipeda',
  'qc-law25': 'quebec',
  'qc-law-25': 'quebec',
  'ca-qc': 'quebec',
  law25: 'quebec',
  'ab-pipa': 'alberta',
  'ca-ab': 'alberta',
  'pipa-ab': 'alberta',
  'bc-pipa': 'british-columbia',
  'ca-bc': 'british-columbia',
  'pipa-bc': 'british-columbia',
  fadp: 'swiss-fadp',
  'ch-fadp': 'swiss-fadp',
  ndsg: 'swiss-fadp',
  revfadp: 'swiss-fadp',
  nfadp: 'swiss-fadp',
  'au-app': 'australia',
  app: 'australia',
  'au-privacy': 'australia',
  'in-dpdp': 'dpdp',
  dpdpa: 'dpdp',
  'tw-pdpa': 'taiwan',
  'nz-privacy': 'new-zealand',
  'nz-pa': 'new-zealand',
  'nz-privacy-act': 'new-zealand',
  'sg-pdpa': 'singapore',
  'kr-pipa': 'south-korea',
  'th-pdpa': 'thailand',
  'sa-pdpl': 'saudi-arabia',
  'ksa-pdpl': 'saudi-arabia',
  kvkk: 'turkey',
  'tr-kvkk': 'turkey',
  popia: 'south-africa',
  'za-popia': 'south-africa',
  'br-lgpd': 'lgpd',
};

/** What a place means: the calendar that counts there, its zone, and the law of private firms. */
const places: Readonly<Record<string, { calendar: CalendarId; zone: string; regime?: RegimeId }>> =
  {
    'UK-EAW': { calendar: 'UK-EAW', zone: 'Europe/London', regime: 'uk-gdpr' },
    'UK-SCT': { calendar: 'UK-SCT', zone: 'Europe/London', regime: 'uk-gdpr' },
    'UK-NIR': { calendar: 'UK-NIR', zone: 'Europe/London', regime: 'uk-gdpr' },
    UK: { calendar: 'UK-EAW', zone: 'Europe/London', regime: 'uk-gdpr' },
    'US-CA': { calendar: 'US-CA', zone: 'America/Los_Angeles', regime: 'ccpa' },
    US: { calendar: 'US-FED', zone: 'America/New_York' },
    'CA-BC': { calendar: 'CA-BC', zone: 'America/Vancouver', regime: 'british-columbia' },
    'CA-AB': { calendar: 'CA-AB', zone: 'America/Edmonton', regime: 'alberta' },
    'CA-QC': { calendar: 'CA-QC', zone: 'America/Toronto', regime: 'quebec' },
    CA: { calendar: 'CA-FED', zone: 'America/Toronto', regime: 'pipeda' },
    DE: { calendar: 'DE', zone: 'Europe/Berlin', regime: 'gdpr' },
    FR: { calendar: 'FR', zone: 'Europe/Paris', regime: 'gdpr' },
    IE: { calendar: 'IE', zone: 'Europe/Dublin', regime: 'gdpr' },
    CH: { calendar: 'CH', zone: 'Europe/Zurich', regime: 'swiss-fadp' },
    BR: { calendar: 'BR', zone: 'America/Sao_Paulo', regime: 'lgpd' },
    AU: { calendar: 'AU', zone: 'Australia/Sydney', regime: 'australia' },
    NZ: { calendar: 'NZ', zone: 'Pacific/Auckland', regime: 'new-zealand' },
    IN: { calendar: 'IN', zone: 'Asia/Kolkata', regime: 'dpdp' },
    TW: { calendar: 'TW', zone: 'Asia/Taipei', regime: 'taiwan' },
    SG: { calendar: 'SG', zone: 'Asia/Singapore', regime: 'singapore' },
    KR: { calendar: 'KR', zone: 'Asia/Seoul', regime: 'south-korea' },
    TH: { calendar: 'TH', zone: 'Asia/Bangkok', regime: 'thailand' },
    SA: { calendar: 'SA', zone: 'Asia/Riyadh', regime: 'saudi-arabia' },
    TR: { calendar: 'TR', zone: 'Europe/Istanbul', regime: 'turkey' },
    ZA: { calendar: 'ZA', zone: 'Africa/Johannesburg', regime: 'south-africa' },
  };

const word = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s/]+/gu, '-');

/** Our right for somebody's word; throws a RangeError on an unknown one. */
export function rightNamed(text: string): RightId {
  const name = word(text);
  const right =
    rightIds.find((id) => id === name) ??
    rightsByWord[name] ??
    rightsByHint.find(([hint]) => hint.test(name))?.[1];
  if (!right) throw new RangeError(`Unknown kind of request: ${text}`);
  return right;
}

/** Our regimes for names such as `GDPR+CCPA`; a name of no law of ours falls back on the place. */
export function regimesNamed(text: string, jurisdiction: string): RegimeId[] {
  return text.split('+').map((part) => {
    const name = word(part);
    const regime =
      regimeIds.find((id) => id === name) ??
      regimesByWord[name] ??
      placeNamed(jurisdiction)?.regime;
    if (!regime) throw new RangeError(`Unknown law: ${part}`);
    return regime;
  });
}

/** The nearest place that we know: `EU/DE` is Germany, `US-VA` the United States. */
export function placeNamed(jurisdiction: string) {
  const name = jurisdiction.replace(/^EU\//u, '').toUpperCase();
  return places[name] ?? places[name.split('-')[0] ?? ''];
}
