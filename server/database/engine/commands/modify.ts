import { CommandError } from '../errors.ts';
import { collect } from '../query/batches.ts';
import { findDocuments, Found, isQuick, type FindRequest } from '../query/find.ts';
import { compileFilter, type MatchPosition } from '../query/matcher.ts';
import type { Collection } from '../storage/collection.ts';
import {
  insertDocument,
  removeDocument,
  replaceDocument,
  withIdFirst,
  type Target,
} from '../storage/documents.ts';
import { nameOf } from '../storage/transaction-view.ts';
import { compileUpdate, type CompiledUpdate } from '../update/compile.ts';
import { seedOf } from '../update/upsert.ts';
import { collatorOf } from '../values/collation.ts';
import { decodeDocument, FieldSet } from '../values/decode.ts';
import { encodeDocument } from '../values/encode.ts';
import type { Document } from '../values/kinds.ts';
import { collectionOf, readerOf, type CommandContext } from './context.ts';

/** How many documents of a long write share a unit; between units others get their turn. */
const PER_UNIT = 100;
const TIME_IS_OVER = 50;

/** What to change, and in which documents. */
export interface UpdateStatement extends FindRequest {
  update: CompiledUpdate;
  isMulti: boolean;
  isUpsert: boolean;
}

export interface UpdateOutcome {
  matched: number;
  modified: number;
  upsertedId?: unknown;
  /** Of the last document changed. */
  before?: Document;
  after?: Document;
}

/** Compiles the update itself; the rest of the statement is the search. */
export function updateStatement(
  update: unknown,
  search: FindRequest,
  options: { arrayFilters: unknown; isMulti: boolean; isUpsert: boolean; constants?: Document },
): UpdateStatement {
  const { arrayFilters, isMulti, isUpsert, constants } = options;
  const variables = { ...search.variables, ...constants };
  const compiled = compileUpdate(update, {
    arrayFilters,
    variables,
    collator: collatorOf(search.collation),
  });
  if (isMulti && compiled.kind === 'replacement')
    throw new CommandError(9, 'multi update is not supported for replacement-style update');
  return { ...search, update: compiled, isMulti, isUpsert, needsPosition: compiled.needsPosition };
}

/**
 * Looks for the one document that a write will change, with pauses, when no index leads to it: a unit
 * holds up everybody, so it must be short. Undefined when the unit can look for itself.
 */
export async function findAhead(
  context: CommandContext,
  search: FindRequest,
): Promise<Found[] | undefined> {
  try {
    const collection = collectionOf(context);
    if (!collection || isQuick(collection, search)) return undefined;
    const batches = findDocuments(readerOf(context), collection, { ...search, limit: 1 });
    return await context.pacer.collect(batches);
  } catch (error) {
    // What is wrong with the statement is for the unit to tell, as one of its statements' errors.
    if (error instanceof CommandError && error.code !== TIME_IS_OVER) return undefined;
    throw error;
  }
}

/** What a unit finds: what was found ahead if that still matches, else what it finds itself. */
function findNow(
  target: Target,
  collection: Collection,
  search: FindRequest,
  ahead: Found[] | undefined,
): Found[] {
  // Since then another collection may have been given the name.
  const keys = (ahead ?? []).map(({ key }) => key).filter((key) => isOf(collection, key));
  const still = stillMatching(target, keys, search);
  return still.length > 0 ? still : collect(findDocuments(target.view, collection, search));
}

function isOf({ prefix }: Collection, key: Buffer): boolean {
  return key.subarray(0, prefix.length).equals(prefix);
}

/** Runs an update wholly within a unit or a transaction. */
export function updateNow(
  target: Target,
  collection: Collection | undefined,
  statement: UpdateStatement,
  ahead?: Found[],
): UpdateOutcome {
  if (!collection) return { matched: 0, modified: 0 };
  const limit = statement.isMulti ? 0 : 1;
  const found = findNow(target, collection, { ...statement, limit }, ahead);
  if (found.length > 0 || !statement.isUpsert)
    return changeFound(target, collection, statement, found);
  return upsert(target, collection, statement);
}

/** An update of many: found with pauses, changed some at a time, each document looked at again before. */
export async function updateMany(
  context: CommandContext,
  collection: Collection | undefined,
  statement: UpdateStatement,
): Promise<UpdateOutcome> {
  const total: UpdateOutcome = { matched: 0, modified: 0 };
  await inPortions(context, collection, statement, (target, found) => {
    if (!collection) return;
    const outcome = changeFound(target, collection, statement, found);
    total.matched += outcome.matched;
    total.modified += outcome.modified;
  });
  if (total.matched > 0 || !statement.isUpsert) return total;
  return context.database.write((target) => updateNow(target, collection, statement));
}

/** Removes wholly within a unit or a transaction; `limit` 0 is all. */
export function removeNow(
  target: Target,
  collection: Collection,
  search: FindRequest,
  ahead?: Found[],
): Found[] {
  const found = findNow(target, collection, search, ahead);
  for (const { key, document } of found) removeDocument(target, collection, key, document);
  return found;
}

export async function removeMany(
  context: CommandContext,
  collection: Collection,
  search: FindRequest,
): Promise<number> {
  let removed = 0;
  await inPortions(context, collection, search, (target, found) => {
    for (const { key, document } of found) removeDocument(target, collection, key, document);
    removed += found.length;
  });
  return removed;
}

/** Finds with pauses, then hands portions to `work`, each in a unit of its own. */
async function inPortions(
  context: CommandContext,
  collection: Collection | undefined,
  search: FindRequest,
  work: (target: Target, found: Found[]) => void,
): Promise<void> {
  const { pacer, database } = context;
  const batches = findDocuments(readerOf(context), collection, { ...search, limit: 0 });
  // A record that others move along the index meanwhile is found again, and must be changed once.
  const found = new Map<string, Buffer>();
  for (const batch of batches) {
    for (const { key } of batch) found.set(nameOf(key), Buffer.from(key));
    await pacer.pause();
  }
  const keys = [...found.values()];
  for (let start = 0; start < keys.length; start += PER_UNIT) {
    const portion = keys.slice(start, start + PER_UNIT);
    await database.write((target) => {
      if (collection && !collection.isDropped) work(target, stillMatching(target, portion, search));
    }, pacer);
    await pacer.pause();
  }
}

/** Between finding and changing, others may have written: what no longer matches is left alone. */
function stillMatching(target: Target, keys: Buffer[], search: FindRequest): Found[] {
  const { filter, variables, collation } = search;
  const matches = compileFilter(filter, { variables, collator: collatorOf(collation) });
  return keys.flatMap((key) => {
    const value = target.view.get(key);
    if (!value) return [];
    const document = decodeDocument(value);
    const position: MatchPosition = { index: -1 };
    return matches(document, position) ? [new Found({ key, value }, document, position.index)] : [];
  });
}

function changeFound(
  target: Target,
  collection: Collection,
  { update }: UpdateStatement,
  found: Found[],
): UpdateOutcome {
  const outcome: UpdateOutcome = { matched: 0, modified: 0 };
  for (const { key, bytes, position, document: oldDocument } of found) {
    const { touched } = update;
    // Operators change the document in place: what they may touch is decoded a second time.
    const copy = touched
      ? { ...oldDocument, ...decodeDocument(bytes, new FieldSet(touched)) }
      : decodeDocument(bytes);
    const newDocument = update.apply(copy, { position });
    const change = { key, oldBytes: bytes, oldDocument, newDocument, touched };
    if (replaceDocument(target, collection, change)) outcome.modified++;
    outcome.matched++;
    outcome.before = oldDocument;
    outcome.after = newDocument;
  }
  return outcome;
}

function upsert(target: Target, collection: Collection, statement: UpdateStatement): UpdateOutcome {
  const seed = seedOf(statement.filter);
  const start = statement.update.kind === 'replacement' ? onlyId(seed) : seed;
  const document = withIdFirst(statement.update.apply(start, { isInsert: true }));
  insertDocument(target, collection, document, encodeDocument(document));
  return { matched: 0, modified: 0, upsertedId: document._id, after: document };
}

function onlyId({ _id }: Document): Document {
  return _id === undefined ? {} : { _id };
}
