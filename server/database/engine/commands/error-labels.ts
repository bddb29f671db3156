import { CommandError } from '../errors.ts';
import type { Document } from '../values/kinds.ts';
import { isEnding } from './session-options.ts';

/** After these the whole transaction may be tried again. */
const TRANSIENT = new Set([112, 239, 246, 251]);
/** After these the same command may be sent again. */
const RETRYABLE = new Set([91]);

/** What tells a driver that trying again helps, as the server would. */
export function labelsOf(error: unknown, name: string, command: Document): Document {
  if (!(error instanceof CommandError)) return {};
  const isInTransaction = command.autocommit === false;
  const isRetryable = RETRYABLE.has(error.code);
  const errorLabels: string[] = [];
  if (isInTransaction && (TRANSIENT.has(error.code) || (isRetryable && !isEnding(name))))
    errorLabels.push('TransientTransactionError');
  if (isRetryable && command.txnNumber !== undefined && (!isInTransaction || isEnding(name)))
    errorLabels.push('RetryableWriteError');
  return errorLabels.length > 0 ? { errorLabels } : {};
}
