import type { Binary } from 'bson';
import { CommandError } from '../errors.ts';
import { decodeDocument } from '../values/decode.ts';
import { encodeDocument } from '../values/encode.ts';
import type { Document } from '../values/kinds.ts';
import { Collection, Index } from './collection.ts';
import type { Store } from './store.ts';
import { chunksOf, spanOf, type Span } from './view.ts';

const NEXT_ID_KEY = Buffer.from([0, 0]);
const FORMAT_KEY = Buffer.from([0, 2]);
const COLLECTION_PREFIX = Buffer.from([0, 1]);
const FORMAT = 1;

/** Which collections and indexes exist, in memory and on disk; the two never differ after a commit. */
export class Catalog {
  private readonly store: Store;
  private readonly collections = new Map<string, Collection>();
  private readonly changedCounts = new Set<Collection>();
  private readonly changedFlags = new Set<Collection>();
  private readonly abandoned = new Map<Index, Collection>();
  private readonly changedAt = new Map<string, number>();
  private changes = 0;
  private nextId = 1;

  constructor(store: Store) {
    this.store = store;
    store.setBeforeCommit(() => {
      this.writeGathered();
    });
  }

  /**
   * Reads the catalog and clears what a crash left half built. Throws when a newer engine wrote the file,
   * and 301 when an entry cannot be read.
   */
  async open(): Promise<void> {
    const { view } = this.store;
    const format = view.get(FORMAT_KEY)?.readUInt32BE(0) ?? FORMAT;
    if (format > FORMAT)
      throw new Error(
        `The database was written by a newer version (format ${format}, this version knows ${FORMAT}).`,
      );
    this.nextId = view.get(NEXT_ID_KEY)?.readUInt32BE(0) ?? 1;
    this.loadAll();
    await this.store.write(() => {
      view.put(FORMAT_KEY, uint32(FORMAT));
      for (const collection of this.all())
        for (const index of collection.indexes.filter(({ isBuilding }) => isBuilding))
          this.removeIndex(collection, index);
    });
  }

  find(namespace: string): Collection | undefined {
    return this.collections.get(namespace);
  }

  all(): Collection[] {
    return [...this.collections.values()];
  }

  inDatabase(database: string): Collection[] {
    return this.all().filter((collection) => collection.database === database);
  }

  /** How often collections and indexes have come or gone, since the start. */
  get version(): number {
    return this.changes;
  }

  /** A snapshot of before such a change does not hold what the indexes of now promise. */
  hasChangedSince(namespace: string, version: number): boolean {
    return (this.changedAt.get(namespace) ?? 0) > version;
  }

  /** A collection that only its maker knows, until it is adopted. */
  prepare(namespace: string): Collection {
    return new Collection({ namespace, id: this.nextId++ });
  }

  prepareIndex(collection: Collection, spec: Document, isBuilding = false): Index {
    const id = this.nextId++;
    return new Index(collection.id, { id, spec, isBuilding });
  }

  /** Inside a unit: a prepared collection becomes known to all. Throws 48 if its name is taken. */
  adopt(collection: Collection): void {
    const { namespace } = collection;
    if (this.find(namespace)) throw namespaceExists(namespace);
    this.collections.set(namespace, collection);
    this.noteChange(collection);
    this.store.onRollback(() => {
      this.collections.delete(namespace);
    });
    this.store.view.put(NEXT_ID_KEY, uint32(this.nextId));
    this.save(collection);
  }

  /** The collection, made if it does not exist yet. */
  async ensure(namespace: string): Promise<Collection> {
    return (
      this.find(namespace) ??
      (await this.store.write(() => this.find(namespace) ?? this.create(namespace)))
    );
  }

  /** Inside a unit. Throws 48 if it exists. */
  create(namespace: string): Collection {
    const collection = this.prepare(namespace);
    this.adopt(collection);
    return collection;
  }

  /** Inside a unit. */
  drop(collection: Collection): void {
    const { view } = this.store;
    for (const { prefix } of collection.indexes) this.removeAll(prefix);
    this.removeAbandoned(collection);
    view.remove(collection.countKey);
    view.remove(catalogKey(collection.namespace));
    this.collections.delete(collection.namespace);
    collection.isDropped = true;
    this.noteChange(collection);
    this.store.onRollback(() => {
      collection.isDropped = false;
      this.collections.set(collection.namespace, collection);
    });
  }

  /** Inside a unit. The records stay where they are: their keys hold the collection's number, not its name. */
  rename(collection: Collection, namespace: string): void {
    const before = collection.namespace;
    const moveTo = (name: string) => {
      this.collections.delete(collection.namespace);
      this.noteChange(collection);
      collection.namespace = name;
      this.noteChange(collection);
      this.collections.set(name, collection);
    };
    this.store.view.remove(catalogKey(before));
    moveTo(namespace);
    this.store.onRollback(() => {
      moveTo(before);
    });
    this.save(collection);
  }

  /** Inside a unit: registers an index, which writes keep from now on; it serves queries once built. */
  addIndex(collection: Collection, spec: Document, isBuilding: boolean): Index {
    const index = this.prepareIndex(collection, spec, isBuilding);
    this.store.view.put(NEXT_ID_KEY, uint32(this.nextId));
    collection.indexes.push(index);
    this.noteChange(collection);
    this.store.onRollback(() => {
      remove(collection.indexes, index);
    });
    this.save(collection);
    return index;
  }

  /** Inside a unit. */
  finishIndex(collection: Collection, index: Index): void {
    index.isBuilding = false;
    this.noteChange(collection);
    this.store.onRollback(() => {
      index.isBuilding = true;
    });
    this.save(collection);
  }

  /** Inside a unit. */
  removeIndex(collection: Collection, index: Index): void {
    const place = collection.indexes.indexOf(index);
    if (place < 0) return;
    this.removeAll(index.prefix);
    collection.indexes.splice(place, 1);
    this.noteChange(collection);
    this.store.onRollback(() => {
      collection.indexes.splice(place, 0, index);
    });
    this.save(collection);
  }

  /** For a half-built index that the disk does not let go: gone for all, its rows with the next save. */
  abandonIndex(collection: Collection, index: Index): void {
    remove(collection.indexes, index);
    this.noteChange(collection);
    this.abandoned.set(index, collection);
  }

  /** Removes what abandoned indexes have left. */
  async clearAbandoned(): Promise<void> {
    for (const collection of new Set(this.abandoned.values()))
      await this.store.write(() => {
        if (!collection.isDropped) this.save(collection);
      });
  }

  /** Inside a unit: changes an index's options in place. */
  changeIndex(collection: Collection, index: Index, change: Document): void {
    const before = { ...index.spec };
    Object.assign(index.spec, change);
    this.store.onRollback(() => {
      for (const name of Object.keys(change)) Reflect.deleteProperty(index.spec, name);
      Object.assign(index.spec, before);
    });
    this.save(collection);
  }

  /** Inside a unit: notes that records came or went. */
  addToCount(collection: Collection, difference: number): void {
    if (difference === 0) return;
    collection.count += difference;
    this.changedCounts.add(collection);
    this.store.onRollback(() => {
      collection.count -= difference;
    });
  }

  /** Too wide a flag costs only speed, so it is set at once and written with the next commit. */
  markMultikey(collection: Collection, index: Index, paths: readonly string[]): void {
    for (const path of paths) index.arrayPaths.add(path);
    if (this.find(collection.namespace) === collection) this.changedFlags.add(collection);
  }

  private loadAll(): void {
    const read = (rest: Span, limit: number) =>
      this.store.view.scan(rest, { reverse: false, limit });
    for (const rows of chunksOf(spanOf(COLLECTION_PREFIX), Infinity, read))
      for (const { key, value } of rows)
        try {
          this.load(decodeDocument(value));
        } catch (error) {
          const name = key.subarray(COLLECTION_PREFIX.length).toString();
          throw new CommandError(301, `The catalog entry of ${name} is damaged: ${String(error)}`);
        }
  }

  private load(stored: Document): void {
    const collection = new Collection({
      namespace: String(stored.namespace),
      id: Number(stored.id),
      uuid: stored.uuid as Binary,
      indexes: stored.indexes as Document[],
    });
    const count = this.store.view.get(collection.countKey);
    collection.count = count ? count.readDoubleBE(0) : 0;
    this.collections.set(collection.namespace, collection);
  }

  private noteChange({ namespace }: Collection): void {
    this.changedAt.set(namespace, ++this.changes);
  }

  private save(collection: Collection): void {
    this.removeAbandoned(collection);
    const stored = encodeDocument(collection.toStored());
    this.store.view.put(catalogKey(collection.namespace), stored);
  }

  private removeAbandoned(collection: Collection): void {
    for (const [index, owner] of this.abandoned) {
      if (owner !== collection) continue;
      this.removeAll(index.prefix);
      this.abandoned.delete(index);
      this.store.onRollback(() => {
        this.abandoned.set(index, owner);
      });
    }
  }

  private removeAll(prefix: Buffer): void {
    const { from, to } = spanOf(prefix);
    this.store.removeSpan(from, to);
  }

  private writeGathered(): void {
    // A collection whose making was rolled back must not be written over the one that has its name.
    const isKnown = (collection: Collection) => this.find(collection.namespace) === collection;
    const counts = [...this.changedCounts];
    const flags = [...this.changedFlags];
    this.changedCounts.clear();
    this.changedFlags.clear();
    this.store.onRollback(() => {
      for (const collection of counts) this.changedCounts.add(collection);
      for (const collection of flags) this.changedFlags.add(collection);
    });
    for (const collection of counts.filter(isKnown)) {
      const count = Buffer.alloc(8);
      count.writeDoubleBE(collection.count);
      this.store.view.put(collection.countKey, count);
    }
    for (const collection of flags.filter(isKnown)) this.save(collection);
  }
}

export function namespaceExists(namespace: string): CommandError {
  return new CommandError(48, `Collection ${namespace} already exists.`);
}

function catalogKey(namespace: string): Buffer {
  return Buffer.concat([COLLECTION_PREFIX, Buffer.from(namespace)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function remove<T>(list: T[], item: T): void {
  const place = list.indexOf(item);
  if (place >= 0) list.splice(place, 1);
}
