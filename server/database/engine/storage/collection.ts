import { type Binary, UUID } from 'bson';
import { compileFilter, type Predicate } from '../query/matcher.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';

/** What a key begins with. Part of the file format: never renumber. */
const AREA = { records: 1, index: 2, count: 3 } as const;

/** The bytes that all keys of a numbered thing begin with. */
function prefixOf(area: number, id: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(area, 0);
  prefix.writeUInt32BE(id, 1);
  return prefix;
}

export const PREFIX_BYTES = 5;

export interface IndexField {
  path: string;
  parts: readonly string[];
  descending: boolean;
}

/** An index: what the client asked for, and what the engine needs to keep it. */
export class Index {
  readonly id: number;
  /** As listIndexes gives it. */
  readonly spec: Document;
  readonly name: string;
  readonly key: Document;
  readonly fields: readonly IndexField[];
  readonly prefix: Buffer;
  /** The records themselves, in _id order. */
  readonly isPrimary: boolean;
  readonly covers: Predicate | undefined;
  /** Those fields on the way to which some record has an array. */
  readonly arrayPaths: Set<string>;
  isBuilding: boolean;

  constructor(
    collectionId: number,
    stored: { id: number; spec: Document; arrayPaths?: readonly string[]; isBuilding: boolean },
  ) {
    this.id = stored.id;
    this.spec = stored.spec;
    this.name = String(stored.spec.name);
    this.key = stored.spec.key as Document;
    this.isPrimary = this.name === '_id_';
    this.prefix = this.isPrimary
      ? prefixOf(AREA.records, collectionId)
      : prefixOf(AREA.index, stored.id);
    this.fields = Object.entries(this.key).map(([path, direction]) => ({
      path,
      parts: path.split('.'),
      descending: isNumeric(direction) && toNumber(direction) < 0,
    }));
    const partial = stored.spec.partialFilterExpression;
    this.covers = isDocument(partial) ? compileFilter(partial) : undefined;
    this.arrayPaths = new Set(stored.arrayPaths);
    this.isBuilding = stored.isBuilding;
  }

  /** With arrays, entries are not one to one with records. */
  get isMultikey(): boolean {
    return this.arrayPaths.size > 0;
  }

  get isUnique(): boolean {
    return this.isPrimary || this.spec.unique === true;
  }

  get isSparse(): boolean {
    return this.spec.sparse === true;
  }

  get partialFilter(): Document | undefined {
    const partial = this.spec.partialFilterExpression;
    return isDocument(partial) ? partial : undefined;
  }

  get expireAfterSeconds(): number | undefined {
    const seconds = this.spec.expireAfterSeconds;
    return isNumeric(seconds) ? toNumber(seconds) : undefined;
  }
}

/** Before they were noted one by one, any field of a marked index may have been the array. */
function storedArrayPaths({ isMultikey, arrayPaths, spec }: Document): string[] {
  if (isMultikey !== true) return [];
  if (Array.isArray(arrayPaths) && arrayPaths.length > 0) return arrayPaths.map(String);
  return Object.keys((spec as Document).key as Document);
}

/** A collection as it is held in memory; the catalog keeps it on disk. */
export class Collection {
  /** Changed by the catalog alone. */
  namespace: string;
  readonly id: number;
  readonly uuid: Binary;
  readonly prefix: Buffer;
  readonly countKey: Buffer;
  readonly indexes: Index[];
  count = 0;
  isDropped = false;

  constructor(stored: { namespace: string; id: number; uuid?: Binary; indexes?: Document[] }) {
    this.namespace = stored.namespace;
    this.id = stored.id;
    this.uuid = stored.uuid ?? new UUID().toBinary();
    this.prefix = prefixOf(AREA.records, stored.id);
    this.countKey = prefixOf(AREA.count, stored.id);
    const primary: Document = { id: 0, spec: { v: 2, key: { _id: 1 }, name: '_id_' } };
    this.indexes = (stored.indexes ?? [primary]).map(
      (index) =>
        new Index(stored.id, {
          id: Number(index.id),
          spec: index.spec as Document,
          arrayPaths: storedArrayPaths(index),
          isBuilding: index.isBuilding === true,
        }),
    );
  }

  get database(): string {
    return this.namespace.slice(0, this.namespace.indexOf('.'));
  }

  get name(): string {
    return this.namespace.slice(this.namespace.indexOf('.') + 1);
  }

  /** Indexes that queries may use. */
  get usableIndexes(): Index[] {
    return this.indexes.filter((index) => !index.isBuilding && index.spec.hidden !== true);
  }

  get primaryIndex(): Index {
    const [primary] = this.indexes;
    if (!primary) throw new Error('A collection without its _id index');
    return primary;
  }

  /** As the catalog stores it. */
  toStored(): Document {
    return {
      namespace: this.namespace,
      id: this.id,
      uuid: this.uuid,
      indexes: this.indexes.map(({ id, spec, isMultikey, arrayPaths, isBuilding }) => ({
        id,
        spec,
        isMultikey,
        ...(isMultikey && { arrayPaths: [...arrayPaths] }),
        isBuilding,
      })),
    };
  }
}
