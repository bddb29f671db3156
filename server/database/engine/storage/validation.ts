import type { Pacer } from '../pacer.ts';
import { decodeDocument } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';
import { PREFIX_BYTES, type Collection, type Index } from './collection.ts';
import { recordKey, storedEntry } from './documents.ts';
import { entriesOf } from './index-entries.ts';
import { nameOf } from './transaction-view.ts';
import { chunksOf, spanOf, type Reader, type Row, type Span } from './view.ts';

const CHUNK = 100;
/** All faults are counted, but only so many of a kind are named: there may be millions. */
const MOST_NAMED = 100;

/** Faults of one kind. */
class Faults {
  count = 0;
  readonly named: Document[] = [];

  add(fault: Document): void {
    this.count++;
    if (this.named.length < MOST_NAMED) this.named.push(fault);
  }
}

/** What a look at every record and every index entry of a collection has shown. */
export class Validation {
  records = 0;
  /** Records that cannot be read, or that lie under a key that is not their _id's. */
  readonly corrupt = new Faults();
  readonly missing = new Faults();
  readonly extra = new Faults();
  readonly keysPerIndex: Record<string, number> = {};
  readonly faultyIndexes = new Set<string>();
  /** Indexes with entries of arrays whose flag does not say so. */
  readonly unmarkedIndexes = new Set<string>();
}

/** Compares records with indexes, both ways, in memory that does not grow with the collection. */
export async function validateCollection(
  reader: Reader,
  collection: Collection,
  pacer: Pacer,
): Promise<Validation> {
  const validation = new Validation();
  const indexes = collection.indexes.filter(
    ({ isPrimary, isBuilding }) => !isPrimary && !isBuilding,
  );
  const right = new Map(indexes.map((index) => [index, 0]));
  await eachRow(reader, spanOf(collection.prefix), pacer, (row) => {
    validation.records++;
    const document = readRecord(collection, row);
    if (!document) validation.corrupt.add({ recordId: idOf(row.key) });
    else
      for (const index of indexes) {
        const found = countEntries(reader, index, { ...row, document }, validation);
        right.set(index, (right.get(index) ?? 0) + found);
      }
  });
  validation.keysPerIndex[collection.primaryIndex.name] = validation.records;
  for (const index of indexes) {
    let present = 0;
    await eachRow(reader, spanOf(index.prefix), pacer, () => present++);
    validation.keysPerIndex[index.name] = present;
    // Right entries are distinct, so as many as there are rows leave none that is wrong.
    if (present !== right.get(index)) await findExtra(reader, collection, index, pacer, validation);
  }
  return validation;
}

/** How many of the record's entries are in the index; those that are not are faults. */
function countEntries(
  reader: Reader,
  index: Index,
  { key, document }: { key: Buffer; document: Document },
  validation: Validation,
): number {
  const { entries, arrayPaths } = storedEntries(index, key, document);
  if (arrayPaths.some((path) => !index.arrayPaths.has(path)))
    validation.unmarkedIndexes.add(index.name);
  let found = 0;
  for (const entry of entries.values())
    if (reader.get(entry)?.equals(key)) found++;
    else {
      validation.missing.add({ indexName: index.name, recordId: idOf(key), idKey: document._id });
      validation.faultyIndexes.add(index.name);
    }
  return found;
}

async function findExtra(
  reader: Reader,
  collection: Collection,
  index: Index,
  pacer: Pacer,
  validation: Validation,
): Promise<void> {
  await eachRow(reader, spanOf(index.prefix), pacer, ({ key: entry, value: key }) => {
    const value = reader.get(key);
    const document = value && readRecord(collection, { key, value });
    if (document && storedEntries(index, key, document).entries.has(nameOf(entry))) return;
    validation.extra.add({ indexName: index.name, recordId: idOf(key) });
    validation.faultyIndexes.add(index.name);
  });
}

/** Undefined when the bytes are no document, or not the one that belongs there. */
function readRecord(collection: Collection, { key, value }: Row): Document | undefined {
  try {
    const document = decodeDocument(value);
    return recordKey(collection, document._id).equals(key) ? document : undefined;
  } catch {
    return undefined;
  }
}

function storedEntries(
  index: Index,
  key: Buffer,
  document: Document,
): { entries: Map<string, Buffer>; arrayPaths: string[] } {
  const { keys, arrayPaths } = entriesOf(index, document);
  const stored = keys.map((entry) => storedEntry(index, entry, key));
  return { entries: new Map(stored.map((entry) => [nameOf(entry), entry])), arrayPaths };
}

function idOf(key: Buffer): string {
  return key.subarray(PREFIX_BYTES).toString('hex');
}

async function eachRow(
  reader: Reader,
  span: Span,
  pacer: Pacer,
  visit: (row: Row) => void,
): Promise<void> {
  const read = (rest: Span, limit: number) => reader.scan(rest, { reverse: false, limit });
  for (const rows of chunksOf(span, CHUNK, read)) {
    rows.forEach(visit);
    await pacer.pause();
  }
}
