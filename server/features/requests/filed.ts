import { defaults } from '../../../config/defaults.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';

const COOKIE = 'filed';
const SHAPE =
  /^(?<reference>[0-9A-Z-]{11})\.(?<proof>[012])\.(?<acknowledgeBy>\d{4}-\d{2}-\d{2})?\.(?<answerBy>\d{4}-\d{2}-\d{2})$/u;

interface Visit {
  cookie(name: string): string | undefined;
}

/** What a browser that has just sent a request may see of it before any code is typed. */
export interface Filed {
  needsProof: boolean;
  /** What was asked for is done already. */
  isDone: boolean;
  acknowledgeBy: string | null;
  answerBy: string;
}

/**
 * Lets the browser itself remember the request it sent: the server shows nothing about a reference
 * to somebody who has only the reference.
 */
export function filedCookie(given: {
  reference: string;
  needsProof: boolean;
  isDone?: boolean;
  deadlines: Pick<DeadlineResult, 'acknowledgeBy' | 'effectiveDue'>;
}) {
  const { reference, needsProof, isDone = false, deadlines } = given;
  const parts = [
    reference,
    isDone ? '2' : needsProof ? '1' : '0',
    deadlines.acknowledgeBy ?? '',
    deadlines.effectiveDue,
  ];
  return { name: COOKIE, value: parts.join('.'), maxAgeSeconds: 3600 };
}

const ASKED = 'code-asked';

/** Lets this browser show the field for the code first, once it has asked for one. */
export const askedCookie = (reference: string) => ({
  name: ASKED,
  value: reference,
  maxAgeSeconds: defaults.identity.codeMinutes * 60,
});

export const codeIsAsked = (visit: Visit, reference: string): boolean =>
  visit.cookie(ASKED) === reference;

export const forgetFiled = { name: COOKIE, value: null };

/** What this browser remembers of a reference; null when it sent no such request just now. */
export function filedHere(visit: Visit, reference: string): Filed | null {
  const found = SHAPE.exec(visit.cookie(COOKIE) ?? '')?.groups;
  if (found?.reference !== reference) return null;
  return {
    needsProof: found.proof === '1',
    isDone: found.proof === '2',
    acknowledgeBy: found.acknowledgeBy ?? null,
    answerBy: found.answerBy ?? '',
  };
}
