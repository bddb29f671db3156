import type { CategoryId } from '../../../config/consent.ts';
import type { ContactRole } from '../../../config/commitments.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import type { RightId } from '../../../config/rights.ts';
import type { Finding } from './finding.ts';
import { quoteOf, type Passage } from './passages.ts';
import { statedAnswerDays, type Reading } from './text-rules.ts';

const finding = (
  code: Finding['code'],
  passage: Passage | null,
  facts: Finding['facts'] = {},
): Finding => ({ code, quote: passage ? quoteOf(passage) : '', facts });

/** How notices name each right, in a list of rights or after "the right to". */
const rightNames: Partial<Record<RightId, RegExp>> = {
  access: /\baccess\b|\bcopy of (?:the|your) (?:personal )?(?:data|information)\b/iu,
  'access-categories': /\bcategories of personal information\b/iu,
  correction: /\b(?:correct\w*|rectif\w+)\b/iu,
  deletion: /\b(?:delet\w+|erasure|erase)\b/iu,
  restriction: /\brestrict\w*\b/iu,
  portability: /\b(?:portab\w+|machine-readable)\b/iu,
  objection: /\bobject(?:ion)?\b/iu,
  'consent-withdrawal': /\bwithdraw\w*\b[^.]*\bconsent\b/iu,
  'marketing-opt-out': /\bopt[- ]?(?:ing[- ])?out of (?:marketing|certain communications)\b/iu,
  'sale-opt-out': /\bopt[- ]out of the ["“]?sale\b/iu,
  'limit-sensitive': /\blimit the use of sensitive\b/iu,
  'automated-review': /\bautomated (?:decision|processing)/iu,
  complaint: /\bcomplaints?\b/iu,
};

const OF_RIGHTS = /\brights?\b/iu;

function* missingRights({ passages, configuration }: Reading): Generator<Finding> {
  const listed = passages.filter(
    ({ text, heading }) =>
      OF_RIGHTS.test(heading) || /\b(?:right|rights)\b[^.]*\bto\b/iu.test(text),
  );
  for (const [right, pattern] of Object.entries(rightNames) as [RightId, RegExp][]) {
    if (configuration.rights.includes(right)) continue;
    const passage = listed.find(({ text }) => pattern.test(text));
    if (passage) yield finding('right-not-offered', passage, { right });
  }
}

function* differingPromise(reading: Reading): Generator<Finding> {
  const { promiseDays } = reading.configuration;
  const stated = statedAnswerDays(reading);
  if (!stated) {
    if (promiseDays !== null) {
      yield finding('promise-not-stated', null, { set: String(promiseDays) });
    }
  } else if (promiseDays === null) {
    yield finding('promise-not-set', stated.passage, { stated: String(stated.days) });
  } else if (stated.days !== promiseDays) {
    const facts = { stated: String(stated.days), set: String(promiseDays) };
    yield finding('promise-differs', stated.passage, facts);
  }
}

const CHILDREN = /\b(?:child(?:ren)?|minors?|individuals|anyone|persons?|users?)\b/iu;
const AGE = /\b(?:under|below|younger than)(?: the age of)? (\d{1,2})\b/iu;

function* differingAge({ passages, configuration }: Reading): Generator<Finding> {
  const { everywhere, eeaAndUk } = configuration.ageRule;
  const reported = new Set<number>();
  for (const passage of passages) {
    const age = Number(AGE.exec(passage.text)?.[1]);
    if (Number.isNaN(age) || !CHILDREN.test(passage.text) || reported.has(age)) continue;
    reported.add(age);
    if (age === everywhere || age === eeaAndUk) continue;
    const set = [everywhere, eeaAndUk].filter((one) => one !== null).join(', ');
    yield finding('age-differs', passage, { stated: String(age), set });
  }
}

const lawNames: [RegExp, RegimeId][] = [
  [/\bGDPR\b|\bGeneral Data Protection Regulation\b/u, 'gdpr'],
  [/\bCCPA\b|\bCalifornia Consumer Privacy Act\b/u, 'ccpa'],
  [/\bHIPAA\b/u, 'hipaa'],
];

function* missingLaws({ passages, configuration }: Reading): Generator<Finding> {
  for (const [pattern, regime] of lawNames) {
    if (configuration.regimes.includes(regime)) continue;
    const passage = passages.find(({ text }) => pattern.test(text));
    if (passage) yield finding('law-not-set', passage, { regime });
  }
}

const contactNames: [RegExp, ContactRole][] = [
  [/\bdata protection officer\b/iu, 'dataProtectionOfficer'],
  [/\bHIPAA\b[^.]*\b(?:officer|contact)\b|\bHIPAA-related inquiries\b/iu, 'hipaaOfficer'],
  [/\bsecurity (?:concerns|contact|team)\b/iu, 'security'],
  [/\bprivacy (?:&|and) compliance team\b|\bprivacy (?:officer|office|team)\b/iu, 'privacyOffice'],
];
const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;
const ANY_CONTACT =
  /@|\bphone:|\btelephone\b|\b(?:mailing|notice|postal) address\b|\bP\.?O\.? box\b/iu;

function* missingContacts({ passages, configuration }: Reading): Generator<Finding> {
  const { contacts } = configuration;
  if (!passages.some(({ text }) => ANY_CONTACT.test(text))) {
    yield finding('no-contact-stated', null);
  }
  for (const [pattern, role] of contactNames) {
    const passage = passages.find(({ text }) => pattern.test(text));
    // The mailbox of the HIPAA officer is often the privacy officer's: one of them is enough.
    if (passage && contacts[role] === '') yield finding('contact-not-set', passage, { role });
  }
  const known = Object.values(contacts).map((address) => address.toLowerCase());
  const reported = new Set<string>();
  for (const passage of passages) {
    for (const address of passage.text.toLowerCase().match(ADDRESS) ?? []) {
      if (known.includes(address) || reported.has(address)) continue;
      reported.add(address);
      yield finding('address-unknown', passage, { address });
    }
  }
}

const AHEAD = /\b(\d+) days (?:before|prior to|in advance)\b/iu;

function* differingNotice({ passages, configuration }: Reading): Generator<Finding> {
  const { daysAhead } = configuration.noticePolicy;
  const passage = passages.find(({ text }) => AHEAD.test(text));
  const stated = Number(AHEAD.exec(passage?.text ?? '')?.[1]);
  if (!passage || stated === daysAhead) return;
  const facts = { stated: String(stated), set: String(daysAhead ?? 0) };
  yield finding('notice-differs', passage, facts);
}

const COOKIES = /\bcookies?\b/iu;
const cookieNames: [RegExp, CategoryId][] = [
  [/\b(?:analytics|performance)\b/iu, 'analytics'],
  [/\bpreferences?\b/iu, 'preferences'],
  [/\b(?:marketing|advertising|targeting)\b/iu, 'marketing'],
];

function* missingCookies({ passages, configuration }: Reading): Generator<Finding> {
  for (const [pattern, category] of cookieNames) {
    if (configuration.cookieCategories.includes(category)) continue;
    const passage = passages.find(
      ({ text, heading }) => pattern.test(text) && (COOKIES.test(text) || COOKIES.test(heading)),
    );
    if (passage) yield finding('cookies-not-set', passage, { category });
  }
}

/** Where the text and the settings of an organisation say different things. */
export function differencesOf(reading: Reading): Finding[] {
  return [
    ...missingRights(reading),
    ...differingPromise(reading),
    ...differingAge(reading),
    ...missingLaws(reading),
    ...missingContacts(reading),
    ...differingNotice(reading),
    ...missingCookies(reading),
  ];
}
