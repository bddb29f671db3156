import { localDay } from '../../deadlines/days.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import type { Organization } from '../organizations/service.ts';
import { purposesAsked } from './at-once.ts';
import { previewRequest } from './preview.ts';
import { answerErrors, questionFields } from './question-view.ts';
import { questionsFor, readAnswers } from './questions.ts';
import type { Asked, NewRequest } from './schema.ts';

/** The questions about what is asked, and the organisation's own purposes that they name. */
export async function questionsAsked(organization: Organization, asked: Asked) {
  const { regimes } = previewRequest(organization, asked);
  const purposes = await purposesAsked(organization, asked);
  return { purposes, questions: questionsFor({ ...asked, regimes }, purposes) };
}

const lastPart = (pointer: string) => pointer.split('/').at(-1) ?? '';

const textsIn = (typed: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typed ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** These questions as fields of a form, with the sentences for what of it was refused. */
export async function askedFields(
  organization: Organization,
  language: Language,
  asked: Asked,
  {
    typed,
    errors: refused,
    mayMiss = false,
  }: { typed: unknown; errors: Record<string, string>; mayMiss?: boolean },
) {
  const { purposes, questions } = await questionsAsked(organization, asked);
  const today = localDay(new Date(), organization.timeZone);
  const isRefused = Object.keys(refused).length > 0 && !mayMiss;
  // All that is wrong is said at once, though answers are checked after the other fields.
  const faults = isRefused ? readAnswers(questions, textsIn(typed), today).faults : [];
  const wrong = Object.fromEntries(
    faults.map(({ pointer }) => [`answers.${lastPart(pointer)}`, '']),
  );
  const errors = { ...refused, ...answerErrors(language, questions, { ...wrong, ...refused }) };
  const around = { purposes, today, typed, errors, mayMiss };
  return {
    questions,
    fields: questionFields(language, asked.right, questions, around),
    errors,
    names: questions.map(({ id }) => `answers.${id}`),
  };
}

const missingCustomer = {
  pointer: '/customer',
  code: 'any.required',
  detail: 'customer is required',
};

/** What was sent, with the answers to what was asked and no others. @throws Problem invalid */
export async function checkAnswers<T extends NewRequest>(
  organization: Organization,
  input: T,
): Promise<T> {
  const { questions } = await questionsAsked(organization, input);
  const today = localDay(new Date(), organization.timeZone);
  const { answers, faults } = readAnswers(questions, input.answers, today);
  const { relation = 'own', customer = '' } = input;
  if (relation !== 'own' && customer === '') faults.push(missingCustomer);
  if (faults.length > 0) throw new Problem('invalid', 'See errors.', { errors: faults });
  return { ...input, answers };
}
