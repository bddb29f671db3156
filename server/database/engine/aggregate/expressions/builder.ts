import { CommandError } from '../../errors.ts';
import { isDocument, isNullish, isNumeric, typeName, type Document } from '../../values/kinds.ts';
import { toNumber } from '../../values/numbers.ts';

/** What an expression can see. */
export interface Scope {
  root: Document;
  /** $$name, inherited from outer scopes through the prototype chain. */
  variables: Document;
}

/** A compiled expression. Undefined is a missing value. */
export type Evaluate = (scope: Scope) => unknown;

export type Compile = (expression: unknown) => Evaluate;

/** Compiles an operator's argument. */
export type Builder = (argument: unknown, compile: Compile) => Evaluate;

export type Builders = Readonly<Record<string, Builder>>;

/** A scope in which some variables have new values. */
export function withVariables(scope: Scope, variables: Document): Scope {
  const inner = Object.create(scope.variables) as Document;
  return { root: scope.root, variables: Object.assign(inner, variables) };
}

/** An operator over its evaluated arguments, given as one value or an array of `least` to `most`. */
export function positional(
  least: number,
  most: number,
  apply: (...values: unknown[]) => unknown,
): Builder {
  return (argument, compile) => {
    const list: unknown[] = Array.isArray(argument) ? argument : [argument];
    if (list.length < least || list.length > most)
      throw new CommandError(
        16020,
        `Expression takes ${least === most ? `exactly ${least}` : `between ${least} and ${most}`} arguments. ${list.length} were passed in.`,
      );
    const evaluators = list.map(compile);
    return (scope) => apply(...evaluators.map((evaluate) => evaluate(scope)));
  };
}

/** As `positional`, but null or missing in, null out. */
export function strict(
  least: number,
  most: number,
  apply: (...values: unknown[]) => unknown,
): Builder {
  return positional(least, most, (...values) => (values.some(isNullish) ? null : apply(...values)));
}

/** An operator over named arguments. Unknown and missing names are refused. */
export function named(
  required: readonly string[],
  optional: readonly string[],
  apply: (values: Document) => unknown,
): Builder {
  return (argument, compile) => {
    const evaluators = compileNamed(argument, required, optional, compile);
    return (scope) => {
      const values: Document = {};
      for (const [name, evaluate] of evaluators) values[name] = evaluate(scope);
      return apply(values);
    };
  };
}

/** The compiled named arguments of an operator with a syntax of its own. */
export function compileNamed(
  argument: unknown,
  required: readonly string[],
  optional: readonly string[],
  compile: Compile,
): [name: string, evaluate: Evaluate][] {
  if (!isDocument(argument)) throw new CommandError(9, 'the argument must be an object');
  for (const name of required)
    if (!(name in argument)) throw new CommandError(9, `Missing '${name}' parameter`);
  return Object.entries(argument).map(([name, value]) => {
    if (!required.includes(name) && !optional.includes(name))
      throw new CommandError(9, `Unrecognized parameter '${name}'`);
    return [name, compile(value)];
  });
}

/** The value as an array. Throws 28689's kin when it is another type. */
export function asArray(value: unknown, operator: string): unknown[] {
  if (!Array.isArray(value))
    throw new CommandError(
      28689,
      `${operator}'s input must be an array, but was of type ${typeName(value)}`,
    );
  return value;
}

export function asText(value: unknown, operator: string): string {
  if (typeof value !== 'string')
    throw new CommandError(
      34471,
      `${operator} requires a string argument, found: ${typeName(value)}`,
    );
  return value;
}

/** The value as a JavaScript integer. */
export function asInteger(value: unknown, operator: string): number {
  if (!isNumeric(value) || !Number.isInteger(toNumber(value)))
    throw new CommandError(
      40096,
      `${operator} requires an integral argument, found: ${typeName(value)}`,
    );
  return toNumber(value);
}
