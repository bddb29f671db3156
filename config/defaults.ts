/** What a new organisation starts with, and the figures that no law gives. */
export const defaults = {
  languages: ['en', 'de', 'fr', 'es'],
  timeZone: 'UTC',
  /** The usual promise of privacy policies; an organisation may change or drop it. */
  promiseDays: 30,
  session: {
    /** A staff session ends after this much silence, and at the latest after the whole life. */
    idleMinutes: 60,
    lifeHours: 12,
  },
  invitation: { lifeDays: 7 },
  passwordReset: { lifeMinutes: 30 },
  identity: {
    codeMinutes: 10,
    linkMinutes: 30,
    tries: 5,
    /** Codes to one address: across all organisations of the installation. */
    sendsPerHour: 3,
    sendsPerDay: 10,
    /** Of these, to an address that anybody could have typed: the rest is left to its owner. */
    unprovenSendsPerDay: 6,
    /** Codes that strangers may make us send, in an hour. */
    strangersPerHour: { organization: 600, installation: 3000 },
    /** A portal session of a proven person. */
    portalMinutes: 30,
    /** How long the link in "stop these mails" silences an address. */
    silenceHours: 24,
  },
  entry: {
    /** How many days ago something may have come in that staff enter now; earlier is a mistake in typing. */
    latestDays: 730,
  },
  inbox: {
    maxBytes: 25 * 1024 * 1024,
    maxRecipients: 5,
    /** Conversations at once; each may hold a message in memory. */
    maxConnections: 12,
    /** From one network address, in ten minutes. */
    connectionsPerAddress: 300,
    messagesPerAddress: 200,
    /** A message that has come through more servers than this goes round in circles. */
    maxHops: 50,
    /** How long a message is kept once it was dismissed, or became part of a request. */
    keepDismissedDays: 30,
    keepHandledDays: 365,
    /** New messages within this time are one piece of news for the staff. */
    tellAgainMinutes: 60,
    textLength: 60_000,
    /** Of longer HTML no text is made: turning it into text takes seconds. */
    htmlLength: 250_000,
  },
  files: {
    chunkBytes: 256 * 1024,
    maxBytes: 25 * 1024 * 1024,
    maxCount: 10,
    /** Of one form: its files are held in memory while they are sealed. */
    maxTotalBytes: 60 * 1024 * 1024,
    /** Of a form whose files are stored as they come in. */
    maxStagedBytes: 2 * 1024 ** 3,
  },
  packages: {
    /** Of one group of records: it is read whole to be looked through. */
    recordsBytes: 20 * 1024 * 1024,
    /** How long an answer can be fetched. */
    lifeDays: 7,
    /** How long before that end somebody is reminded who has not fetched it. */
    remindDays: 2,
    /** How long what was gathered stays after its request ended without handing it over. */
    unreleasedDays: 30,
  },
  forwarding: {
    /** How long the link shows a forwarded request to its controller. */
    linkDays: 14,
  },
  mail: {
    /** Waits between tries, in minutes; after the last one the mail counts as refused. */
    retryMinutes: [1, 5, 15, 60, 240, 720, 1440],
  },
  consent: {
    cookieDays: 180,
    renewAfterDays: 180,
  },
} as const;
