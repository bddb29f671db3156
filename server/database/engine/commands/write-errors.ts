import { CommandError } from '../errors.ts';
import type { Document } from '../values/kinds.ts';
import type { CommandContext } from './context.ts';

const WRITE_CONFLICT = 112;

/** Only errors of one statement are reported beside the others; conflicts and faults fail the command. */
export function failUnlessStatementError(error: unknown): asserts error is CommandError {
  if (!(error instanceof CommandError) || error.code === WRITE_CONFLICT) throw error;
}

/** Does statement after statement. Returns what the reply says of those that failed. */
export function tryEach<T>(
  context: CommandContext,
  statements: readonly T[],
  work: (statement: T, index: number) => void,
): Document {
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries())
    try {
      work(statement, index);
    } catch (error) {
      writeErrors.push(writeErrorOf(index, error));
      if (isEndedByErrors(context)) break;
    }
  return replyPart(writeErrors);
}

/** As `tryEach`, for statements that let others in between. */
export async function tryEachInTurn<T>(
  context: CommandContext,
  statements: readonly T[],
  work: (statement: T, index: number) => Promise<void>,
): Promise<Document> {
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries())
    try {
      await work(statement, index);
    } catch (error) {
      writeErrors.push(writeErrorOf(index, error));
      if (isEndedByErrors(context)) break;
    }
  return replyPart(writeErrors);
}

function writeErrorOf(index: number, error: unknown): Document {
  failUnlessStatementError(error);
  return { index, code: error.code, ...error.extra, errmsg: error.message };
}

function isEndedByErrors({ command, transaction }: CommandContext): boolean {
  return command.ordered !== false || transaction !== undefined;
}

function replyPart(writeErrors: Document[]): Document {
  return writeErrors.length > 0 ? { writeErrors } : {};
}
