import type { Document } from '../values/kinds.ts';
import { keyValuesOf } from '../values/key-values.ts';
import { keyOf } from '../values/keys.ts';
import type { Index, IndexField } from './collection.ts';

interface IndexEntries {
  /** The index's part of the keys: prefix and values, without the record's own id. */
  keys: Buffer[];
  /** Those fields of the index that run through an array here. */
  arrayPaths: string[];
}

/** What an index holds for a document: one key, none (sparse, partial) or several (arrays). */
export function entriesOf(index: Index, document: Document): IndexEntries {
  if (index.covers && !index.covers(document)) return { keys: [], arrayPaths: [] };
  const paths = index.fields.map(({ parts }) => parts);
  const { keys, arrays } = keyValuesOf(document, paths);
  const kept = index.isSparse ? keys.filter(({ isPresent }) => isPresent) : keys;
  return {
    keys: distinct(kept.map(({ values }) => keyIn(index, values))),
    arrayPaths: arrays.map((at) => index.fields[at]?.path ?? ''),
  };
}

/** The value shown in a duplicate key error. */
export function firstValueOf({ parts }: IndexField, document: Document): unknown {
  return keyValuesOf(document, [parts]).keys[0]?.values[0] ?? null;
}

function keyIn(index: Index, values: unknown[]): Buffer {
  const parts = values.map((value, i) => keyOf(value, index.fields[i]?.descending));
  return Buffer.concat([index.prefix, ...parts]);
}

function distinct(keys: Buffer[]): Buffer[] {
  if (keys.length < 2) return keys;
  return [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
}
