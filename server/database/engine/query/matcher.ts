import { truthy } from '../aggregate/expressions/truth.ts';
import { compileExpression, scopeOf } from '../aggregate/expressions/compile.ts';
import { CommandError } from '../errors.ts';
import type { Collator } from '../values/compare.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { visitPath } from '../values/paths.ts';
import { operatorsOf, UNSUPPORTED_OPERATORS } from './conditions.ts';
import { leafTest, type Test } from './leaf-tests.ts';
import { compileRegex, isRegex } from './regex.ts';
import { toNumber } from '../values/numbers.ts';
import { isNumeric } from '../values/kinds.ts';

/** Where in the outermost array the last array condition matched; the positional `$` reads it. */
export interface MatchPosition {
  index: number;
}

export type Predicate = (document: unknown, position?: MatchPosition) => boolean;

export interface MatchContext {
  collator?: Collator | undefined;
  variables?: Document | undefined;
}

/** Tests one value at the path; a hit inside an array notes its position. */
type ValueTest = (value: unknown, at: number, position?: MatchPosition) => boolean;

/** Asks whether some value at a field's path passes; negations need to see all of them. */
type Ask = (test: ValueTest) => boolean;
type FieldTest = (ask: Ask) => boolean;

const NEGATED: Readonly<Record<string, string>> = { $ne: '$eq', $nin: '$in' };

/** Compiles a query filter. Throws 2 for what the server refuses, 14 when it is no document. */
export function compileFilter(filter: unknown, context: MatchContext = {}): Predicate {
  if (!isDocument(filter)) throw new CommandError(14, 'the filter must be an object');
  const tests: Predicate[] = [];
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$comment' || name === '$alwaysTrue') continue;
    tests.push(
      name.startsWith('$') && !/^\$(id|ref|db)(\.|$)/.test(name)
        ? topLevelTest(name, condition, context)
        : fieldPredicate(name, condition, context),
    );
  }
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (document, position) => tests.every((test) => test(document, position));
}

function topLevelTest(name: string, condition: unknown, context: MatchContext): Predicate {
  switch (name) {
    case '$and':
    case '$or':
    case '$nor':
      return logicalTest(name, condition, context);
    case '$expr': {
      const evaluate = compileExpression(condition);
      const { variables } = context;
      return (document) => truthy(evaluate(scopeOf(document as Document, variables)));
    }
    case '$alwaysFalse':
      return () => false;
    default:
      if (UNSUPPORTED_OPERATORS.has(name))
        throw new CommandError(238, `${name} is not supported by the embedded engine`);
      throw new CommandError(
        2,
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function logicalTest(name: string, condition: unknown, context: MatchContext): Predicate {
  if (!Array.isArray(condition) || condition.length === 0)
    throw new CommandError(2, `${name} must be a nonempty array`);
  const clauses = condition.map((clause) => compileFilter(clause, context));
  if (name === '$and')
    return (document, position) => clauses.every((clause) => clause(document, position));
  if (name === '$or')
    return (document, position) => clauses.some((clause) => clause(document, position));
  return (document) => !clauses.some((clause) => clause(document));
}

function fieldPredicate(path: string, condition: unknown, context: MatchContext): Predicate {
  const parts = path.split('.');
  const tests = operatorsOf(condition).map(([operator, argument]) =>
    fieldTest(operator, argument, context),
  );
  return (document, position) => {
    const ask: Ask = (test) => visitPath(document, parts, (value, at) => test(value, at, position));
    return tests.every((test) => test(ask));
  };
}

function fieldTest(operator: string, argument: unknown, context: MatchContext): FieldTest {
  const positive = NEGATED[operator];
  if (positive) {
    const test = valueTest(positive, argument, context);
    return (ask) => !ask(test);
  }
  switch (operator) {
    case '$not': {
      if (!isRegex(argument) && !isDocument(argument))
        throw new CommandError(2, '$not needs a regex or a document');
      const tests = operatorsOf(argument).map(([name, inner]) => fieldTest(name, inner, context));
      return (ask) => !tests.every((test) => test(ask));
    }
    case '$all': {
      if (!Array.isArray(argument)) throw new CommandError(2, '$all needs an array');
      const tests = argument.map((element) => allTest(element, context));
      return (ask) => tests.length > 0 && tests.every((test) => ask(test));
    }
    case '$exists': {
      const wanted = truthy(argument);
      const test: ValueTest = (value, at, position) =>
        value !== undefined && noted(at, at, position);
      return (ask) => ask(test) === wanted;
    }
    default: {
      const test = valueTest(operator, argument, context);
      return (ask) => ask(test);
    }
  }
}

function allTest(element: unknown, context: MatchContext): ValueTest {
  if (isDocument(element) && '$elemMatch' in element)
    return elementTest(element.$elemMatch, context);
  return isRegex(element)
    ? valueTest('$regex', compileRegex(element), context)
    : valueTest('$eq', element, context);
}

function valueTest(operator: string, argument: unknown, context: MatchContext): ValueTest {
  if (UNSUPPORTED_OPERATORS.has(operator))
    throw new CommandError(238, `${operator} is not supported by the embedded engine`);
  if (operator === '$elemMatch') return elementTest(argument, context);
  if (operator === '$size') return sizeTest(argument);
  return leafOrElement(leafTest(operator, argument, context.collator));
}

function sizeTest(argument: unknown): ValueTest {
  if (!isNumeric(argument) || !Number.isInteger(toNumber(argument)) || toNumber(argument) < 0)
    throw new CommandError(2, 'Failed to parse $size. Expected a non-negative integer');
  const size = toNumber(argument);
  return (value) => Array.isArray(value) && value.length === size;
}

/** A value passes by itself, or by one of its elements when it is an array. */
function leafOrElement(test: Test): ValueTest {
  return (value, at, position) => {
    if (test(value)) return noted(at, at, position);
    if (!Array.isArray(value)) return false;
    const hit = value.findIndex(test);
    return hit >= 0 && noted(at, hit, position);
  };
}

function elementTest(condition: unknown, context: MatchContext): ValueTest {
  if (!isDocument(condition)) throw new CommandError(2, '$elemMatch needs an Object');
  const [first = ''] = Object.keys(condition);
  const isOnValues = first.startsWith('$') && !/^\$(and|or|nor|expr|ref|id|db)$/.test(first);
  const matches = isOnValues
    ? valuePredicate(condition, context)
    : documentPredicate(condition, context);
  return (value, at, position) => {
    if (!Array.isArray(value)) return false;
    const hit = value.findIndex((element) => matches(element));
    return hit >= 0 && noted(at, hit, position);
  };
}

function documentPredicate(condition: Document, context: MatchContext): Test {
  const matches = compileFilter(condition, context);
  return (element) => (isDocument(element) || Array.isArray(element)) && matches(element);
}

/** Tests one value against operators such as {$gt: 1, $lt: 5}, as $elemMatch and $pull do. */
export function valuePredicate(condition: unknown, context: MatchContext = {}): Test {
  const tests = operatorsOf(condition).map(([operator, argument]) =>
    fieldTest(operator, argument, context),
  );
  return (value) => tests.every((test) => test((ask) => ask(value, -1)));
}

/** Remembers where the match was: in the outermost array if the path went through one. */
function noted(outer: number, inner: number, position: MatchPosition | undefined): true {
  const index = outer < 0 ? inner : outer;
  if (position && index >= 0) position.index = index;
  return true;
}
