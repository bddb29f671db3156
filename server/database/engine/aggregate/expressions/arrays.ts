import { CommandError } from '../../errors.ts';
import { elementOrder } from '../../values/element-order.ts';
import { isDocument, isNullish, type Document } from '../../values/kinds.ts';
import { equalityKey } from '../../values/keys.ts';
import {
  asArray,
  asInteger,
  named,
  positional,
  strict,
  withVariables,
  type Builder,
  type Builders,
  type Compile,
  type Evaluate,
} from './builder.ts';
import { truthy } from './truth.ts';

/** The parts of $map, $filter and $reduce: they evaluate one of them anew for every element. */
function loopParts(
  argument: unknown,
  body: string,
  compile: Compile,
): { input: Evaluate; body: Evaluate; name: string; spec: Document } {
  if (!isDocument(argument) || !('input' in argument) || !(body in argument))
    throw new CommandError(16879, `Missing 'input' or '${body}' parameter`);
  const name = typeof argument.as === 'string' ? argument.as : 'this';
  return { input: compile(argument.input), body: compile(argument[body]), name, spec: argument };
}

const map: Builder = (argument, compile) => {
  const { input, body, name } = loopParts(argument, 'in', compile);
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    return asArray(array, '$map').map(
      (element) => body(withVariables(scope, { [name]: element })) ?? null,
    );
  };
};

const filter: Builder = (argument, compile) => {
  const { input, body, name, spec } = loopParts(argument, 'cond', compile);
  const limit = 'limit' in spec ? compile(spec.limit) : undefined;
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    const kept = asArray(array, '$filter').filter((element) =>
      truthy(body(withVariables(scope, { [name]: element }))),
    );
    const most = limit?.(scope);
    return isNullish(most) ? kept : kept.slice(0, asInteger(most, '$filter'));
  };
};

const reduce: Builder = (argument, compile) => {
  const { input, body, spec } = loopParts(argument, 'in', compile);
  const initial = compile(spec.initialValue);
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    return asArray(array, '$reduce').reduce(
      (value, element) => body(withVariables(scope, { value, this: element })),
      initial(scope),
    );
  };
};

const sortArray: Builder = (argument, compile) => {
  if (!isDocument(argument)) throw new CommandError(2942500, '$sortArray requires an object');
  const order = elementOrder(argument.sortBy);
  if (!order) throw new CommandError(2942507, 'sortBy must be 1 or -1, or an object of these');
  const input = compile(argument.input);
  return (scope) => {
    const value = input(scope);
    return isNullish(value) ? null : asArray(value, '$sortArray').toSorted(order);
  };
};

function elementAt(array: unknown, index: unknown): unknown {
  if (isNullish(array) || isNullish(index)) return null;
  return asArray(array, '$arrayElemAt').at(asInteger(index, '$arrayElemAt'));
}

function slice(array: unknown, first: unknown, count?: unknown): unknown {
  const list = asArray(array, '$slice');
  const n = asInteger(first, '$slice');
  if (count === undefined) return n < 0 ? list.slice(n) : list.slice(0, n);
  const start = n < 0 ? Math.max(0, list.length + n) : n;
  return list.slice(start, start + asInteger(count, '$slice'));
}

function range(start: unknown, end: unknown, step: unknown = 1): number[] {
  const [from, to, by] = [start, end, step].map((value) => asInteger(value, '$range'));
  if (from === undefined || to === undefined || !by)
    throw new CommandError(34449, '$range requires a non-zero step value');
  const result: number[] = [];
  for (let value = from; by > 0 ? value < to : value > to; value += by) result.push(value);
  return result;
}

function indexOfArray(array: unknown, wanted: unknown, from: unknown = 0, to?: unknown): unknown {
  if (isNullish(array)) return null;
  const list = asArray(array, '$indexOfArray');
  const key = equalityKey(wanted);
  const end = to === undefined ? list.length : asInteger(to, '$indexOfArray');
  return list.findIndex(
    (element, i) =>
      i >= asInteger(from, '$indexOfArray') && i < end && equalityKey(element) === key,
  );
}

function zip({ inputs, useLongestLength, defaults }: Document): unknown {
  const arrays = asArray(inputs, '$zip');
  if (arrays.some(isNullish)) return null;
  const lists = arrays.map((array) => asArray(array, '$zip'));
  const lengths = lists.map((list) => list.length);
  const length = truthy(useLongestLength) ? Math.max(...lengths) : Math.min(...lengths);
  const fill: unknown[] = Array.isArray(defaults) ? defaults : [];
  return Array.from({ length }, (_, i) => lists.map((list, j) => list[i] ?? fill[j] ?? null));
}

/** Distinct values, in order of first sight. */
export function distinctValues(values: Iterable<unknown>): unknown[] {
  const seen = new Map<string, unknown>();
  for (const value of values) {
    const key = equalityKey(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function keySet(array: unknown, operator: string): Set<string> {
  return new Set(asArray(array, operator).map(equalityKey));
}

export const arrayOperators: Builders = {
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $sortArray: sortArray,
  $arrayElemAt: positional(2, 2, elementAt),
  $isArray: positional(1, 1, (value) => Array.isArray(value)),
  $size: positional(1, 1, (array) => asArray(array, 'The argument to $size').length),
  $slice: strict(2, 3, slice),
  $concatArrays: strict(0, Infinity, (...arrays) =>
    arrays.flatMap((array) => asArray(array, '$concatArrays')),
  ),
  $reverseArray: strict(1, 1, (array) => asArray(array, '$reverseArray').toReversed()),
  $range: positional(2, 3, range),
  $indexOfArray: positional(2, 4, indexOfArray),
  $zip: named(['inputs'], ['useLongestLength', 'defaults'], zip),
  $setUnion: strict(0, Infinity, (...arrays) =>
    distinctValues(arrays.flatMap((array) => asArray(array, '$setUnion'))),
  ),
  $setIntersection: strict(0, Infinity, (first = [], ...others) => {
    const sets = others.map((array) => keySet(array, '$setIntersection'));
    return distinctValues(asArray(first, '$setIntersection')).filter((value) =>
      sets.every((set) => set.has(equalityKey(value))),
    );
  }),
  $setDifference: strict(2, 2, (left, right) => {
    const other = keySet(right, '$setDifference');
    return distinctValues(asArray(left, '$setDifference')).filter(
      (value) => !other.has(equalityKey(value)),
    );
  }),
  $setEquals: positional(2, Infinity, (first, ...others) => {
    const set = keySet(first, '$setEquals');
    return others.every((array) => {
      const other = keySet(array, '$setEquals');
      return other.size === set.size && [...other].every((key) => set.has(key));
    });
  }),
  $setIsSubset: positional(2, 2, (left, right) => {
    const set = keySet(right, '$setIsSubset');
    return asArray(left, '$setIsSubset').every((value) => set.has(equalityKey(value)));
  }),
  $allElementsTrue: positional(1, 1, (array) => asArray(array, '$allElementsTrue').every(truthy)),
  $anyElementTrue: positional(1, 1, (array) => asArray(array, '$anyElementTrue').some(truthy)),
};
