import { CommandError, notSupported } from '../errors.ts';
import { compareValues, type Collator } from '../values/compare.ts';
import { keyValuesOf, type KeyValues } from '../values/key-values.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';

/** A document's values along a sort. */
export type SortKey = unknown[];

/** Checks a sort's shape. Throws 15975 and its kin as the server does. */
export function checkSort(sort: unknown): asserts sort is Document | undefined {
  if (sort === undefined || sort === null) return;
  if (!isDocument(sort)) throw new CommandError(14, "Expected field 'sort' to be of type object");
  for (const [path, direction] of Object.entries(sort)) {
    if (isDocument(direction)) throw notSupported('A $meta sort');
    if (path === '')
      throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
    if (!isNumeric(direction) || Math.abs(toNumber(direction)) !== 1)
      throw new CommandError(
        15975,
        '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
      );
  }
}

/** Compares documents along a sort: through an array, a document has several keys and counts as its first. */
export class Sorter {
  private readonly paths: readonly string[][];
  private readonly directions: readonly (1 | -1)[];
  private readonly collator: Collator | undefined;

  constructor(sort: Document, collator?: Collator) {
    this.collator = collator;
    this.paths = Object.keys(sort).map((path) => path.split('.'));
    this.directions = Object.values(sort).map((direction) =>
      isNumeric(direction) && toNumber(direction) < 0 ? -1 : 1,
    );
  }

  /** Throws 2 when the sort runs through two arrays. */
  keyOf(document: Document): SortKey {
    const [first, ...others] = this.keysOf(document).map(({ values }) => values);
    return others.reduce((best, key) => (this.compare(key, best) < 0 ? key : best), first ?? []);
  }

  compare(left: SortKey, right: SortKey): number {
    for (const [i, direction] of this.directions.entries()) {
      const order = compareValues(left[i], right[i], this.collator);
      if (order) return order * direction;
    }
    return 0;
  }

  sort<T extends { sortKey: SortKey }>(items: T[]): T[] {
    return items.sort((a, b) => this.compare(a.sortKey, b.sortKey));
  }

  sortDocuments(documents: Document[]): Document[] {
    const keyed = documents.map((document) => ({ document, sortKey: this.keyOf(document) }));
    return this.sort(keyed).map(({ document }) => document);
  }

  private keysOf(document: Document): KeyValues[] {
    try {
      return keyValuesOf(document, this.paths).keys;
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== 171) throw error;
      throw new CommandError(2, 'cannot sort with keys that are parallel arrays');
    }
  }
}
