import { CommandError } from '../errors.ts';
import { valuePredicate, compileFilter, type MatchContext } from '../query/matcher.ts';
import { isRegex } from '../query/regex.ts';
import { compareValues, type Collator } from '../values/compare.ts';
import {
  fieldOf,
  isArray,
  isDocument,
  isNumeric,
  typeName,
  type Document,
} from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { cloneValue } from '../values/paths.ts';
import { KEEP, type UpdateOperator } from './operator.ts';

const PUSH_MODIFIERS = new Set(['$each', '$position', '$sort', '$slice']);

type Order = (left: unknown, right: unknown) => number;

export const push: UpdateOperator = (argument, { path, collator }) => {
  const modifiers = isDocument(argument) && '$each' in argument ? argument : { $each: [argument] };
  const unknown = Object.keys(modifiers).find((name) => !PUSH_MODIFIERS.has(name));
  if (unknown) throw new CommandError(2, `Unrecognized clause in $push: ${unknown}`);
  const { $each, $position, $sort, $slice }: Document = modifiers;
  const added = eachOf($each, '$push');
  const place = $position === undefined ? Infinity : wholeNumber($position, '$position');
  const count = $slice === undefined ? Infinity : wholeNumber($slice, '$slice');
  const order = $sort === undefined ? undefined : orderOf($sort, collator);
  return (current) => {
    const array = arrayOr(
      current,
      () =>
        new CommandError(
          2,
          `The field '${path}' must be an array but is of type ${typeName(current)} in document`,
        ),
    );
    // splice counts a negative place from the end, as $position does.
    array.splice(place, 0, ...added.map(cloneValue));
    if (order) array.sort(order);
    return count < 0 ? array.slice(count) : array.slice(0, count);
  };
};

/** A copy of the array, empty where the field is missing. */
function arrayOr(current: unknown, refusal: () => CommandError): unknown[] {
  if (current === undefined) return [];
  if (!isArray(current)) throw refusal();
  return [...current];
}

function eachOf(value: unknown, operator: string): unknown[] {
  if (!isArray(value))
    throw new CommandError(
      operator === '$push' ? 2 : 14,
      `The argument to $each in ${operator} must be an array but it was of type ${typeName(value)}`,
    );
  return value;
}

function wholeNumber(value: unknown, name: string): number {
  if (!isNumeric(value) || !Number.isInteger(toNumber(value)))
    throw new CommandError(2, `The value for ${name} must be an integer value`);
  return toNumber(value);
}

function orderOf(sort: unknown, collator: Collator | undefined): Order {
  if (isNumeric(sort)) {
    const direction = directionOf(sort);
    return (left, right) => compareValues(left, right, collator) * direction;
  }
  if (!isDocument(sort) || Object.keys(sort).length === 0)
    throw new CommandError(
      2,
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    );
  const fields = Object.entries(sort).map(([path, direction]) => ({
    parts: path.split('.'),
    direction: directionOf(direction),
  }));
  return (left, right) => {
    for (const { parts, direction } of fields) {
      const order = compareValues(plainValue(left, parts), plainValue(right, parts), collator);
      if (order) return order * direction;
    }
    return 0;
  };
}

function directionOf(value: unknown): number {
  const direction = isNumeric(value) ? toNumber(value) : 0;
  if (Math.abs(direction) !== 1)
    throw new CommandError(2, 'The $sort element value must be either 1 or -1');
  return direction;
}

/** The value at a path that opens no arrays; null where it is missing. */
function plainValue(element: unknown, parts: readonly string[]): unknown {
  let value: unknown = isDocument(element) ? element : undefined;
  for (const part of parts)
    value = isDocument(value) || isArray(value) ? fieldOf(value as Document, part) : undefined;
  return value ?? null;
}

export const addToSet: UpdateOperator = (argument, { path, collator }) => {
  const isEach = isDocument(argument) && '$each' in argument;
  if (isEach && Object.keys(argument).length > 1)
    throw new CommandError(2, 'Found unexpected fields after $each in $addToSet');
  const added = isEach ? eachOf(argument.$each, '$addToSet') : [argument];
  return (current) => {
    const array = arrayOr(
      current,
      () =>
        new CommandError(
          2,
          `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
        ),
    );
    for (const value of added)
      if (!array.some((element) => compareValues(element, value, collator) === 0))
        array.push(cloneValue(value));
    return array;
  };
};

export const pop: UpdateOperator = (argument, { path }) => {
  if (!isNumeric(argument) || Math.abs(toNumber(argument)) !== 1)
    throw new CommandError(9, '$pop expects 1 or -1');
  return (current) => {
    if (current === undefined) return KEEP;
    if (!isArray(current))
      throw new CommandError(14, `Path '${path}' contains an element of non-array type`);
    return toNumber(argument) < 0 ? current.slice(1) : current.slice(0, -1);
  };
};

export const pull: UpdateOperator = (argument, { collator }) =>
  culling(pullTest(argument, { collator }));

export const pullAll: UpdateOperator = (argument, { collator }) => {
  if (!isArray(argument))
    throw new CommandError(
      2,
      `$pullAll requires an array argument but was given a ${typeName(argument)}`,
    );
  return culling((element) =>
    argument.some((value) => compareValues(value, element, collator) === 0),
  );
};

function culling(isPulled: (element: unknown) => boolean): (current: unknown) => unknown {
  return (current) => {
    if (current === undefined) return KEEP;
    if (!isArray(current)) throw new CommandError(2, 'Cannot apply $pull to a non-array value');
    return current.filter((element) => !isPulled(element));
  };
}

function pullTest(argument: unknown, context: MatchContext): (element: unknown) => boolean {
  if (isRegex(argument) || (isDocument(argument) && isValueCondition(argument)))
    return valuePredicate(argument, context);
  if (!isDocument(argument))
    return (element) => compareValues(element, argument, context.collator) === 0;
  const matches = compileFilter(argument, context);
  return (element) => isDocument(element) && matches(element);
}

function isValueCondition(argument: Document): boolean {
  const [first] = Object.keys(argument);
  return first?.startsWith('$') === true && !['$and', '$or', '$nor'].includes(first);
}
