import { MongoError, MongoOperationTimeoutError, MongoServerError, type Document } from 'mongodb';
import type { Entities } from './entities.ts';
import { refuseUnknownFields, TestFailure, type Operation } from './format.ts';
import { expectMatch } from './matching.ts';

const OPERATION_FIELDS = [
  'name',
  'object',
  'arguments',
  'expectResult',
  'expectError',
  'saveResultAsEntity',
  'ignoreResultAndError',
];

type ErrorCheck = (wanted: unknown, error: Error, entities: Entities) => void;

const ERROR_CHECKS: Readonly<Record<string, ErrorCheck>> = {
  isError() {
    // It is one, or this would not be asked.
  },
  isClientError(wanted, error) {
    expectSame(!(error instanceof MongoServerError), wanted, error, 'a client error');
  },
  isTimeoutError(wanted, error) {
    expectSame(error instanceof MongoOperationTimeoutError, wanted, error, 'a timeout');
  },
  errorContains(wanted, error) {
    const isContained = error.message.toLowerCase().includes(String(wanted).toLowerCase());
    expectSame(isContained, true, error, `an error that says '${String(wanted)}'`);
  },
  errorCode(wanted, error) {
    const { code } = error as MongoServerError;
    expectSame(code, wanted, error, `an error with code ${String(wanted)}`);
  },
  errorCodeName(wanted, error) {
    const { codeName, errorResponse } = error as MongoServerError;
    const name: unknown = codeName ?? errorResponse.codeName;
    expectSame(name, wanted, error, `an error named ${String(wanted)}`);
  },
  errorLabelsContain(wanted, error) {
    for (const label of wanted as string[])
      expectSame(hasLabel(error, label), true, error, `labelled ${label}`);
  },
  errorLabelsOmit(wanted, error) {
    for (const label of wanted as string[])
      expectSame(hasLabel(error, label), false, error, `labelled ${label}`);
  },
  expectResult(wanted, error, entities) {
    expectMatch(wanted, (error as Error & { result?: unknown }).result, 'error result', entities);
  },
  errorResponse(wanted, error, entities) {
    expectMatch(wanted, (error as MongoServerError).errorResponse, 'error response', entities);
  },
};

/** Performs an operation. Throws when its result or its error is not what the test expects. */
export async function checkOperation(
  operation: Operation,
  entities: Entities,
  perform: () => Promise<unknown>,
): Promise<void> {
  refuseUnknownFields(operation, OPERATION_FIELDS, `the operation ${operation.name}`);
  const { expectError, ignoreResultAndError } = operation;
  let result: unknown;
  try {
    result = await perform();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TestFailure) throw error;
    if (expectError) checkError(operation, expectError, error, entities);
    else if (ignoreResultAndError !== true) throw error;
    return;
  }
  if (expectError) throw new TestFailure(`${operation.name} should fail, and it succeeded`);
  if (operation.expectResult !== undefined)
    // The driver says undefined or null for no result; a test says null.
    expectMatch(operation.expectResult, result ?? null, `${operation.name} result`, entities);
  if (operation.saveResultAsEntity !== undefined)
    entities.set(operation.saveResultAsEntity, result);
}

function checkError(
  operation: Operation,
  wanted: Document,
  error: Error,
  entities: Entities,
): void {
  refuseUnknownFields(wanted, Object.keys(ERROR_CHECKS), 'expectError');
  try {
    for (const [name, value] of Object.entries(wanted))
      ERROR_CHECKS[name]?.(value, error, entities);
  } catch (failure) {
    if (!(failure instanceof TestFailure)) throw failure;
    throw new TestFailure(`${operation.name}: ${failure.message}`, { cause: error });
  }
}

function hasLabel(error: Error, label: string): boolean {
  return error instanceof MongoError && error.hasErrorLabel(label);
}

function expectSame(actual: unknown, wanted: unknown, error: Error, what: string): void {
  if (actual === wanted) return;
  const is = wanted === false ? 'should not be' : 'should be';
  throw new TestFailure(`the error ${is} ${what}: ${error.name}: ${error.message}`);
}
