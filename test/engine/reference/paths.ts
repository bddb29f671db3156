import { isFields, type Fields } from './order.ts';

/** What a path of a filter comes to. */
export interface Reached {
  /** Undefined where the field is missing. */
  value: unknown;
  /** An element picked by its number is taken as a whole, even when it is an array. */
  isPicked: boolean;
}

/** Everything that a path reaches: arrays on the way are searched, and a number also picks an element. */
export function reach(fields: Fields, [name = '', ...rest]: readonly string[]): Reached[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length === 0) return [{ value, isPicked: false }];
  if (Array.isArray(value)) return reachInArray(value, rest);
  return isFields(value) ? reach(value, rest) : [{ value: undefined, isPicked: false }];
}

function reachInArray(array: unknown[], path: readonly string[]): Reached[] {
  const [name, ...rest] = path;
  return array.flatMap((element, i) => {
    const found = isFields(element) ? reach(element, path) : [];
    if (name !== String(i)) return found;
    return [...found, ...reachFromElement(element, rest)];
  });
}

function reachFromElement(element: unknown, rest: readonly string[]): Reached[] {
  if (rest.length === 0) return [{ value: element, isPicked: true }];
  if (Array.isArray(element)) return reachInArray(element, rest);
  return isFields(element) ? reach(element, rest) : [];
}

/** What a comparison looks at: an array's elements, then the array itself. */
export function seenOf(reached: Reached[]): unknown[] {
  return reached.flatMap(({ value, isPicked }) =>
    Array.isArray(value) && !isPicked ? [...(value as unknown[]), value] : [value],
  );
}

/**
 * The keys of a document along the paths of an index or a sort: one for each element of the one array that
 * they may run through. A missing field counts as null, an empty array as undefined. A sparse index has no
 * key in which every field is missing. Throws ParallelArrays.
 */
export function keysOf(fields: Fields, paths: readonly string[], isSparse = false): unknown[][] {
  return expand(paths.map((path) => walk(fields, path.split('.'))))
    .filter((walks) => !isSparse || walks.some((end) => end !== MISSING))
    .map((walks) => walks.map(({ value }) => value));
}

/** How far a path was followed: to an array, whose elements come next, or to its end. */
interface Walk {
  value: unknown;
  rest: readonly string[];
  isDone: boolean;
}

export class ParallelArrays extends Error {}

const MISSING: Walk = { value: null, rest: [], isDone: true };

function walk(value: unknown, path: readonly string[]): Walk {
  if (Array.isArray(value)) return { value, rest: path, isDone: false };
  const [name, ...rest] = path;
  if (name === undefined) return { value, rest: [], isDone: true };
  if (!isFields(value) || !Object.hasOwn(value, name)) return MISSING;
  return walk(value[name], rest);
}

function expand(walks: Walk[]): Walk[][] {
  const arrays = new Set(walks.filter(({ isDone }) => !isDone).map(({ value }) => value));
  const [array] = arrays as Set<unknown[]>;
  if (array === undefined) return [walks];
  if (arrays.size > 1) throw new ParallelArrays();
  const elements = array.length === 0 ? [undefined] : array;
  return elements.flatMap((element) =>
    expand(walks.map((old) => (old.isDone ? old : stepInto(array, element, old.rest)))),
  );
}

function stepInto(array: unknown[], element: unknown, path: readonly string[]): Walk {
  const [name, ...rest] = path;
  if (name === undefined) return { value: element, rest: [], isDone: true };
  if (isFields(element) && Object.hasOwn(element, name)) return walk(element, path);
  const picked = /^\d+$/.test(name) ? array[Number(name)] : undefined;
  if (picked === undefined) return MISSING;
  return rest.length === 0 ? { value: picked, rest, isDone: true } : walk(picked, rest);
}
