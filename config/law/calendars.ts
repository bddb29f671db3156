/**
 * Whose public holidays count where. Names of countries and nations are those of the holiday
 * library; what it says differently from the published tables is put right by the days below.
 */
export interface CalendarSource {
  readonly country: string;
  readonly state?: string;
  /** Days of the week, 0 is Sunday; Saturday and Sunday unless given. */
  readonly weekend?: readonly number[];
  /** Holidays that the library lacks, and days that it wrongly calls holidays. */
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

const inCountry = (country: string): CalendarSource => ({ country });

/** Veterans Day is observed on the Friday before a Saturday and the Monday after a Sunday. */
const veteransDayObserved = ['2028-11-10', '2029-11-12'];

export const calendarSources = {
  AT: inCountry('AT'),
  BE: inCountry('BE'),
  BG: inCountry('BG'),
  CY: inCountry('CY'),
  CZ: inCountry('CZ'),
  DE: inCountry('DE'),
  DK: inCountry('DK'),
  EE: inCountry('EE'),
  ES: inCountry('ES'),
  FI: inCountry('FI'),
  FR: inCountry('FR'),
  GR: inCountry('GR'),
  HR: inCountry('HR'),
  HU: inCountry('HU'),
  IE: inCountry('IE'),
  IS: inCountry('IS'),
  IT: inCountry('IT'),
  LI: inCountry('LI'),
  LT: inCountry('LT'),
  LU: inCountry('LU'),
  LV: inCountry('LV'),
  MT: inCountry('MT'),
  NL: inCountry('NL'),
  NO: inCountry('NO'),
  PL: inCountry('PL'),
  PT: inCountry('PT'),
  RO: inCountry('RO'),
  SE: inCountry('SE'),
  SI: inCountry('SI'),
  SK: inCountry('SK'),
  'UK-EAW': { country: 'GB', state: 'ENG' },
  'UK-SCT': { country: 'GB', state: 'SCT', add: ['2026-06-15'] },
  'UK-NIR': { country: 'GB', state: 'NIR' },
  CH: inCountry('CH'),
  'US-FED': { country: 'US', add: veteransDayObserved },
  'US-CA': { country: 'US', state: 'CA', add: veteransDayObserved, drop: ['2027-02-15'] },
  'CA-FED': { country: 'CA', add: ['2027-12-27', '2028-01-03'] },
  'CA-AB': { country: 'CA', state: 'AB' },
  'CA-BC': { country: 'CA', state: 'BC' },
  'CA-QC': { country: 'CA', state: 'QC' },
  BR: {
    country: 'BR',
    drop: ['2024-10-06', '2024-10-27', '2026-10-04', '2026-10-25', '2028-10-01', '2028-10-29'],
  },
  AU: inCountry('AU'),
  NZ: inCountry('NZ'),
  IN: inCountry('IN'),
  TW: inCountry('TW'),
  SG: inCountry('SG'),
  KR: inCountry('KR'),
  TH: inCountry('TH'),
  SA: { country: 'SA', weekend: [5, 6] },
  TR: inCountry('TR'),
  ZA: inCountry('ZA'),
} as const satisfies Record<string, CalendarSource>;

export type CalendarId = keyof typeof calendarSources;
export const calendarIds = Object.keys(calendarSources) as CalendarId[];

export const ukCalendars = ['UK-EAW', 'UK-SCT', 'UK-NIR'] as const;
export const usCalendars = ['US-FED', 'US-CA'] as const;
export const canadianCalendars = ['CA-FED', 'CA-AB', 'CA-BC', 'CA-QC'] as const;
