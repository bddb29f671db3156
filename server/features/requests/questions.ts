import {
  DIRECT_MARKETING,
  rightCatalogue,
  type Question,
} from '../../../config/right-catalogue.ts';
import { marketingTopics, type MarketingTopic } from '../../../config/message-topics.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import type { DataClass, RightId } from '../../../config/rights.ts';
import type { FieldError } from '../../problem.ts';
import type { Purpose } from '../inventory/service.ts';
import { isCalendarDay, type CalendarDay } from '../../deadlines/days.ts';

export type { Question } from '../../../config/right-catalogue.ts';

/** What is known before the questions are asked. */
export interface Asking {
  right: RightId;
  dataClass: DataClass;
  regimes: readonly RegimeId[];
}

/** The purposes of the inventory that somebody may object to (GDPR Art. 21(1) to (3)). */
const purposesToObjectTo = (purposes: readonly Purpose[]): Purpose[] =>
  purposes.filter(
    ({ basis, isDirectMarketing }) =>
      isDirectMarketing || basis === 'legitimate-interests' || basis === 'public-task',
  );

/**
 * The questions that a right asks here. An objection names one of the organisation's own purposes
 * where its inventory has some.
 */
export function questionsFor(
  { right, dataClass, regimes }: Asking,
  purposes: readonly Purpose[],
): Question[] {
  const own = purposesToObjectTo(purposes).map(({ id }) => id);
  return rightCatalogue[right].questions
    .filter(
      (question) =>
        (question.regimes?.some((regime) => regimes.includes(regime)) ?? true) &&
        (question.dataClasses?.includes(dataClass) ?? true),
    )
    .map((question) =>
      right === 'objection' && question.id === 'purpose' && own.length > 0
        ? { ...question, options: [...own, 'other'] }
        : question,
    );
}

/** The first day that may be named; null where any past day will do. */
export function earliestDay({ earliest, yearsBack }: Question, today: CalendarDay): string | null {
  if (yearsBack === undefined) return earliest ?? null;
  return `${String(Number(today.slice(0, 4)) - yearsBack).padStart(4, '0')}${today.slice(4)}`;
}

function isFault(question: Question, answer: string, today: CalendarDay): boolean {
  if (answer === '') return question.required === true;
  if (question.kind === 'choice') return question.options?.includes(answer) !== true;
  if (question.kind === 'checkbox') return answer !== 'yes';
  if (question.kind !== 'date') return false;
  return (
    !isCalendarDay(answer) || answer > today || answer < (earliestDay(question, today) ?? answer)
  );
}

/** The answers to what was asked, without what nobody asked for, and which of them cannot be used. */
export function readAnswers(
  questions: readonly Question[],
  typed: Readonly<Record<string, string>>,
  today: CalendarDay,
): { answers: Record<string, string>; faults: FieldError[] } {
  const answers = Object.fromEntries(
    questions
      .map(({ id }): [string, string] => [id, typed[id] ?? ''])
      .filter(([, answer]) => answer !== ''),
  );
  const faults = questions
    .filter((question) => isFault(question, typed[question.id] ?? '', today))
    .map(({ id }) => ({
      pointer: `/answers/${id}`,
      code: 'any.required',
      detail: `${id} cannot be used`,
    }));
  return { answers, faults };
}

/**
 * The advertising that a request ends with its arrival; null for every other request. Nobody needs
 * to prove anything for it, and nothing is weighed (GDPR Art. 21(3); 15 U.S.C. 7704(a)(4)).
 */
export function topicStopped(
  right: RightId,
  answers: Readonly<Record<string, string>>,
  purposes: readonly Purpose[],
): MarketingTopic | null {
  if (right === 'marketing-opt-out') {
    return marketingTopics.find((topic) => topic === answers.topic) ?? 'marketing';
  }
  const { purpose } = answers;
  if (right !== 'objection' || purpose === undefined) return null;
  const own = purposes.find(({ id }) => id === purpose);
  const isMarketing = purpose === DIRECT_MARKETING || own?.isDirectMarketing === true;
  return isMarketing ? 'marketing' : null;
}
