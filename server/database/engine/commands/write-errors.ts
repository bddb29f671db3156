import { CommandError } from '../errors.ts';
import type { Document } from '../values/kinds.ts';

const WRITE_CONFLICT = 112;

/** Only errors of one statement are reported beside the others; conflicts and faults fail the command. */
export function failUnlessStatementError(error: unknown): asserts error is CommandError {
  if (!(error instanceof CommandError) || error.code === WRITE_CONFLICT) throw error;
}

/** An entry of `writeErrors`. */
export function writeErrorOf(index: number, error: CommandError): Document {
  return { index, code: error.code, ...error.extra, errmsg: error.message };
}
