import { CommandError } from '../errors.ts';
import { valuePredicate, compileFilter, type MatchContext } from '../query/matcher.ts';
import { isRegex } from '../query/regex.ts';
import { compareValues } from '../values/compare.ts';
import { elementOrder } from '../values/element-order.ts';
import { isArray, isDocument, isNumeric, typeName, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { cloneValue } from '../values/paths.ts';
import { KEEP, type UpdateOperator } from './operator.ts';

const PUSH_MODIFIERS = new Set(['$each', '$position', '$sort', '$slice']);

export const push: UpdateOperator = (argument, { path, collator }) => {
  const modifiers = isDocument(argument) && '$each' in argument ? argument : { $each: [argument] };
  const unknown = Object.keys(modifiers).find((name) => !PUSH_MODIFIERS.has(name));
  if (unknown) throw new CommandError(2, `Unrecognized clause in $push: ${unknown}`);
  const { $each, $position, $sort, $slice }: Document = modifiers;
  const added = eachOf($each, '$push');
  const place = $position === undefined ? Infinity : wholeNumber($position, '$position');
  const count = $slice === undefined ? Infinity : wholeNumber($slice, '$slice');
  const order = $sort === undefined ? undefined : elementOrder($sort, collator);
  if ($sort !== undefined && !order)
    throw new CommandError(
      2,
      'The $sort is invalid: use 1 or -1, or an object of fields and these',
    );
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
