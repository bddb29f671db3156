export interface OperatorContext {
  path: string;
  now: Date;
}

/** The new value of a field; undefined removes it, KEEP leaves it. */
export type UpdateOperator = (
  current: unknown,
  argument: unknown,
  context: OperatorContext,
) => unknown;
