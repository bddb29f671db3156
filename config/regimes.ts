/** The laws that the product knows; `config/law` says what each asks for. */
export const regimeIds = [
  'gdpr',
  'uk-gdpr',
  'ccpa',
  'hipaa',
  'us-co',
  'us-ct',
  'us-de',
  'us-fl',
  'us-ia',
  'us-in',
  'us-ky',
  'us-md',
  'us-mn',
  'us-mt',
  'us-ne',
  'us-nh',
  'us-nj',
  'us-or',
  'us-ri',
  'us-tn',
  'us-tx',
  'us-ut',
  'us-va',
  'us-wa-health',
  'lgpd',
  'pipeda',
  'quebec',
  'alberta',
  'british-columbia',
  'swiss-fadp',
  'australia',
  'dpdp',
  'taiwan',
  'new-zealand',
  'singapore',
  'south-korea',
  'thailand',
  'saudi-arabia',
  'turkey',
  'south-africa',
  'can-spam',
  'casl',
] as const;
export type RegimeId = (typeof regimeIds)[number];

/** What the product does where no law decides; an organisation's own promise goes first. */
export const productDefaults = {
  /** Days in which to answer when neither a law nor a promise of the organisation gives a date. */
  promiseDays: 30,
  /** Business days in which whoever acts for another passes a request on, unless agreed otherwise. */
  forwardBusinessDays: 1,
  /** Days after receipt, for a request whose sender has not proved control of the mailbox. */
  unverified: { remindAfterDays: [3, 7, 14], expireAfterDays: 30 },
  /** Local hour of the organisation at which reminders go out. */
  reminderHour: 9,
} as const;

/** The thirty states of the European Economic Area. */
export const eeaCountries =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
    ' ',
  );

/** Parts of the Union to which ISO gives a country code of their own (TFEU Art. 355(1), (4)). */
export const unionTerritories = ['AX', 'GF', 'GP', 'MF', 'MQ', 'RE', 'YT'];
