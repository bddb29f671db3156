import { CommandError } from '../errors.ts';
import { compareValues, type Collator } from '../values/compare.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { visitPath } from '../values/paths.ts';

interface SortField {
  parts: readonly string[];
  direction: 1 | -1;
}

/** A document's values along a sort. */
export type SortKey = unknown[];

/** Checks a sort's shape. Throws 15975 and its kin as the server does. */
export function checkSort(sort: unknown): asserts sort is Document | undefined {
  if (sort === undefined || sort === null) return;
  if (!isDocument(sort)) throw new CommandError(14, "Expected field 'sort' to be of type object");
  for (const [path, direction] of Object.entries(sort)) {
    if (isDocument(direction))
      throw new CommandError(238, '$meta sorts are not supported by the embedded engine');
    if (path === '')
      throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
    if (!isNumeric(direction) || Math.abs(toNumber(direction)) !== 1)
      throw new CommandError(
        15975,
        '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
      );
  }
}

/** Compares documents along a sort: an array counts as its smallest element ascending, its largest descending. */
export class Sorter {
  private readonly fields: readonly SortField[];
  private readonly collator: Collator | undefined;

  constructor(sort: Document, collator?: Collator) {
    this.collator = collator;
    this.fields = Object.entries(sort).map(([path, direction]) => ({
      parts: path.split('.'),
      direction: isNumeric(direction) && toNumber(direction) < 0 ? -1 : 1,
    }));
  }

  keyOf(document: Document): SortKey {
    return this.fields.map((field) => this.valueAt(document, field));
  }

  compare(left: SortKey, right: SortKey): number {
    for (const [i, { direction }] of this.fields.entries()) {
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

  private valueAt(document: Document, { parts, direction }: SortField): unknown {
    const values: unknown[] = [];
    visitPath(document, parts, (value) => {
      if (!Array.isArray(value)) values.push(value ?? null);
      // An empty array sorts as undefined does in an index.
      else if (value.length === 0) values.push(null);
      else for (const element of value) values.push(element);
      return false;
    });
    if (values.length < 2) return values[0] ?? null;
    return values.reduce((best, value) =>
      compareValues(value, best, this.collator) * direction < 0 ? value : best,
    );
  }
}
