import { BSONRegExp, ObjectId } from 'bson';
import { CommandError } from '../errors.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { keyOf } from '../values/keys.ts';
import type { Catalog } from './catalog.ts';
import { PREFIX_BYTES, type Collection, type Index } from './collection.ts';
import { entriesOf, firstValueOf } from './index-entries.ts';
import { nameOf } from './transaction-view.ts';
import type { View } from './view.ts';

/** Where writes go: the store's view inside a unit, or a transaction's. */
export interface Target {
  view: View;
  catalog: Catalog;
  /** Notes that the collection gained or lost records. */
  count(collection: Collection, difference: number): void;
}

export function recordKey(collection: Collection, id: unknown): Buffer {
  return Buffer.concat([collection.prefix, keyOf(id)]);
}

/** Stores a new document whose `_id` is set. All checks come before the first write. Throws 11000, 53, 175. */
export function insertDocument(
  target: Target,
  collection: Collection,
  document: Document,
  bytes: Buffer,
): void {
  if (collection.isDropped)
    throw new CommandError(175, `collection dropped: ${collection.namespace}`);
  const { view } = target;
  checkId(document._id);
  const key = recordKey(collection, document._id);
  if (view.get(key)) throw duplicateKey(collection, collection.primaryIndex, document);
  const entries: Buffer[] = [];
  for (const index of secondaryIndexes(collection))
    for (const entry of keysFor(target, collection, index, document)) {
      if (isTaken(view, index, entry, key)) throw duplicateKey(collection, index, document);
      entries.push(storedEntry(index, entry, key));
    }
  view.put(key, bytes);
  for (const entry of entries) view.put(entry, key);
  target.count(collection, 1);
}

interface Replacement {
  key: Buffer;
  oldBytes: Buffer;
  oldDocument: Document;
  newDocument: Document;
  /** The only top-level fields that may differ; undefined for any. */
  touched?: ReadonlySet<string> | undefined;
}

/** Stores a changed document; false when nothing changed. Throws 11000. */
export function replaceDocument(
  target: Target,
  collection: Collection,
  { key, oldBytes, oldDocument, newDocument, touched }: Replacement,
): boolean {
  const bytes = encodeDocument(newDocument);
  if (bytes.equals(oldBytes)) return false;
  const { view } = target;
  const removed: Buffer[] = [];
  const added: Buffer[] = [];
  for (const index of secondaryIndexes(collection)) {
    if (touched && !dependsOn(index, touched)) continue;
    const before = keysFor(target, collection, index, oldDocument);
    const after = keysFor(target, collection, index, newDocument);
    for (const entry of missingFrom(after, before)) {
      if (isTaken(view, index, entry, key)) throw duplicateKey(collection, index, newDocument);
      added.push(storedEntry(index, entry, key));
    }
    for (const entry of missingFrom(before, after))
      if (mayRemove(view, index, entry, key)) removed.push(storedEntry(index, entry, key));
  }
  for (const entry of removed) view.remove(entry);
  for (const entry of added) view.put(entry, key);
  view.put(key, bytes);
  return true;
}

/** Whether a change of some fields may change what an index holds. */
const dependsOn = ({ covers, fields }: Index, touched: ReadonlySet<string>): boolean =>
  covers !== undefined || fields.some(({ parts: [root = ''] }) => touched.has(root));

export function removeDocument(
  target: Target,
  collection: Collection,
  key: Buffer,
  document: Document,
): void {
  const { view } = target;
  for (const index of secondaryIndexes(collection))
    for (const entry of keysFor(target, collection, index, document))
      if (mayRemove(view, index, entry, key)) view.remove(storedEntry(index, entry, key));
  view.remove(key);
  target.count(collection, -1);
}

function isTaken(view: View, index: Index, entry: Buffer, key: Buffer): boolean {
  const holder = index.isUnique ? view.get(entry) : undefined;
  return holder !== undefined && !holder.equals(key);
}

/** While a unique index is being built, a record that it has not reached may share a key with one that it has. */
function mayRemove(view: View, index: Index, entry: Buffer, key: Buffer): boolean {
  return !(index.isBuilding && index.isUnique) || view.get(entry)?.equals(key) === true;
}

/** Inside a unit: enters a stored document into an index that is being built. Throws 11000. */
export function indexDocument(
  target: Target,
  collection: Collection,
  index: Index,
  key: Buffer,
  document: Document,
): void {
  const { view } = target;
  for (const entry of keysFor(target, collection, index, document)) {
    if (isTaken(view, index, entry, key)) throw duplicateKey(collection, index, document);
    view.put(storedEntry(index, entry, key), key);
  }
}

/** The document with its `_id` first, given one if it has none; the same object when nothing was to do. */
export function withIdFirst(document: Document): Document {
  const { _id, ...rest } = document;
  if (_id === undefined) return { _id: new ObjectId(), ...rest };
  return Object.keys(document)[0] === '_id' ? document : { _id, ...rest };
}

/** Throws for values that cannot be an `_id`. */
function checkId(id: unknown): void {
  if (Array.isArray(id) || id instanceof BSONRegExp)
    throw new CommandError(
      53,
      `The '_id' value cannot be of type ${Array.isArray(id) ? 'array' : 'regex'}`,
    );
  const operator = isDocument(id) && Object.keys(id).find((name) => name.startsWith('$'));
  if (operator)
    throw new CommandError(
      52,
      `_id fields may not contain '$'-prefixed fields: ${operator} is not valid for storage.`,
    );
}

function secondaryIndexes(collection: Collection): Index[] {
  return collection.indexes.filter((index) => !index.isPrimary);
}

function keysFor(
  target: Target,
  collection: Collection,
  index: Index,
  document: Document,
): Buffer[] {
  const { keys, arrayPaths } = entriesOf(index, document);
  const isNew = arrayPaths.some((path) => !index.arrayPaths.has(path));
  if (isNew) target.catalog.markMultikey(collection, index, arrayPaths);
  return keys;
}

/** Entries of an index that is not unique end with the record's id, which makes them distinct. */
export function storedEntry({ isUnique }: Index, entry: Buffer, key: Buffer): Buffer {
  return isUnique ? entry : Buffer.concat([entry, key.subarray(PREFIX_BYTES)]);
}

function missingFrom(entries: Buffer[], others: Buffer[]): Buffer[] {
  const [only] = entries;
  const [other] = others;
  if (entries.length === 1 && others.length === 1 && only && other)
    return only.equals(other) ? [] : entries;
  const names = new Set(others.map(nameOf));
  return entries.filter((entry) => !names.has(nameOf(entry)));
}

export function duplicateKey(
  collection: Collection,
  index: Index,
  document: Document,
): CommandError {
  const keyValue: Document = {};
  for (const field of index.fields) keyValue[field.path] = firstValueOf(field, document);
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${show(value)}`);
  return new CommandError(
    11000,
    `E11000 duplicate key error collection: ${collection.namespace} index: ${index.name} dup key: { ${shown.join(', ')} }`,
    { keyPattern: index.key, keyValue },
  );
}

function show(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return JSON.stringify(value);
}
