import { changeByPipeline, stageParts } from '../aggregate/pipeline.ts';
import { CommandError, notSupported } from '../errors.ts';
import { collect } from '../query/batches.ts';
import { findDocuments } from '../query/find.ts';
import type { Collection } from '../storage/collection.ts';
import {
  duplicateKey,
  insertDocument,
  replaceDocument,
  withIdFirst,
  type Target,
} from '../storage/documents.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, isNullish, type Document } from '../values/kinds.ts';
import { valueAtPath } from '../values/paths.ts';
import { namespaceIn, refuseUnknownFields, variablesOf, type CommandContext } from './context.ts';

/** Where a pipeline's result goes, and how. */
export interface Output {
  name: '$out' | '$merge';
  namespace: string;
  on: string[];
  whenMatched: unknown;
  whenNotMatched: unknown;
}

const OPTIONS = {
  $out: new Set(['db', 'coll']),
  $merge: new Set(['into', 'on', 'whenMatched', 'whenNotMatched']),
} as const;
const MATCHED = new Set(['replace', 'keepExisting', 'merge', 'fail']);
const NOT_MATCHED = new Set(['insert', 'discard', 'fail']);

/** The last stage as an output; undefined when it is another stage. */
export function outputOf(context: CommandContext, stage: unknown): Output | undefined {
  if (stage === undefined) return undefined;
  const [name, spec] = stageParts(stage);
  if (name !== '$out' && name !== '$merge') return undefined;
  const options: Document = isDocument(spec) ? spec : { [name === '$out' ? 'coll' : 'into']: spec };
  if (options.timeseries !== undefined) throw notSupported('a time-series $out');
  if (options.let !== undefined) throw notSupported("$merge with 'let'");
  refuseUnknownFields(options, OPTIONS[name], name);
  const place =
    name === '$out' ? options : isDocument(options.into) ? options.into : { coll: options.into };
  const databaseName = typeof place.db === 'string' ? place.db : context.databaseName;
  const { on = '_id', whenMatched = 'merge', whenNotMatched = 'insert' } = options;
  if (!Array.isArray(whenMatched) && !MATCHED.has(String(whenMatched)))
    throw new CommandError(
      2,
      `Enumeration value '${String(whenMatched)}' for field '$merge.whenMatched' is not a valid value.`,
    );
  if (!NOT_MATCHED.has(String(whenNotMatched)))
    throw new CommandError(
      2,
      `Enumeration value '${String(whenNotMatched)}' for field '$merge.whenNotMatched' is not a valid value.`,
    );
  return {
    name,
    namespace: namespaceIn({ ...context, databaseName }, place.coll),
    on: (Array.isArray(on) ? on : [on]).map(String),
    whenMatched,
    whenNotMatched,
  };
}

export async function writeOutput(
  context: CommandContext,
  output: Output,
  documents: Document[],
): Promise<void> {
  if (output.name === '$out') await replaceCollection(context, output, documents);
  else await mergeInto(context, output, documents);
}

/** The new content replaces the old at once; indexes stay. */
async function replaceCollection(
  { database }: CommandContext,
  { namespace }: Output,
  documents: Document[],
): Promise<void> {
  const { catalog } = database;
  await database.write((target) => {
    const old = catalog.find(namespace);
    const specs = old?.indexes.filter(({ isPrimary }) => !isPrimary).map(({ spec }) => spec) ?? [];
    if (old) catalog.drop(old);
    const collection = catalog.create(namespace);
    for (const spec of specs) catalog.addIndex(collection, spec, false);
    for (const document of documents.map(withIdFirst))
      insertDocument(target, collection, document, encodeDocument(document));
  });
}

async function mergeInto(
  context: CommandContext,
  output: Output,
  documents: Document[],
): Promise<void> {
  const { catalog } = context.database;
  await context.database.write((target) => {
    const collection = catalog.find(output.namespace) ?? catalog.create(output.namespace);
    const hasUniqueIndex = collection.indexes.some(
      ({ isUnique, isBuilding, partialFilter, fields }) =>
        isUnique &&
        !isBuilding &&
        !partialFilter &&
        fields.length === output.on.length &&
        fields.every(({ path }) => output.on.includes(path)),
    );
    if (!hasUniqueIndex)
      throw new CommandError(51183, 'Cannot find index to verify that join fields will be unique');
    for (const document of documents) mergeOne(context, target, collection, output, document);
  });
}

function mergeOne(
  context: CommandContext,
  target: Target,
  collection: Collection,
  output: Output,
  document: Document,
): void {
  const incoming = output.on.includes('_id') ? withIdFirst(document) : document;
  const filter: Document = {};
  for (const path of output.on) {
    const value = valueAtPath(incoming, path.split('.'));
    if (isNullish(value) || Array.isArray(value))
      throw new CommandError(
        51132,
        `$merge write error: 'on' field '${path}' cannot be missing, null, undefined or an array`,
      );
    filter[path] = { $eq: value };
  }
  const [found] = collect(findDocuments(target.view, collection, { filter, limit: 1 }));
  if (found) {
    const newDocument = merged(context, output, collection, found.document, incoming);
    const change = {
      key: found.key,
      oldBytes: found.bytes,
      oldDocument: found.document,
      newDocument,
    };
    replaceDocument(target, collection, change);
    return;
  }
  if (output.whenNotMatched === 'fail')
    throw new CommandError(
      13113,
      '$merge could not find a matching document in the target collection for at least one document in the source collection',
    );
  if (output.whenNotMatched === 'discard') return;
  const stored = withIdFirst(incoming);
  insertDocument(target, collection, stored, encodeDocument(stored));
}

function merged(
  context: CommandContext,
  { whenMatched }: Output,
  collection: Collection,
  existing: Document,
  incoming: Document,
): Document {
  if (whenMatched === 'keepExisting') return existing;
  if (whenMatched === 'fail') throw duplicateKey(collection, collection.primaryIndex, incoming);
  if (whenMatched === 'replace') return withIdFirst({ ...incoming, _id: existing._id });
  if (whenMatched === 'merge') return { ...existing, ...incoming, _id: existing._id };
  const variables = { ...variablesOf(context), new: incoming };
  const changed = changeByPipeline(existing, whenMatched as unknown[], variables) ?? existing;
  return { ...changed, _id: existing._id };
}
