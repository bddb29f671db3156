import { compareValues, type Collator } from './compare.ts';
import { fieldOf, isArray, isDocument, isNumeric, type Document } from './kinds.ts';
import { toNumber } from './numbers.ts';

type ElementOrder = (left: unknown, right: unknown) => number;

/**
 * How a $sort orders the elements of an array: by 1 or -1 as they are, or by fields, where, unlike in the sort of
 * a query, arrays are not opened. Undefined when it is neither.
 */
export function elementOrder(sort: unknown, collator?: Collator): ElementOrder | undefined {
  if (isDirection(sort))
    return (left, right) => compareValues(left, right, collator) * toNumber(sort);
  if (!isDocument(sort)) return undefined;
  const fields = Object.entries(sort).map(([path, direction]) => ({
    parts: path.split('.'),
    direction: isDirection(direction) ? toNumber(direction) : 0,
  }));
  if (fields.length === 0 || fields.some(({ direction }) => direction === 0)) return undefined;
  return (left, right) => {
    for (const { parts, direction } of fields) {
      const order = compareValues(plainValue(left, parts), plainValue(right, parts), collator);
      if (order) return order * direction;
    }
    return 0;
  };
}

function isDirection(value: unknown): value is number {
  return isNumeric(value) && Math.abs(toNumber(value)) === 1;
}

/** Null where the field is missing. */
function plainValue(element: unknown, parts: readonly string[]): unknown {
  let value: unknown = isDocument(element) ? element : undefined;
  for (const part of parts)
    value = isDocument(value) || isArray(value) ? fieldOf(value as Document, part) : undefined;
  return value ?? null;
}
