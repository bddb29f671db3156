import { fieldOf, isDocument, removeField, setField, type Document } from './kinds.ts';

export function isArrayIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part);
}

/**
 * Sees a value at a path, with the position in the outermost array passed (-1 if none); true stops. An element
 * that the path picks by its number is whole: when it is an array itself, it is not searched.
 */
type Visitor = (value: unknown, position: number, isWhole: boolean) => boolean;

/**
 * Visits every value that a query path reaches: arrays are searched through, a number in the path is
 * also an index, a missing end is visited as undefined.
 */
export function visitPath(
  value: unknown,
  parts: readonly string[],
  visit: Visitor,
  depth = 0,
  position = -1,
): boolean {
  const part = parts[depth];
  if (part === undefined) return visit(value, position, false);
  if (Array.isArray(value)) return visitArray(value, parts, visit, depth, position);
  if (isDocument(value)) return visitPath(fieldOf(value, part), parts, visit, depth + 1, position);
  return visit(undefined, position, false);
}

function visitArray(
  array: unknown[],
  parts: readonly string[],
  visit: Visitor,
  depth: number,
  position: number,
): boolean {
  const part = parts[depth] ?? '';
  if (isArrayIndex(part) && Number(part) < array.length) {
    const element = array[Number(part)];
    const isLast = depth + 1 === parts.length;
    if (
      isLast
        ? visit(element, position, true)
        : isContainer(element) && visitPath(element, parts, visit, depth + 1, position)
    )
      return true;
  }
  return array.some(
    (element, i) =>
      isDocument(element) && visitPath(element, parts, visit, depth, position < 0 ? i : position),
  );
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isDocument(value);
}

/** The value at an aggregation path: arrays are mapped over, missing elements dropped. */
export function valueAtPath(value: unknown, parts: readonly string[], depth = 0): unknown {
  const part = parts[depth];
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    const found: unknown[] = [];
    for (const element of value) {
      const inner =
        isDocument(element) || Array.isArray(element)
          ? valueAtPath(element, parts, depth)
          : undefined;
      if (inner !== undefined) found.push(inner);
    }
    return found;
  }
  return isDocument(value) ? valueAtPath(fieldOf(value, part), parts, depth + 1) : undefined;
}

/** A copy of `target` in which the value at the path is replaced, in every document of arrays on the way. */
export function withValueAt(
  target: unknown,
  parts: readonly string[],
  value: unknown,
  depth = 0,
): unknown {
  const part = parts[depth];
  if (part === undefined) return value;
  if (Array.isArray(target))
    return target.map((element: unknown) => withValueAt(element, parts, value, depth));
  const copy: Document = isDocument(target) ? { ...target } : {};
  const inner = withValueAt(fieldOf(copy, part), parts, value, depth + 1);
  if (inner === undefined) removeField(copy, part);
  else setField(copy, part, inner);
  return copy;
}

/** A deep copy of documents and arrays; other values are never changed in place and are shared. */
export function cloneValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneValue);
  if (!isDocument(value)) return value;
  const copy: Document = {};
  for (const [name, inner] of Object.entries(value)) setField(copy, name, cloneValue(inner));
  return copy;
}

/** As $slice counts: the first or last of them, or so many from a place, which counts from the end below 0. */
export function sliceOf(array: readonly unknown[], first: number, count?: number): unknown[] {
  if (count === undefined) return first < 0 ? array.slice(first) : array.slice(0, first);
  const start = first < 0 ? Math.max(0, array.length + first) : first;
  return array.slice(start, start + count);
}
