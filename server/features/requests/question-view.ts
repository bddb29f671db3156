import type { Language } from '../../language.ts';
import { wordsIn, type Purpose } from '../inventory/service.ts';
import type { RightId } from '../../../config/rights.ts';
import { rightCatalogue } from '../../../config/right-catalogue.ts';
import { isCalendarDay, type CalendarDay } from '../../deadlines/days.ts';
import { earliestDay, type Question } from './questions.ts';

type Typed = Record<string, unknown>;

const keyOf = (right: RightId, id: string) => `right-form.question.${right}.${id}`;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

function optionText(
  { t, has, ...language }: Language,
  { right, id, option }: { right: RightId; id: string; option: string },
  purposes: readonly Purpose[],
): string {
  const key = `${keyOf(right, id)}.option.${option}`;
  if (has(key)) return t(key);
  const own = purposes.find((purpose) => purpose.id === option);
  return own ? wordsIn(own.name, { t, has, ...language }) : option;
}

/** The questions of a right as fields of a form. */
export function questionFields(
  language: Language,
  right: RightId,
  questions: readonly Question[],
  around: {
    purposes: readonly Purpose[];
    today: CalendarDay;
    typed: unknown;
    errors: Record<string, string>;
    /** Staff write down what somebody said, which may answer nothing. */
    mayMiss?: boolean;
  },
) {
  const { t, has } = language;
  const { purposes, today, errors, mayMiss = false } = around;
  const typed = typeof around.typed === 'object' && around.typed !== null ? around.typed : {};
  return questions.map((question) => {
    const { id, kind, required = false, options = [] } = question;
    const key = keyOf(right, id);
    const value = textOf((typed as Typed)[id]);
    return {
      id: `answers.${id}`,
      name: `answers[${id}]`,
      label: t(`${key}.label`),
      ...(has(`${key}.hint`) && { hint: t(`${key}.hint`) }),
      optional: mayMiss || !required,
      value,
      error: errors[`answers.${id}`],
      isCheckbox: kind === 'checkbox',
      checked: value === 'yes',
      kind: kind === 'choice' ? 'select' : kind,
      ...(kind === 'textarea' && { rows: 4, draft: true }),
      ...(kind === 'text' && { maxlength: 300 }),
      ...(kind === 'date' && { short: true, min: earliestDay(question, today), max: today }),
      ...(kind === 'choice' && {
        // A choice that need not be made begins with the usual answer.
        optional: mayMiss && required,
        ...(required && { placeholder: t('right-form.choose') }),
        options: options.map((option) => ({
          value: option,
          label: optionText(language, { right, id, option }, purposes),
        })),
      }),
    };
  });
}

/** Why an answer cannot be used, in the words of its kind. */
export function answerErrors(
  { t }: Language,
  questions: readonly Question[],
  errors: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    questions
      .filter(({ id }) => errors[`answers.${id}`] !== undefined)
      .map(({ id, kind }) => [
        `answers.${id}`,
        t(
          kind === 'date'
            ? 'right-form.error.date'
            : kind === 'choice'
              ? 'right-form.error.choice'
              : 'right-form.error.required',
        ),
      ]),
  );
}

/** What was answered, for whoever reads the request; in the order in which it was asked. */
export function answerItems(
  language: Language,
  right: RightId,
  answers: Readonly<Record<string, string>>,
  purposes: readonly Purpose[],
) {
  const { t, day } = language;
  return rightCatalogue[right].questions.flatMap(({ id, kind }) => {
    const answer = answers[id];
    if (answer === undefined || answer === '') return [];
    const text =
      kind === 'choice'
        ? optionText(language, { right, id, option: answer }, purposes)
        : kind === 'checkbox'
          ? t('right-form.yes')
          : kind === 'date' && isCalendarDay(answer)
            ? day(answer)
            : answer;
    return [{ term: t(`${keyOf(right, id)}.label`), text }];
  });
}
