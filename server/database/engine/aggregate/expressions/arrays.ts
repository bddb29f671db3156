import { CommandError } from '../../errors.ts';
import { elementOrder } from '../../values/element-order.ts';
import { isDocument, isNullish, type Document } from '../../values/kinds.ts';
import { sliceOf } from '../../values/paths.ts';
import { accumulate, accumulatorOf } from '../accumulators.ts';
import {
  asArray,
  asInteger,
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
  const most = count === undefined ? undefined : asInteger(count, '$slice');
  return sliceOf(asArray(array, '$slice'), asInteger(first, '$slice'), most);
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
  $setUnion: strict(0, Infinity, (...arrays) =>
    accumulate(
      accumulatorOf('$addToSet'),
      arrays.flatMap((array) => asArray(array, '$setUnion')),
    ),
  ),
};
