import type { Collator } from '../values/compare.ts';

interface OperatorContext {
  /** As the client wrote it, for messages. */
  path: string;
  collator: Collator | undefined;
}

/** The new value of a field from its old one (undefined: missing); undefined removes it, KEEP leaves it. */
export type Change = (current: unknown, now: Date) => unknown;

/** Checks an argument before any document is read, throwing the server's codes, and gives what it does. */
export type UpdateOperator = (argument: unknown, context: OperatorContext) => Change;

/** A change that leaves the value as it is. */
export const KEEP = Symbol('keep');
