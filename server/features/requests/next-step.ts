import type { IdentityLevel } from '../../../config/rights.ts';
import { awaitsConfirmation } from './awaiting.ts';
import type { RequestRow } from './model.ts';
import { groupOf } from './states.ts';

export const nextSteps = [
  'confirm-mailbox',
  'agent-permission',
  'review-agent',
  'review-document',
  'answer-clarification',
  'prove-identity',
  'assign',
  'second-confirmation',
  'forward',
  'review-package',
  'answer-appeal',
  'answer',
  'nothing',
] as const;
export type NextStepCode = (typeof nextSteps)[number];

export interface NextStep {
  code: NextStepCode;
  /** Whose turn it is. */
  by: 'person' | 'staff' | 'nobody';
  /** The level that is to be proved. */
  level?: IdentityLevel;
}

export type Waiting = Pick<
  RequestRow,
  | 'assigneeId'
  | 'channel'
  | 'confirmedAt'
  | 'needsPermission'
  | 'pauses'
  | 'permissionBy'
  | 'provenLevel'
  | 'requiredLevel'
  | 'right'
  | 'role'
  | 'state'
> & {
  /** Something gathered for the answer was not reviewed yet. */
  hasUnreviewed?: boolean;
  /** A document that shall prove the identity was not looked at, or not decided about. */
  hasDocument?: boolean;
  /** Nobody can send this person a code. */
  hasNoAddress?: boolean;
};

const ofStaff = (code: NextStepCode): NextStep => ({ code, by: 'staff' });

/** What a request that nobody proved yet waits for: whoever has no mailbox here cannot confirm one. */
function beginningOf(row: Waiting): NextStep {
  if (row.needsPermission) {
    return row.permissionBy === 'staff'
      ? ofStaff('review-agent')
      : { code: 'agent-permission', by: 'person' };
  }
  if (row.hasNoAddress !== true) return { code: 'confirm-mailbox', by: 'person' };
  return { ...ofStaff('prove-identity'), level: row.requiredLevel === 0 ? 1 : row.requiredLevel };
}

/** The one thing that a request waits for now. */
export function nextStepOf(row: Waiting): NextStep {
  const group = groupOf(row.state);
  if (group === 'closed') return { code: 'nothing', by: 'nobody' };
  if (group === 'unverified') return beginningOf(row);
  if (row.hasDocument === true) return ofStaff('review-document');
  const isAsked = row.pauses.some((pause) => pause.kind === 'clarification' && !pause.answeredAt);
  if (isAsked) return { code: 'answer-clarification', by: 'person' };
  if (row.provenLevel < row.requiredLevel) {
    const isWaiting = row.pauses.some((pause) => pause.kind === 'identity' && !pause.answeredAt);
    return {
      code: 'prove-identity',
      by: isWaiting ? 'person' : 'staff',
      level: row.requiredLevel,
    };
  }
  if (row.assigneeId === null) return ofStaff('assign');
  if (row.role === 'processor' || row.role === 'businessAssociate') return ofStaff('forward');
  if (awaitsConfirmation(row)) return { code: 'second-confirmation', by: 'person' };
  if (row.hasUnreviewed === true) return ofStaff('review-package');
  return ofStaff(row.right === 'appeal' ? 'answer-appeal' : 'answer');
}
