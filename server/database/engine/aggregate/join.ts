import { CommandError } from '../errors.ts';
import { collect, type Batches } from '../query/batches.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { valueAtPath, withValueAt } from '../values/paths.ts';
import { compileExpression, scopeOf } from './expressions/compile.ts';
import { gather } from './select.ts';
import type { StageContext, StageBuilder } from './stage.ts';

interface Lookup {
  from: string | undefined;
  localField: string | undefined;
  foreignField: string | undefined;
  as: string;
  let: Document;
  pipeline: unknown[];
}

export const lookupStage: StageBuilder = (spec, context) => {
  const lookup = parseLookup(spec);
  // Compiled once to refuse a bad pipeline even when no document comes by.
  context.compile(lookup.pipeline, context);
  return function* (input) {
    for (const batch of input)
      for (const document of batch) {
        const joined = yield* gather(joinedTo(document, lookup, context), context.scratch);
        yield [withValueAt(document, lookup.as.split('.'), joined) as Document];
      }
  };
};

function parseLookup(spec: unknown): Lookup {
  if (!isDocument(spec)) throw new CommandError(9, 'the $lookup specification must be an Object');
  const { from, localField, foreignField, as, let: variables = {}, pipeline = [] } = spec;
  if (typeof as !== 'string') throw new CommandError(9, "must specify 'as' field for a $lookup");
  if (!Array.isArray(pipeline) || !isDocument(variables))
    throw new CommandError(9, '$lookup argument has the wrong type');
  const name = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const lookup = {
    from: name(from),
    localField: name(localField),
    foreignField: name(foreignField),
    as,
    let: variables,
    pipeline: pipeline as unknown[],
  };
  if ((lookup.localField === undefined) !== (lookup.foreignField === undefined))
    throw new CommandError(9, '$lookup requires both or neither of localField and foreignField');
  if (lookup.localField === undefined && !('pipeline' in spec))
    throw new CommandError(9, '$lookup requires either pipeline or localField and foreignField');
  return lookup;
}

function joinedTo(document: Document, lookup: Lookup, context: StageContext): Batches<Document> {
  const variables: Document = { ...context.variables };
  const scope = scopeOf(document, context.variables);
  for (const [name, expression] of Object.entries(lookup.let))
    variables[name] = compileExpression(expression)(scope);
  const conditions: Document[] = [];
  if (lookup.localField !== undefined && lookup.foreignField !== undefined)
    conditions.push(joinFilter(document, lookup.localField, lookup.foreignField));
  // A leading $match goes into the search, where an index can serve it.
  const [first, ...others] = lookup.pipeline;
  const leading = isDocument(first) && isDocument(first.$match) ? first.$match : undefined;
  if (leading) conditions.push(leading);
  const rest = leading ? others : lookup.pipeline;
  const filter = conditions.length > 0 ? { $and: conditions } : {};
  const found =
    lookup.from === undefined ? noDocuments() : context.find(lookup.from, filter, variables);
  return context.compile(rest, { ...context, variables })(found);
}

/** Missing joins to null and missing; an array joins by each of its elements. */
function joinFilter(document: Document, localField: string, foreignField: string): Document {
  const value = valueAtPath(document, localField.split('.'));
  const values = Array.isArray(value)
    ? value.map((element: unknown) => element ?? null)
    : [value ?? null];
  return { [foreignField]: values.length === 1 ? { $eq: values[0] } : { $in: values } };
}

function* noDocuments(): Batches<Document> {
  yield [];
}

export const unionStage: StageBuilder = (spec, context) => {
  const options: Document = isDocument(spec) ? spec : { coll: spec };
  const { coll, pipeline = [] } = options;
  if (!Array.isArray(pipeline)) throw new CommandError(9, '$unionWith pipeline must be an array');
  const run = context.compile(pipeline, context);
  return function* (input) {
    yield* input;
    yield* run(
      typeof coll === 'string' ? context.find(coll, {}, context.variables) : noDocuments(),
    );
  };
};

export const graphLookupStage: StageBuilder = (spec, context) => {
  if (!isDocument(spec))
    throw new CommandError(9, 'the $graphLookup specification must be an Object');
  const { from, startWith, connectFromField, connectToField, as, depthField } = spec;
  const names = [from, connectFromField, connectToField, as];
  if (!names.every((name) => typeof name === 'string') || !('startWith' in spec))
    throw new CommandError(
      40105,
      '$graphLookup requires from, startWith, connectFromField, connectToField and as',
    );
  const [collection = '', fromField = '', toField = '', target = ''] = names;
  const start = compileExpression(startWith);
  const restriction = isDocument(spec.restrictSearchWithMatch)
    ? [spec.restrictSearchWithMatch]
    : [];
  const maxDepth = isNumeric(spec.maxDepth) ? toNumber(spec.maxDepth) : Infinity;
  const walk = (document: Document): Document[] => {
    const found = new Map<string, Document>();
    let frontier = asList(start(scopeOf(document, context.variables)));
    for (let depth = 0; frontier.length > 0 && depth <= maxDepth; depth++) {
      const filter = { $and: [{ [toField]: { $in: frontier } }, ...restriction] };
      const next: unknown[] = [];
      for (const match of collect(context.find(collection, filter, context.variables))) {
        const key = equalityKey(match._id);
        if (found.has(key)) continue;
        found.set(key, typeof depthField === 'string' ? { ...match, [depthField]: depth } : match);
        next.push(...asList(valueAtPath(match, fromField.split('.'))));
      }
      frontier = next;
    }
    return [...found.values()];
  };
  return function* (input) {
    for (const batch of input)
      for (const document of batch)
        yield [withValueAt(document, target.split('.'), walk(document)) as Document];
  };
};

function asList(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
