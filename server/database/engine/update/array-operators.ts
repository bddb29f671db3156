import { CommandError } from '../errors.ts';
import { valuePredicate, compileFilter } from '../query/matcher.ts';
import { isRegex } from '../query/regex.ts';
import { Sorter } from '../query/sort.ts';
import { areEqual, compareValues } from '../values/compare.ts';
import { isArray, isDocument, isNumeric, typeName, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { cloneValue } from '../values/paths.ts';
import { KEEP } from './change-at.ts';
import type { UpdateOperator } from './operator.ts';

const PUSH_MODIFIERS = new Set(['$each', '$position', '$sort', '$slice']);

export const push: UpdateOperator = (current, argument, { path }) => {
  if (current !== undefined && !isArray(current))
    throw new CommandError(
      2,
      `The field '${path}' must be an array but is of type ${typeName(current)} in document`,
    );
  const array: unknown[] = [...(current ?? [])];
  if (!isDocument(argument) || !('$each' in argument)) return [...array, cloneValue(argument)];
  const unknown = Object.keys(argument).find((name) => !PUSH_MODIFIERS.has(name));
  if (unknown) throw new CommandError(2, `Unrecognized clause in $push: ${unknown}`);
  const { $each, $position, $sort, $slice } = argument;
  const added = eachOf($each, '$push').map(cloneValue);
  const place = $position === undefined ? array.length : wholeNumber($position, '$position');
  // splice counts a negative place from the end, as $position does.
  array.splice(place, 0, ...added);
  return sliced($sort === undefined ? array : sorted(array, $sort), $slice);
};

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

function sorted(array: unknown[], sort: unknown): unknown[] {
  if (isNumeric(sort)) {
    const direction = toNumber(sort);
    return array.sort((a, b) => compareValues(a, b) * direction);
  }
  if (!isDocument(sort)) throw new CommandError(2, 'The $sort is invalid: use 1/-1 or an object');
  const sorter = new Sorter(sort);
  const keyed = array.map((element) => ({
    element,
    sortKey: sorter.keyOf(isDocument(element) ? element : {}),
  }));
  return sorter.sort(keyed).map(({ element }) => element);
}

function sliced(array: unknown[], slice: unknown): unknown[] {
  if (slice === undefined) return array;
  const count = wholeNumber(slice, '$slice');
  if (count === 0) return [];
  return count > 0 ? array.slice(0, count) : array.slice(count);
}

export const addToSet: UpdateOperator = (current, argument, { path }) => {
  if (current !== undefined && !isArray(current))
    throw new CommandError(
      2,
      `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
    );
  const array: unknown[] = [...(current ?? [])];
  const seen = new Set(array.map(equalityKey));
  const isEach = isDocument(argument) && '$each' in argument;
  for (const value of isEach ? eachOf(argument.$each, '$addToSet') : [argument]) {
    const key = equalityKey(value);
    if (seen.has(key)) continue;
    seen.add(key);
    array.push(cloneValue(value));
  }
  return array;
};

export const pop: UpdateOperator = (current, argument, { path }) => {
  if (!isNumeric(argument) || Math.abs(toNumber(argument)) !== 1)
    throw new CommandError(9, '$pop expects 1 or -1');
  if (current === undefined) return KEEP;
  if (!isArray(current))
    throw new CommandError(14, `Path '${path}' contains an element of non-array type`);
  return toNumber(argument) < 0 ? current.slice(1) : current.slice(0, -1);
};

export const pull: UpdateOperator = (current, argument) => {
  if (current === undefined) return KEEP;
  if (!isArray(current)) throw new CommandError(2, 'Cannot apply $pull to a non-array value');
  const isPulled = pullTest(argument);
  return current.filter((element) => !isPulled(element));
};

function pullTest(argument: unknown): (element: unknown) => boolean {
  if (isRegex(argument) || (isDocument(argument) && isValueCondition(argument)))
    return valuePredicate(argument);
  if (!isDocument(argument)) return (element) => areEqual(element, argument);
  const matches = compileFilter(argument);
  return (element) => (isDocument(element) || isArray(element)) && matches(element);
}

function isValueCondition(argument: Document): boolean {
  const [first] = Object.keys(argument);
  return first?.startsWith('$') === true && !['$and', '$or', '$nor'].includes(first);
}

export const pullAll: UpdateOperator = (current, argument) => {
  if (!isArray(argument))
    throw new CommandError(
      2,
      `$pullAll requires an array argument but was given a ${typeName(argument)}`,
    );
  if (current === undefined) return KEEP;
  if (!isArray(current)) throw new CommandError(2, 'Cannot apply $pull to a non-array value');
  const pulled = new Set(argument.map(equalityKey));
  return current.filter((element) => !pulled.has(equalityKey(element)));
};
