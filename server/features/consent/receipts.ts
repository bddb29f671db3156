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
import type { Choices, ConfigurationRow, ConsentRecordRow } from './model.ts';
import type { SentChoice } from './schema.ts';

const HOUR = 3_600_000;

const refusal = (pointer: string, code: string, detail: string): FieldError => ({
  pointer,
  code,
  detail,
});

const fitsAction: Record<SentChoice['action'], (choices: Choices) => boolean> = {
  'accept-all': (choices) => optionalCategoryIds.every((id) => choices[id]),
  'refuse-all': (choices) => optionalCategoryIds.every((id) => !choices[id]),
  withdraw: (choices) => optionalCategoryIds.every((id) => !choices[id]),
  choose: () => true,
  gpc: ({ analytics, marketing }) => !analytics && !marketing,
  dnt: ({ analytics, marketing }) => !analytics && !marketing,
  carried: () => true,
  linked: () => true,
};

/**
 * The law under which a choice was asked for. Proof needs a choice to be one that this published
 * configuration can have produced. @throws Problem invalid naming what cannot be true.
 */
export function checkChoice(
  configuration: ConfigurationRow,
  sent: SentChoice,
  receivedAt: Date,
): ConsentLaw {
  const { laws, languages, services, honoursDnt } = completeContent(configuration.content);
  const { action, choices, signals, regime, model, language, chosenAt } = sent;
  const law = laws.find((one) => one.regime === regime && one.model === model);
  const lead = chosenAt.getTime() - receivedAt.getTime();
  const errors: FieldError[] = [];
  if (!law)
    errors.push(refusal('/regime', 'any.only', 'The configuration does not offer this law.'));
  if (!languages.includes(language)) {
    errors.push(
      refusal('/language', 'any.only', 'The configuration has no texts in this language.'),
    );
  }
  if (!fitsAction[action](choices)) {
    errors.push(refusal('/choices', 'any.only', 'These choices are not what the action does.'));
  }
  if (action === 'gpc' && !(signals.gpc && law?.honoursGpc === true)) {
    errors.push(refusal('/action', 'any.only', 'No signal was sent, or it is not honoured here.'));
  }
  if (action === 'dnt' && !(signals.dnt && honoursDnt)) {
    errors.push(refusal('/action', 'any.only', 'No signal was sent, or it is not honoured here.'));
  }
  const known = new Set(services.map(({ id }) => id));
  if (Object.keys(sent.services).some((id) => !known.has(id))) {
    errors.push(refusal('/services', 'any.only', 'The configuration has no such service.'));
  }
  if (lead > choiceClock.aheadHours * HOUR || lead < -choiceClock.lateDays * 24 * HOUR) {
    errors.push(refusal('/chosenAt', 'date.range', 'This is too far from the present time.'));
  }
  if (!law || errors.length > 0) throw new Problem('invalid', 'See errors.', { errors });
  return law;
}

/** @throws Problem forged-form unless a browser says that a page of this site sent it. */
export function checkOrigin({ origins }: SiteRow, origin: string | null, page: string): void {
  const isOwn = origin !== null && origins.includes(origin) && new URL(page).origin === origin;
  if (isOwn) return;
  throw new Problem('forged-form', 'Choices are accepted from the pages of this site only.', {
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
