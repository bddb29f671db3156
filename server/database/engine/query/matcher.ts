import { truthy } from '../aggregate/expressions/truth.ts';
import { compileExpression, scopeOf } from '../aggregate/expressions/compile.ts';
import { CommandError, notSupported } from '../errors.ts';
import type { Collator } from '../values/compare.ts';
import { isArray, isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { visitPath } from '../values/paths.ts';
import { isOperators, operatorsOf, UNSUPPORTED_OPERATORS } from './conditions.ts';
import { leafTest, type Test } from './leaf-tests.ts';
import { NeededFields } from './needed-fields.ts';
import { isRegex } from './regex.ts';
import { toNumber } from '../values/numbers.ts';

/** Where in the outermost array the last array condition matched; the positional `$` reads it. */
export interface MatchPosition {
  index: number;
}

export type Predicate = (document: unknown, position?: MatchPosition) => boolean;

export interface MatchContext {
  collator?: Collator | undefined;
  variables?: Document | undefined;
}

/** Tests one value at the path; a hit inside an array notes its position. The elements of what is whole do not count. */
type ValueTest = (
  value: unknown,
  at: number,
  isWhole: boolean,
  position?: MatchPosition,
) => boolean;

/** Asks whether some value at a field's path passes; negations need to see all of them. */
type Ask = (test: ValueTest) => boolean;
type FieldTest = (ask: Ask) => boolean;

const NEGATED: Readonly<Record<string, string>> = { $ne: '$eq', $nin: '$in' };

/** Compiles a query filter. Throws 2 for what the server refuses, 14 when it is no document. */
export function compileFilter(filter: unknown, context: MatchContext = {}): Predicate {
  if (!isDocument(filter)) throw new CommandError(14, 'the filter must be an object');
  const tests: Predicate[] = [];
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$comment') continue;
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
      const { variables, collator } = context;
      if (collator && new NeededFields().addExpression(condition).result()?.names.size !== 0)
        throw notSupported('A collation with $expr');
      return (document) => truthy(evaluate(scopeOf(document as Document, variables)));
    }
    default:
      if (UNSUPPORTED_OPERATORS.has(name)) throw notSupported(name);
      throw new CommandError(
        2,
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function logicalTest(name: string, condition: unknown, context: MatchContext): Predicate {
  if (!Array.isArray(condition) || condition.length === 0)
    throw new CommandError(2, `${name} must be a nonempty array`);
  if (!condition.every(isDocument))
    throw new CommandError(2, '$or/$and/$nor entries need to be full objects');
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
    const ask: Ask = (test) =>
      visitPath(document, parts, (value, at, isWhole) => test(value, at, isWhole, position));
    return tests.every((test) => test(ask));
  };
}

function fieldTest(operator: string, argument: unknown, context: MatchContext): FieldTest {
  const positive = NEGATED[operator];
  if (positive) {
    if (operator === '$ne' && isRegex(argument))
      throw new CommandError(2, "Can't have regex as arg to $ne.");
    const test = valueTest(positive, argument, context);
    return (ask) => !ask(test);
  }
  switch (operator) {
    case '$not': {
      if (!isRegex(argument) && !isDocument(argument))
        throw new CommandError(2, '$not needs a regex or a document');
      if (isDocument(argument) && !isOperators(argument))
        throw new CommandError(2, '$not needs operators, and cannot be empty');
      const tests = operatorsOf(argument).map(([name, inner]) => fieldTest(name, inner, context));
      return (ask) => !tests.every((test) => test(ask));
    }
    case '$all': {
      if (!Array.isArray(argument)) throw new CommandError(2, '$all needs an array');
      if (new Set(argument.map(isElementCondition)).size > 1)
        throw new CommandError(2, '$all/$elemMatch has to be consistent');
      const tests = argument.map((element) => allTest(element, context));
      return (ask) => tests.length > 0 && tests.every((test) => ask(test));
    }
    case '$exists': {
      const wanted = truthy(argument);
      const test: ValueTest = (value, at, _isWhole, position) =>
        value !== undefined && noted(at, at, position);
      return (ask) => ask(test) === wanted;
    }
    default: {
      const test = valueTest(operator, argument, context);
      return (ask) => ask(test);
    }
  }
}

function isElementCondition(element: unknown): element is { $elemMatch: unknown } {
  return isDocument(element) && Object.keys(element)[0] === '$elemMatch';
}

function allTest(element: unknown, context: MatchContext): ValueTest {
  if (isElementCondition(element)) return elementTest(element.$elemMatch, context);
  if (isOperators(element)) throw new CommandError(2, 'no $ expressions in $all');
  return isRegex(element)
    ? valueTest('$regex', element, context)
    : valueTest('$eq', element, context);
}

function valueTest(operator: string, argument: unknown, context: MatchContext): ValueTest {
  if (UNSUPPORTED_OPERATORS.has(operator)) throw notSupported(operator);
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

/** An array passes by one of its elements, else by itself as other values do. */
function leafOrElement(test: Test): ValueTest {
  return (value, at, isWhole, position) => {
    const hit = !isWhole && Array.isArray(value) ? value.findIndex(test) : -1;
    return hit >= 0 ? noted(at, hit, position) : test(value) && noted(at, at, position);
  };
}

function elementTest(condition: unknown, context: MatchContext): ValueTest {
  if (!isDocument(condition)) throw new CommandError(2, '$elemMatch needs an Object');
  const [first = ''] = Object.keys(condition);
  const isOnValues = first.startsWith('$') && !/^\$(and|or|nor|expr|ref|id|db)$/.test(first);
  const matches = isOnValues
    ? valuePredicate(condition, context, true)
    : documentPredicate(condition, context);
  return (value, at, _isWhole, position) => {
    if (!Array.isArray(value)) return false;
    const hit = value.findIndex((element) => matches(element));
    return hit >= 0 && noted(at, hit, position);
  };
}

/** An array among the elements is a document with numbers for names. */
function documentPredicate(condition: Document, context: MatchContext): Test {
  const matches = compileFilter(condition, context);
  return (element) =>
    isArray(element)
      ? matches(Object.fromEntries(element.entries()))
      : isDocument(element) && matches(element);
}

/** Tests one value against operators such as {$gt: 1, $lt: 5}, as $elemMatch (which takes it whole) and $pull do. */
export function valuePredicate(
  condition: unknown,
  context: MatchContext = {},
  isWhole = false,
): Test {
  const tests = operatorsOf(condition).map(([operator, argument]) =>
    fieldTest(operator, argument, context),
  );
  return (value) => tests.every((test) => test((ask) => ask(value, -1, isWhole)));
}

/** Remembers where the match was: in the outermost array if the path went through one. */
function noted(outer: number, inner: number, position: MatchPosition | undefined): true {
  const index = outer < 0 ? inner : outer;
  if (position && index >= 0) position.index = index;
  return true;
}
