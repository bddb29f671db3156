import type { RegimeId } from '../../../config/regimes.ts';
import { rightCatalogue } from '../../../config/right-catalogue.ts';
import type { IdentityLevel, RightId } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import { residenceText, type ChosenRight } from './choice.ts';
import type { Question } from './questions.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
import { periodText, traceLines } from '../explain/service.ts';

/** Nobody can correct what is not named; all other rights may be used without a word. */
export const detailsAreOptional = (right: RightId): boolean => right !== 'correction';

interface Preview {
  regimes: RegimeId[];
  needsProof: boolean;
  deadlines: DeadlineResult;
  /** How surely the person must be known. */
  level: IdentityLevel;
  questions: readonly Question[];
  /** Whom a host page vouched for gets no code. */
  isSignedIn?: boolean;
}

const emailHintOf = (right: RightId, needsProof: boolean) =>
  right === 'marketing-opt-out'
    ? 'right-form.emailOptOut'
    : `privacy.request.emailHint${needsProof ? '' : 'NoProof'}`;

/** The field for whatever else there is to say; after precise questions it asks for nothing precise. */
function detailsField({ t }: Language, right: RightId, questions: readonly Question[]) {
  const key = questions.some(({ required }) => required)
    ? 'right-form.question.else'
    : `privacy.details.${right}`;
  return {
    asksDetails: rightCatalogue[right].details,
    detailsLabel: t(`${key}.label`),
    detailsHint: t(`${key}.hint`),
  };
}

/** In words, before anything is sent: which law protects the person, and by when it is answered. */
export function explainPreview(
  organization: Organization,
  language: Language,
  chosen: ChosenRight,
  { regimes, needsProof, deadlines, level, questions, isSignedIn = false }: Preview,
) {
  const { right } = chosen;
  const { name, promiseDays } = organization;
  const { acknowledgeBy, effectiveDue, extendedDue, extensionNoticeBy } = deadlines;
  const byDay = (day: string) => language.t('privacy.request.byDay', { day: language.day(day) });
  const meaning = `privacy.ccpaMeaning.${right}`;
  return {
    right,
    needsProof,
    ...detailsField(language, right, questions),
    asksName: rightCatalogue[right].name !== 'none',
    nameOptional: rightCatalogue[right].name === 'optional',
    emailHint: language.t(emailHintOf(right, needsProof)),
    stepLabel: language.t('right-form.step', { step: '2', of: needsProof ? '3' : '2' }),
    isAtOnce: rightCatalogue[right].fulfilledAtOnce === true,
    expect: [
      language.t(`right-form.expect.${right}`),
      ...(isSignedIn && needsProof
        ? []
        : [
            language.t(`right-form.proof.${!needsProof ? 'none' : level > 1 ? 'more' : 'mailbox'}`),
          ]),
      language.t('right-form.fee'),
    ],
    wishes: [
      {
        term: language.t('privacy.request.wish'),
        text: language.t(`privacy.right.${right}.title`),
      },
      { term: language.t('privacy.request.residence'), text: residenceText(language, chosen) },
      ...(chosen.dataClass === 'phi'
        ? [
            {
              term: language.t('privacy.request.health'),
              text: language.t('privacy.request.healthText'),
            },
          ]
        : []),
    ],
    laws: [
      ...regimes.map((regime) => lawText(language, regime, chosen.country)),
      ...(regimes.includes('ccpa') && language.has(meaning) ? [language.t(meaning)] : []),
      ...(regimes.length === 0
        ? [language.t('privacy.request.noLaw', { organization: name })]
        : []),
      ...(promiseDays === null
        ? []
        : [
            language.t('privacy.request.promise', {
              organization: name,
              period: periodText(language, promiseDays, 'day'),
            }),
          ]),
    ],
    acknowledged:
      acknowledgeBy === null ? language.t('privacy.request.atOnce') : byDay(acknowledgeBy),
    answerBy: language.day(effectiveDue),
    answerOn: effectiveDue,
    ifLonger:
      extendedDue === null || extensionNoticeBy === null
        ? null
        : language.t('privacy.request.ifLongerText', {
            extendedDue: language.day(extendedDue),
            noticeBy: language.day(extensionNoticeBy),
          }),
    trace: traceLines(language, deadlines.trace),
  };
}

/** The best known laws have a sentence of their own. */
function lawText(language: Language, regime: RegimeId, country: string): string {
  const own = `privacy.law.${regime}`;
  return language.has(own)
    ? language.t(own, { country: language.country(country) })
    : language.t('deadlines.applies', { law: language.t(`deadlines.regime.${regime}.name`) });
}
