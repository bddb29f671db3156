import { typeName } from './values/kinds.ts';

/** Names that go with the codes, as the server spells them; drivers and tests read both. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  2: 'BadValue',
  8: 'UnknownError',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  15: 'Overflow',
  17: 'ProtocolError',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  39: 'FileStreamFailed',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  79: 'UnknownReplWriteConcern',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  91: 'ShutdownInProgress',
  100: 'UnsatisfiableWriteConcern',
  112: 'WriteConflict',
  125: 'CommandFailed',
  146: 'ExceededMemoryLimit',
  168: 'InvalidPipelineOperator',
  175: 'QueryPlanKilled',
  197: 'InvalidIndexSpecificationOption',
  205: 'ClusterTimeFailsRateLimiter',
  217: 'IncompleteTransactionHistory',
  225: 'TransactionTooOld',
  237: 'CursorKilled',
  238: 'NotImplemented',
  239: 'SnapshotTooOld',
  241: 'ConversionFailure',
  246: 'SnapshotUnavailable',
  251: 'NoSuchTransaction',
  256: 'TransactionCommitted',
  263: 'OperationNotSupportedInTransaction',
  276: 'IndexBuildAborted',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  301: 'DataCorruptionDetected',
  322: 'APIVersionError',
  323: 'APIStrictError',
  334: 'MechanismUnavailable',
  347: 'APIMismatchError',
  352: 'UnsupportedOpQueryCommand',
  11000: 'DuplicateKey',
  14031: 'OutOfDiskSpace',
};

/** A failure that the client sees, in the server's own shape: code, codeName, errmsg and extra fields. */
export class CommandError extends Error {
  readonly code: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.extra = extra;
  }

  get codeName(): string {
    return CODE_NAMES[this.code] ?? `Location${this.code}`;
  }
}

/** Refuses what a real server would do and this engine does not: never accept and ignore. */
export function notSupported(feature: string): CommandError {
  return new CommandError(238, `${feature} is not supported by the embedded engine`);
}

/** A field of a command holds what cannot be there. */
export function wrongType(field: string, value: unknown, expected: string): CommandError {
  const message = `BSON field '${field}' is the wrong type '${typeName(value)}', expected type '${expected}'`;
  return new CommandError(14, message);
}

/** Another transaction wrote the same key first. */
export function writeConflict(): CommandError {
  return new CommandError(
    112,
    'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
  );
}

/** What a snapshot should show has changed its shape since. */
export function snapshotUnavailable(namespace: string): CommandError {
  return new CommandError(
    246,
    `Unable to read from a snapshot due to pending collection catalog changes; please retry the operation. Collection: ${namespace}`,
  );
}

/** The reply document for a failed command. */
export function errorReply(error: unknown): Record<string, unknown> {
  if (error instanceof CommandError)
    return {
      ok: 0,
      errmsg: error.message,
      code: error.code,
      codeName: error.codeName,
      ...error.extra,
    };
  const message = error instanceof Error ? error.message : String(error);
  return { ok: 0, errmsg: message, code: 8, codeName: 'UnknownError' };
}
