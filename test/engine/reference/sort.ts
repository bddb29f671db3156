import { compare, type Fields } from './order.ts';
import { keysOf } from './paths.ts';

export type SortSpec = Record<string, 1 | -1>;

/** A document sorts by the first of its keys in the order of the sort. */
export function sortKeyOf(fields: Fields, sort: SortSpec): unknown[] {
  const [first = []] = keysOf(fields, Object.keys(sort)).sort((a, b) => compareKeys(a, b, sort));
  return first;
}

export function compareKeys(left: unknown[], right: unknown[], sort: SortSpec): number {
  for (const [i, direction] of Object.values(sort).entries()) {
    const order = compare(left[i], right[i]) * direction;
    if (order !== 0) return order;
  }
  return 0;
}
