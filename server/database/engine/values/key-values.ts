import { CommandError } from '../errors.ts';
import { fieldOf, isArray, isDocument, type Document } from './kinds.ts';
import { isArrayIndex } from './paths.ts';

/** What one key of an index or a sort is made of: a value for each path, null where it is missing. */
export interface KeyValues {
  values: unknown[];
  /** At least one of the paths leads somewhere. */
  isPresent: boolean;
}

interface DocumentKeys {
  keys: KeyValues[];
  /** The places of those paths that run through an array, so that there may be several keys. */
  arrays: number[];
}

type Path = readonly string[];

/** How far a path has been followed. */
interface Place {
  value: unknown;
  depth: number;
  /** The value is an array whose elements give keys of their own. */
  isOpen: boolean;
  isPresent: boolean;
}

const MISSING: Place = { value: null, depth: Infinity, isOpen: false, isPresent: false };
/** An empty array gives one key, with undefined in the place of an element. */
const NO_ELEMENT = [undefined];

/**
 * A document's keys along the paths of an index or a sort: one for each element of the one array that the paths
 * may run through. Throws 171 when they run through two, and 16746 when a number means both a name and a place.
 */
export function keyValuesOf(document: Document, paths: readonly Path[]): DocumentKeys {
  const places = paths.map((path) => follow(document, path, 0));
  const keys: KeyValues[] = [];
  spread(places, paths, keys);
  return { keys, arrays: places.flatMap(({ isOpen }, at) => (isOpen ? [at] : [])) };
}

function follow(from: unknown, path: Path, start: number): Place {
  let value = from;
  let depth = start;
  for (; depth < path.length && !isArray(value); depth++) {
    value = isDocument(value) ? fieldOf(value, path[depth] ?? '') : undefined;
    if (value === undefined) return MISSING;
  }
  return { value, depth, isOpen: isArray(value), isPresent: true };
}

function spread(places: Place[], paths: readonly Path[], out: KeyValues[]): void {
  const array = places.find(({ isOpen }) => isOpen)?.value;
  if (!isArray(array)) {
    out.push({
      values: places.map(({ value }) => value),
      isPresent: places.some(({ isPresent }) => isPresent),
    });
    return;
  }
  if (places.some(({ isOpen, value }) => isOpen && value !== array))
    throw new CommandError(171, `cannot index parallel arrays ${namesOfOpen(places, paths)}`);
  for (const element of array.length > 0 ? array : NO_ELEMENT)
    spread(
      places.map((place, i) =>
        place.isOpen ? enter(array, element, paths[i] ?? [], place.depth) : place,
      ),
      paths,
      out,
    );
}

function enter(array: unknown[], element: unknown, path: Path, depth: number): Place {
  const part = path[depth];
  if (part === undefined) return { value: element, depth, isOpen: false, isPresent: true };
  const isPlace = isArrayIndex(part) && Number(part) < array.length;
  const isName = isDocument(element) && fieldOf(element, part) !== undefined;
  if (isPlace && isName)
    throw new CommandError(
      16746,
      `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${part}'`,
    );
  if (isName) return follow(element, path, depth);
  if (!isPlace) return MISSING;
  const picked = follow(array[Number(part)], path, depth + 1);
  // An element at the end of the path is taken whole, even when it is an array.
  return depth + 1 === path.length ? { ...picked, isOpen: false } : picked;
}

function namesOfOpen(places: Place[], paths: readonly Path[]): string {
  return places
    .flatMap(({ isOpen, depth }, i) => (isOpen ? [`[${paths[i]?.[depth - 1] ?? ''}]`] : []))
    .toReversed()
    .join(' ');
}
