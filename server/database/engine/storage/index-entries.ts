import { fieldOf, isDocument, type Document } from '../values/kinds.ts';
import { equalityKey, keyOf } from '../values/keys.ts';
import { isArrayIndex } from '../values/paths.ts';
import type { Index, IndexField } from './collection.ts';

export interface IndexEntries {
  /** The index's part of the keys: prefix and values, without the record's own id. */
  keys: Buffer[];
  hasArray: boolean;
}

interface Extraction {
  values: unknown[];
  hasArray: boolean;
  isPresent: boolean;
}

const NONE: IndexEntries = { keys: [], hasArray: false };

/** What an index holds for a document: one key, none (sparse, partial) or several (arrays). */
export function entriesOf(index: Index, document: Document): IndexEntries {
  if (index.covers && !index.covers(document)) return NONE;
  const parts = index.fields.map((field) => extract(field, document));
  if (index.isSparse && !parts.some(({ isPresent }) => isPresent)) return NONE;
  let keys = [index.prefix];
  for (const [i, { values }] of parts.entries()) {
    const descending = index.fields[i]?.descending === true;
    const encoded = distinct(values).map((value) => keyOf(value, descending));
    keys = keys.flatMap((key) => encoded.map((part) => Buffer.concat([key, part])));
  }
  return { keys, hasArray: parts.some(({ hasArray }) => hasArray) };
}

/** The value shown in a duplicate key error. */
export function firstValueOf(field: IndexField, document: Document): unknown {
  return extract(field, document).values[0] ?? null;
}

function distinct(values: unknown[]): unknown[] {
  if (values.length === 1) return values;
  return [...new Map(values.map((value) => [equalityKey(value), value])).values()];
}

function extract({ parts }: IndexField, document: Document): Extraction {
  const extraction = { values: [], hasArray: false, isPresent: false };
  gather(document, parts, 0, extraction);
  return extraction;
}

function gather(value: unknown, parts: readonly string[], depth: number, out: Extraction): void {
  const part = parts[depth];
  if (part === undefined) gatherLeaf(value, out);
  else if (Array.isArray(value)) gatherArray(value, parts, depth, out);
  else if (isDocument(value)) gather(fieldOf(value, part), parts, depth + 1, out);
  else out.values.push(null);
}

function gatherLeaf(value: unknown, out: Extraction): void {
  if (value !== undefined) out.isPresent = true;
  if (!Array.isArray(value)) {
    out.values.push(value ?? null);
    return;
  }
  out.hasArray = true;
  if (value.length === 0) out.values.push(undefined);
  else out.values.push(...(value as unknown[]));
}

function gatherArray(
  array: unknown[],
  parts: readonly string[],
  depth: number,
  out: Extraction,
): void {
  const part = parts[depth] ?? '';
  const before = out.values.length;
  out.hasArray = true;
  if (isArrayIndex(part) && Number(part) < array.length)
    gather(array[Number(part)], parts, depth + 1, out);
  for (const element of array) if (isDocument(element)) gather(element, parts, depth, out);
  if (out.values.length === before) out.values.push(null);
}
