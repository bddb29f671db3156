import type { Role } from '../../config/permissions.ts';
import { caseSharing } from '../../config/presets/case-sharing.ts';
import { clinicManagement } from '../../config/presets/clinic-management.ts';
import { managedIt } from '../../config/presets/managed-it.ts';
import { patientFlow } from '../../config/presets/patient-flow.ts';
import { practiceManagement } from '../../config/presets/practice-management.ts';
import type { Preset } from '../../config/presets/preset.ts';
import type { RegimeId } from '../../config/regimes.ts';
import type { DataClass, RightId } from '../../config/rights.ts';

type DemoLanguage = 'en' | 'de' | 'fr' | 'es';

/** Where the people of an organisation live. */
export interface Origin {
  country: string;
  state: string | null;
  language: 'en' | 'de';
  dataClass: DataClass;
  /** How many of a hundred come from there. */
  share: number;
}

export interface DemoSite {
  name: string;
  origin: string;
  /** Serves the demo website of `npm start`. */
  isDemoWebsite?: true;
  paths: readonly string[];
  /** Regions of its visitors, as a proxy names them, with their languages. */
  visitors: readonly (readonly [region: string | null, language: DemoLanguage, share: number])[];
  /** Choices on a weekday. */
  perDay: number;
  isShop?: true;
}

export interface DemoOrganization {
  slug: string;
  name: string;
  domain: string;
  timeZone: string;
  /** The first is the one its staff write in. */
  languages: ['en' | 'de', ...DemoLanguage[]];
  regimes: RegimeId[];
  /** What it promises, and what it holds. */
  preset: Preset;
  /** Offered beyond what the preset names. */
  addedRights: readonly RightId[];
  phone: string;
  post: string;
  isClinical: boolean;
  staff: readonly (readonly [name: string, role: Role, language: 'en' | 'de'])[];
  /** Invited, but not there yet. */
  invited: readonly string[];
  origins: readonly Origin[];
  sites: readonly DemoSite[];
}

/** Administers the installation and all five organisations. */
export const chief = { name: 'Robin Alderbrook', email: 'robin.alderbrook@example.org' };

const from = (
  share: number,
  country: string,
  state: string | null = null,
  language: 'en' | 'de' = 'en',
  dataClass: DataClass = 'ordinary',
): Origin => ({ country, state, language, dataClass, share });

/**
 * Five kinds of company that hold other people's data. All of them are invented; telephone numbers
 * are from ranges that regulators keep free for stories.
 */
export const demoOrganizations: readonly DemoOrganization[] = [
  {
    slug: 'fernhill',
    name: 'Fernhill IT Services (demo)',
    domain: 'fernhill.example',
    timeZone: 'America/New_York',
    languages: ['en', 'de', 'fr', 'es'],
    regimes: ['gdpr', 'ccpa', 'hipaa', 'us-tx'],
    preset: managedIt,
    addedRights: ['automated-review'],
    phone: '+1 212 555 0142',
    post: 'Fernhill IT Services, 1 Example Plaza, New York, NY 10001, USA',
    isClinical: false,
    staff: [
      ['Imogen Larkmead', 'administrator', 'en'],
      ['Caspar Hollowell', 'privacy-officer', 'en'],
      ['Juniper Ashgrove', 'agent', 'en'],
      ['Tobias Wrenfield', 'agent', 'de'],
      ['Odette Marchbank', 'auditor', 'en'],
    ],
    invited: ['pascal.thornbury@fernhill.example'],
    origins: [
      from(34, 'US', 'NY'),
      from(28, 'US', 'CA'),
      from(10, 'US', 'TX'),
      from(8, 'US', 'NJ'),
      from(14, 'DE', null, 'de'),
      from(6, 'FR'),
    ],
    sites: [
      {
        name: 'Fernhill Garden Centre (demo website)',
        origin: 'https://www.fernhill.example',
        isDemoWebsite: true,
        paths: ['/', '/article.html', '/plants/', '/plants/olive', '/visit'],
        visitors: [
          ['US-NY', 'en', 40],
          ['US-CA', 'en', 16],
          ['US-CA', 'es', 6],
          ['US', 'en', 8],
          ['DE', 'de', 18],
          ['FR', 'fr', 5],
          [null, 'en', 7],
        ],
        perDay: 13,
        isShop: true,
      },
      {
        name: 'Fernhill EDI exchange',
        origin: 'https://edi.fernhill.example',
        paths: ['/', '/partners', '/status', '/docs/as2'],
        visitors: [
          ['US-NY', 'en', 50],
          ['US-CA', 'en', 20],
          ['DE', 'de', 30],
        ],
        perDay: 5,
      },
    ],
  },
  {
    slug: 'harbourlight',
    name: 'Harbourlight Patient Flow (demo)',
    domain: 'harbourlight.example',
    timeZone: 'America/Los_Angeles',
    languages: ['en'],
    regimes: ['ccpa', 'hipaa'],
    preset: patientFlow,
    addedRights: [],
    phone: '+1 213 555 0117',
    post: 'Harbourlight, 200 Sample Street, Los Angeles, CA 90001, USA',
    isClinical: true,
    staff: [
      ['Beatrix Summerhay', 'administrator', 'en'],
      ['Leopold Finchley', 'privacy-officer', 'en'],
      ['Marisol Quillfeather', 'agent', 'en'],
      ['Desmond Overbrook', 'agent', 'en'],
      ['Harriet Stonecroft', 'auditor', 'en'],
    ],
    invited: ['winona.fallowdale@harbourlight.example'],
    origins: [
      from(38, 'US', 'CA', 'en', 'phi'),
      from(34, 'US', 'CA'),
      from(14, 'US', 'OR', 'en', 'phi'),
      from(8, 'US', 'NV', 'en', 'phi'),
      from(6, 'US', 'WA'),
    ],
    sites: [
      {
        name: 'Harbourlight check-in',
        origin: 'https://www.harbourlight.example',
        paths: ['/', '/check-in', '/clinics', '/help'],
        visitors: [
          ['US-CA', 'en', 70],
          ['US-OR', 'en', 18],
          ['US-NV', 'en', 12],
        ],
        perDay: 9,
      },
    ],
  },
  {
    slug: 'lindenhof',
    name: 'Lindenhof Klinikverwaltung (Demo)',
    domain: 'lindenhof.example',
    timeZone: 'Europe/Berlin',
    languages: ['de', 'en'],
    regimes: ['gdpr'],
    preset: clinicManagement,
    addedRights: ['portability', 'restriction', 'objection'],
    phone: '+49 30 23125 042',
    post: 'Lindenhof Klinikverwaltung, Musterallee 7, 10115 Berlin',
    isClinical: true,
    staff: [
      ['Friederike Moosbacher', 'administrator', 'de'],
      ['Konstantin Farnhügel', 'privacy-officer', 'de'],
      ['Annegret Quellental', 'agent', 'de'],
      ['Valentin Sonnwinkel', 'agent', 'de'],
      ['Hedwig Ahornthal', 'auditor', 'de'],
    ],
    invited: ['ottilie.birkenhain@lindenhof.example'],
    origins: [
      from(74, 'DE', null, 'de'),
      from(12, 'AT', null, 'de'),
      from(5, 'CH', null, 'de'),
      from(5, 'NL'),
      from(4, 'FR'),
    ],
    sites: [
      {
        name: 'Lindenhof Patientenportal',
        origin: 'https://portal.lindenhof.example',
        paths: ['/', '/termine', '/befunde', '/kontakt'],
        visitors: [
          ['DE', 'de', 78],
          ['AT', 'de', 12],
          ['CH', 'de', 5],
          ['NL', 'en', 5],
        ],
        perDay: 13,
      },
    ],
  },
  {
    slug: 'oakmere',
    name: 'Oakmere Practice Management (demo)',
    domain: 'oakmere.example',
    timeZone: 'Europe/London',
    languages: ['en'],
    regimes: ['gdpr', 'uk-gdpr'],
    preset: practiceManagement,
    addedRights: [],
    phone: '+44 20 7946 0317',
    post: 'Oakmere Practice Management, 12 Sample Row, London EC1A 1AA',
    isClinical: true,
    staff: [
      ['Rosalind Thistlewood', 'administrator', 'en'],
      ['Edmund Marlowe-Reed', 'privacy-officer', 'en'],
      ['Philippa Greenacre', 'agent', 'en'],
      ['Jasper Willowby', 'agent', 'en'],
      ['Cordelia Fairweather', 'auditor', 'en'],
    ],
    invited: ['barnaby.copperfield@oakmere.example'],
    origins: [from(82, 'GB'), from(12, 'IE'), from(3, 'ES'), from(3, 'DE')],
    sites: [
      {
        name: 'Oakmere booking',
        origin: 'https://book.oakmere.example',
        paths: ['/', '/book', '/practices', '/repeat-prescriptions'],
        visitors: [
          ['GB', 'en', 86],
          ['IE', 'en', 10],
          [null, 'en', 4],
        ],
        perDay: 12,
      },
    ],
  },
  {
    slug: 'silverbirch',
    name: 'Silverbirch Case Sharing (demo)',
    domain: 'silverbirch.example',
    timeZone: 'America/Chicago',
    languages: ['en', 'de'],
    regimes: ['gdpr', 'uk-gdpr', 'ccpa', 'hipaa'],
    preset: caseSharing,
    addedRights: [],
    phone: '+1 312 555 0163',
    post: 'Silverbirch, 45 Placeholder Avenue, Chicago, IL 60601, USA',
    isClinical: true,
    staff: [
      ['Genevieve Hartwillow', 'administrator', 'en'],
      ['Augustin Pepperwood', 'privacy-officer', 'en'],
      ['Saskia Nordlicht', 'agent', 'de'],
      ['Emmett Briarwood', 'agent', 'en'],
      ['Lavinia Seabrook', 'auditor', 'en'],
    ],
    invited: ['clement.dovecote@silverbirch.example'],
    origins: [
      from(24, 'US', 'IL', 'en', 'phi'),
      from(10, 'US', 'IL'),
      from(20, 'US', 'CA'),
      from(10, 'US', 'CA', 'en', 'phi'),
      from(14, 'DE', null, 'de'),
      from(6, 'DE', null, 'de', 'phi'),
      from(12, 'GB'),
      from(4, 'AU'),
    ],
    sites: [
      {
        name: 'Silverbirch',
        origin: 'https://www.silverbirch.example',
        paths: ['/', '/cases', '/journal', '/join'],
        visitors: [
          ['US-IL', 'en', 34],
          ['US-CA', 'en', 22],
          ['GB', 'en', 14],
          ['DE', 'de', 20],
          [null, 'en', 10],
        ],
        perDay: 7,
      },
    ],
  },
];

const plainLetters: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

/** The part of an address before the @. */
export const mailboxOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[äöüß]/gu, (letter) => plainLetters[letter] ?? letter)
    .replaceAll(/[^a-z-]+/gu, '.');

export const staffAddress = ({ domain }: DemoOrganization, name: string): string =>
  `${mailboxOf(name)}@${domain}`;

export const officeAddress = ({ domain }: DemoOrganization): string => `privacy@${domain}`;

/** Where people write to by mail. */
export const inboxAddress = ({ domain }: DemoOrganization): string => `requests@${domain}`;
