import type { FindingCode, PolicyConfiguration } from './finding.ts';
import type { Passage } from './passages.ts';

/** What a rule reads: the passages, and what the organisation has set. */
export interface Reading {
  readonly passages: readonly Passage[];
  readonly configuration: PolicyConfiguration;
}

/** Null when all is well; else the passage that shows it, or `whole` for what is missing. */
type Rule = (reading: Reading) => Passage | 'whole' | null;

const find = ({ passages }: Reading, pattern: RegExp, but?: RegExp): Passage | null =>
  passages.find(({ text }) => pattern.test(text) && !(but?.test(text) ?? false)) ?? null;
const isFollowed = (text: string, [first, ...others]: readonly RegExp[]): boolean => {
  if (!first) return true;
  const found = first.exec(text);
  return found !== null && isFollowed(text.slice(found.index + found[0].length), others);
};
/**
 * Whether patterns follow one another before a full stop. Joined in one expression they would cost
 * a power of the text's length.
 */
const isInOrder = (text: string, patterns: readonly RegExp[]): boolean =>
  text.split('.').some((part) => isFollowed(part, patterns));

const says = (reading: Reading, pattern: RegExp) => find(reading, pattern) !== null;

const NOT_SOLD =
  /\b(?:do|does|did|will|shall) not (?:[\w,]+ ){0,3}(?:sell|share|rent|trade)\b|\b(?:is|are) (?:not|never) (?:sold|shared)\b|\bnever (?:sell|share)\b/iu;
const AD_PARTNERS = /\b(?:advertising|ad|marketing) (?:partners?|networks?)\b/iu;
const MARKETING = /\b(?:marketing|advertis\w+|(?:re)?targeting)\b/iu;
const COOKIES = /\b(?:cookies?|tracking technolog\w+|pixels?|web beacons?)\b/iu;

const listsMarketing = ({ passages }: Reading) =>
  passages.some(
    ({ text, heading }) =>
      AD_PARTNERS.test(text) ||
      (MARKETING.test(text) && (COOKIES.test(text) || COOKIES.test(heading))),
  );

const notSoldButMarketing: Rule = (reading) =>
  listsMarketing(reading) ? find(reading, NOT_SOLD) : null;

const ANONYMOUS = /\banonymous(?:ly)?\b|\banonymi[sz]ed\b/iu;
const OF_VISITORS = /\b(?:visitors?|visits?|website|browsing|devices?|usage|collect\w*)\b/iu;
/** Figures about many people, and what is only made anonymous as far as it goes, claim less. */
const CLAIMS_LESS =
  /\baggregat\w+|\bwhere possible\b|\bwherever possible\b|\bde-?identif\w+|\bnot anonymous\b/iu;
const IDENTIFIERS = /\bIP address(?:es)?\b|\bdevice identifiers?\b/iu;

const anonymousButIdentified: Rule = (reading) => {
  if (!says(reading, IDENTIFIERS)) return null;
  return (
    reading.passages.find(
      ({ text }) => ANONYMOUS.test(text) && OF_VISITORS.test(text) && !CLAIMS_LESS.test(text),
    ) ?? null
  );
};

const endToEndClaimed: Rule = (reading) =>
  find(reading, /\bend[- ]to[- ]end encrypt\w+/iu, /\bnot\b[^.]*\bend[- ]to[- ]end\b/iu);

const EXERCISE = /\b(?:exercis\w+|rights?|requests?)\b/iu;
const IN_ACCOUNT = /\b(?:account|profile) settings\b|\bthrough your (?:account|profile)\b/iu;
const OTHER_WAY =
  /@|\be-?mail\b|\btelephone\b|\bphone\b|\bpost(?:al)? address\b|\bin writing\b|\bwrite to\b|\bnotice address\b|\b(?:information|details) (?:provided )?below\b|\bprivacy officer\b/iu;

const accountSettingsOnly: Rule = (reading) => {
  if (!says(reading, /\bpatients?\b/iu)) return null;
  const hasOtherWay = reading.passages.some(
    ({ text, heading }) => OTHER_WAY.test(text) && (EXERCISE.test(text) || EXERCISE.test(heading)),
  );
  if (hasOtherWay) return null;
  return reading.passages.find(({ text }) => EXERCISE.test(text) && IN_ACCOUNT.test(text)) ?? null;
};

const MONTH =
  '(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)';
const DATE = `(?:${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{1,2}(?:st|nd|rd|th)? ${MONTH}\\.?,? \\d{4}|${MONTH} \\d{4}|\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4})`;
const DATED = new RegExp(
  `\\b(?:updated|revised|modified|changed|amended|effective|dated|version|in force)\\b[^.]{0,40}?${DATE}`,
  'iu',
);

const noDate: Rule = (reading) => (says(reading, DATED) ? null : 'whole');

const NUMBER =
  '(?:\\d+|one|two|three|ten|fourteen|fifteen|twenty|thirty|forty-five|forty five|sixty)';
const PERIOD = `\\b${NUMBER}(?: \\(\\d+\\))? (?:calendar |business |working )?(?:days?|weeks?|months?)`;
const ANSWERED_WITHIN = [
  /\b(?:respond|reply|answer|act|process|comply|fulfil\w*)\b/iu,
  /\b(?:within|in|no later than)\b/iu,
  new RegExp(PERIOD, 'iu'),
];
const WITHIN_ANSWERED = [
  /\b(?:within|no later than)\b/iu,
  new RegExp(PERIOD, 'iu'),
  /\b(?:request|respond|answer)/iu,
];
const tellsAnswerTime = ({ text }: Passage) =>
  isInOrder(text, ANSWERED_WITHIN) || isInOrder(text, WITHIN_ANSWERED);

const noAnswerTime: Rule = ({ passages }) => (passages.some(tellsAnswerTime) ? null : 'whole');

const EUROPE = /\bGDPR\b|\bEuropean\b|\bEEA\b|\bEU\b|\bUnited Kingdom\b/u;
const COMPLAINT =
  /\bcomplain(?:ts?)?\b|\bsupervisory authorit|\bdata protection authorit|\bInformation Commissioner\b/iu;

const noComplaintRoute: Rule = (reading) => {
  const { regimes } = reading.configuration;
  const isEuropean = regimes.includes('gdpr') || regimes.includes('uk-gdpr');
  if (!isEuropean && !says(reading, EUROPE)) return null;
  return says(reading, COMPLAINT) ? null : 'whole';
};

const KEEPING = /\b(?:retain\w*|retention|kept|keep|stored?|delet\w+)\b/iu;
const SPAN = new RegExp(
  `\\b${NUMBER}(?: \\(\\d+\\))?(?:\\s?[-–]\\s?\\d+)? (?:days?|months?|years?)\\b|\\bseven \\(7\\)`,
  'iu',
);
/** An event that ends it is a period too: people can tell when it is over (GDPR Art. 13(2)(a)). */
const EVENT =
  /\b(?:duration of|as long as|while|until)\b[^.]*\b(?:accounts?|subscription|engagement|contract|opt out|unsubscribe|membership)\b/iu;

const noRetentionPeriod: Rule = (reading) =>
  reading.passages.some(
    ({ text, heading }) =>
      (KEEPING.test(text) || /\bretention\b/iu.test(heading)) &&
      (SPAN.test(text) || EVENT.test(text)),
  )
    ? null
    : 'whole';

const BY_USE = [
  /\bby (?:using|accessing|visiting|continuing to use)\b/iu,
  /\b(?:consents?|agrees?|accepts?)\b/iu,
];
const USE_MEANS = [
  /\bcontinued use\b/iu,
  /\b(?:constitutes?|signif\w+|means|indicates?|deemed)\b/iu,
  /\b(?:accept\w*|consent\w*|agree\w*)\b/iu,
];

const consentByUse: Rule = ({ passages }) =>
  passages.find(({ text }) => isInOrder(text, BY_USE) || isInOrder(text, USE_MEANS)) ?? null;

const IN_BROWSER = /\bbrowsers?\b/iu;
const CONTROL = /\b(?:block\w*|delet\w+|disabl\w+|control\w*|refus\w+|settings?|manag\w+)\b/iu;
const CONSENT_TOOL =
  /\b(?:cookie|consent|preferences?) (?:consent )?(?:banner|tool|manager|centre|center|settings|preferences|panel)\b|\bconsent management\b|\bour banner\b/iu;

const browserControlOnly: Rule = (reading) => {
  if (says(reading, CONSENT_TOOL)) return null;
  return (
    reading.passages.find(
      ({ text, heading }) =>
        IN_BROWSER.test(text) &&
        CONTROL.test(text) &&
        (COOKIES.test(text) || COOKIES.test(heading)),
    ) ?? null
  );
};

/** What is found in a text by itself. */
export const textRules = {
  'not-sold-but-marketing': notSoldButMarketing,
  'anonymous-but-identified': anonymousButIdentified,
  'end-to-end-claimed': endToEndClaimed,
  'account-settings-only': accountSettingsOnly,
  'no-date': noDate,
  'no-answer-time': noAnswerTime,
  'no-complaint-route': noComplaintRoute,
  'no-retention-period': noRetentionPeriod,
  'consent-by-use': consentByUse,
  'browser-control-only': browserControlOnly,
} as const satisfies Partial<Record<FindingCode, Rule>>;

/** The first passage that states a number of days for answers, and the number. */
export function statedAnswerDays({ passages }: Reading): { passage: Passage; days: number } | null {
  for (const passage of passages) {
    if (!tellsAnswerTime(passage)) continue;
    const [, days] = /(\d+)\)? (?:calendar )?days?/iu.exec(passage.text) ?? [];
    if (days !== undefined) return { passage, days: Number(days) };
  }
  return null;
}
