import {
  categoryIds,
  choiceClock,
  optionalCategoryIds,
  type CategoryId,
  type ConsentLaw,
} from '../../../config/consent.ts';
import { Problem, type FieldError } from '../../problem.ts';
import type { SiteRow } from '../organizations/service.ts';
import { canonicalJson, completeContent, sha256 } from './content.ts';
import type { ConfigurationContent, ConfigurationRow, ConsentRecordRow } from './model.ts';
import type { SentChoice } from './schema.ts';

const HOUR = 3_600_000;

const refusal = (pointer: string, detail: string): FieldError => ({
  pointer,
  code: 'any.only',
  detail,
});

const TRACKING: ReadonlySet<CategoryId> = new Set(['analytics', 'marketing']);

/** What an action makes of each category that is offered: true, false, or either where it says nothing. */
const OUTCOMES: Record<SentChoice['action'], (category: CategoryId) => boolean | undefined> = {
  'accept-all': () => true,
  'refuse-all': () => false,
  withdraw: () => false,
  choose: () => undefined,
  gpc: (category) => (TRACKING.has(category) ? false : undefined),
  dnt: (category) => (TRACKING.has(category) ? false : undefined),
  carried: () => undefined,
  linked: () => undefined,
};

type Shown = Pick<SentChoice, 'regime' | 'model' | 'language'>;

/** What a published version allows choices to say. Versions never change, so it is worked out once. */
interface Offer {
  content: ConfigurationContent;
  offered: ReadonlySet<CategoryId>;
  /** Category of each service. */
  services: ReadonlyMap<string, CategoryId>;
  languages: ReadonlySet<string>;
}

const offers = new WeakMap<ConfigurationRow, Offer>();

function offerOf(configuration: ConfigurationRow): Offer {
  const known = offers.get(configuration);
  if (known) return known;
  const content = completeContent(configuration.content);
  const offer = {
    content,
    offered: new Set(content.categories.map(({ id }) => id)),
    services: new Map(content.services.map(({ id, category }) => [id, category])),
    languages: new Set(content.languages),
  };
  offers.set(configuration, offer);
  return offer;
}

/** What is wrong with the answers themselves. */
function* faultsOfAnswers({ offered, services }: Offer, sent: SentChoice): Generator<FieldError> {
  const outcomeOf = OUTCOMES[sent.action];
  const isPossible = (category: CategoryId, granted: boolean) =>
    (outcomeOf(category) ?? granted) === granted;
  // A purpose that the site left out was never asked about, so nobody can have allowed it.
  const fits = optionalCategoryIds.every((id) =>
    offered.has(id) ? isPossible(id, sent.choices[id]) : !sent.choices[id],
  );
  if (!fits) yield refusal('/choices', 'These choices are not what the action does.');
  for (const [id, granted] of Object.entries(sent.services)) {
    const category = services.get(id);
    if (category === undefined || category === 'necessary') {
      yield refusal('/services', 'The configuration offers no choice about such a service.');
    } else if (!isPossible(category, granted)) {
      yield refusal('/services', 'These choices are not what the action does.');
    }
  }
}

/** What is wrong with how the choice is said to have come about. */
function* faultsOfAction(
  { honoursDnt, group }: ConfigurationContent,
  { action, signals }: SentChoice,
  law: ConsentLaw | undefined,
): Generator<FieldError> {
  const isHonoured =
    (action !== 'gpc' || (signals.gpc && law?.honoursGpc === true)) &&
    (action !== 'dnt' || (signals.dnt && honoursDnt));
  if (!isHonoured) yield refusal('/action', 'No signal was sent, or it is not honoured here.');
  if (action === 'carried' && group.length === 0) {
    yield refusal('/action', 'This site shares choices with no other.');
  }
}

const lawOf = ({ content }: Offer, { regime, model }: Shown) =>
  content.laws.find((one) => one.regime === regime && one.model === model);

/** What is wrong with what was shown: this configuration cannot have shown it. */
function* faultsOfShown(offer: Offer, shown: Shown): Generator<FieldError> {
  if (!lawOf(offer, shown)) {
    yield refusal('/regime', 'The configuration does not offer this law.');
  }
  if (!offer.languages.has(shown.language)) {
    yield refusal('/language', 'The configuration has no texts in this language.');
  }
}

function* faultsOfTime({ chosenAt }: SentChoice, receivedAt: Date): Generator<FieldError> {
  const lead = chosenAt.getTime() - receivedAt.getTime();
  if (lead > choiceClock.aheadHours * HOUR || lead < -choiceClock.lateDays * 24 * HOUR) {
    const detail = 'This is too far from the present time.';
    yield { pointer: '/chosenAt', code: 'date.range', detail };
  }
}

/** The content under which a banner was shown. @throws Problem invalid naming what cannot be true */
export function checkShown(configuration: ConfigurationRow, shown: Shown): ConfigurationContent {
  const offer = offerOf(configuration);
  const errors = [...faultsOfShown(offer, shown)];
  if (errors.length > 0) throw new Problem('invalid', 'See errors.', { errors });
  return offer.content;
}

/**
 * The law under which a choice was asked for. Proof needs a choice to be one that this published
 * configuration can have produced. @throws Problem invalid naming what cannot be true.
 */
export function checkChoice(
  configuration: ConfigurationRow,
  sent: SentChoice,
  receivedAt: Date,
): ConsentLaw {
  const offer = offerOf(configuration);
  const law = lawOf(offer, sent);
  const errors = [
    ...faultsOfShown(offer, sent),
    ...faultsOfAction(offer.content, sent, law),
    ...faultsOfAnswers(offer, sent),
    ...faultsOfTime(sent, receivedAt),
  ];
  if (!law || errors.length > 0) throw new Problem('invalid', 'See errors.', { errors });
  return law;
}

/** @throws Problem forged-form unless a browser says that a page of this site sent it. */
export function checkOrigin({ origins }: SiteRow, origin: string | null, page?: string): void {
  const isOwn = origin !== null && origins.includes(origin);
  if (isOwn && (page === undefined || new URL(page).origin === origin)) return;
  throw new Problem('forged-form', 'This is accepted from the pages of this site only.', {
    code: 'foreign-origin',
  });
}

/** The legal basis of each category where this law holds. */
export function legalBasisOf(
  { content }: ConfigurationRow,
  { model }: ConsentLaw,
): Record<CategoryId, string> {
  const found = content.categories.map(({ id, legalBasis }) => [id, legalBasis[model]]);
  return Object.fromEntries(found) as Record<CategoryId, string>;
}

/** Whether a repeated delivery says the same as the record that it made before. */
export function isSameChoice(row: ConsentRecordRow, sent: SentChoice): boolean {
  return (
    row.visitorId === sent.visitorId &&
    row.configurationHash === sent.configurationHash &&
    row.action === sent.action &&
    categoryIds.every((id) => row.choices[id] === sent.choices[id]) &&
    row.model === sent.model &&
    row.regime === sent.regime &&
    row.language === sent.language &&
    row.gpc === sent.signals.gpc &&
    row.dnt === sent.signals.dnt &&
    row.tcf === sent.signals.tcf &&
    row.gpp === sent.signals.gpp &&
    canonicalJson(row.services) === canonicalJson(sent.services) &&
    row.page === sent.page &&
    row.chosenAt.getTime() === sent.chosenAt.getTime() &&
    row.previousKey === sent.previousKey
  );
}

/** What the visitor was shown: the very words of the published version, in their language and under their law. */
export function shownTexts(
  { content }: ConfigurationRow,
  { language, model }: Pick<ConsentRecordRow, 'language' | 'model'>,
) {
  const texts = content.texts[language];
  if (!texts) throw new Error('A record names a language that its configuration does not have.');
  return { banner: texts.models[model], categories: texts.categories };
}

const textHashes = new WeakMap<ConfigurationRow, Map<string, string>>();

/** SHA-256 of the words that were shown, shortened. Versions never change, so it is worked out once. */
export function textsHashOf(
  configuration: ConfigurationRow,
  shown: Pick<ConsentRecordRow, 'language' | 'model'>,
): string {
  const known = textHashes.get(configuration) ?? new Map<string, string>();
  textHashes.set(configuration, known);
  const key = `${shown.language} ${shown.model}`;
  const hash =
    known.get(key) ?? sha256(canonicalJson(shownTexts(configuration, shown))).slice(0, 32);
  known.set(key, hash);
  return hash;
}
