import { compilePipeline, stageParts } from '../aggregate/pipeline.ts';
import type { PipelineContext, Stage } from '../aggregate/stage.ts';
import { CommandError, notSupported } from '../errors.ts';
import { inOneBatch, type Batches } from '../query/batches.ts';
import { findDocuments, type FindRequest, type Found } from '../query/find.ts';
import { NeededFields } from '../query/needed-fields.ts';
import { siftFound, type Sieve } from '../query/sift.ts';
import { checkSort } from '../query/sort.ts';
import { collatorOf } from '../values/collation.ts';
import { equalityKey } from '../values/keys.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import {
  documentOr,
  findCollection,
  namespaceIn,
  numberOr,
  readerOf,
  scratchOf,
  startCursor,
  variablesOf,
  type Command,
  type CommandContext,
  type Reply,
} from './context.ts';
import { DEFAULT_BATCH, encoded } from './cursors.ts';
import { outputOf, writeOutput } from './output.ts';
import { countMatching, rawBytes } from './read.ts';
import { collectionStats } from './stats.ts';

export const aggregateCommand: Command = {
  names: ['aggregate'],
  fields: [
    'pipeline',
    'cursor',
    'allowDiskUse',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'let',
    'explain',
  ],
  inTransaction: true,
  async run(context) {
    const { command, pacer, transaction } = context;
    if (command.explain === true)
      throw notSupported('aggregate with explain: true (use the explain command)');
    if (!isDocument(command.cursor))
      throw new CommandError(
        9,
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    const stages = pipelineOf(command);
    const [first] = stages;
    if (isDocument(first) && '$collStats' in first) return runOnStats(context, stages);
    const output = outputOf(context, stages.at(-1));
    if (output && transaction)
      throw new CommandError(263, `${output.name} cannot be used in a transaction`);
    if (output && isDocument(command.readConcern) && command.readConcern.level === 'linearizable')
      throw new CommandError(
        72,
        `${output.name} cannot be used with a 'linearizable' read concern level`,
      );
    const plan = planAggregate(context, output ? stages.slice(0, -1) : stages);
    const namespace = plan.namespace;
    const options = {
      batchSize: numberOr(command.cursor.batchSize, DEFAULT_BATCH, 'aggregate.cursor.batchSize'),
    };
    const counted = output ? undefined : await countOnly(context, plan);
    if (counted) return startCursor(context, namespace, encoded(inOneBatch(counted)), options);
    const found =
      plan.search &&
      siftFound(searchFor(context, plan.namespace, plan.search), plan.sieves, plan.search);
    if (found && plan.stages.length === 0 && !output)
      return startCursor(context, namespace, rawBytes(found), options);
    const documents = plan.run(found ? documentsOf(found) : inOneBatch([]));
    if (!output) return startCursor(context, namespace, encoded(documents), options);
    await writeOutput(context, output, await pacer.collect(documents));
    return startCursor(context, namespace, encoded(inOneBatch([])), options);
  },
};

/** $collStats brings its own document, so there is nothing to search. */
async function runOnStats(context: CommandContext, [first, ...rest]: unknown[]): Promise<Reply> {
  const { command, transaction } = context;
  if (transaction)
    throw new CommandError(
      263,
      'Stage not supported inside of a multi-document transaction: $collStats',
    );
  const namespace = namespaceIn(context, command.aggregate);
  const run = compilePipeline(rest, pipelineContextOf(context, variablesOf(context)));
  const stats = await collectionStats(context, namespace, stageParts(first)[1]);
  return startCursor(context, namespace, encoded(run(inOneBatch([stats]))), {});
}

interface AggregatePlan {
  namespace: string;
  /** The leading stages as one search; undefined when the pipeline reads no collection. */
  search: FindRequest | undefined;
  /** The $match, $skip and $limit that come after the search: they too leave out whole records. */
  sieves: Sieve[];
  /** The stages that are left after those. */
  stages: unknown[];
  run: Stage;
}

function pipelineOf({ pipeline }: Document): unknown[] {
  if (!Array.isArray(pipeline))
    throw new CommandError(14, "'pipeline' option must be specified as an array");
  return pipeline;
}

/** Takes leading $match, $sort, $skip and $limit into the search, where indexes serve them. */
export function planAggregate(context: CommandContext, asked: unknown[]): AggregatePlan {
  const { command, databaseName } = context;
  const isCollectionless = isNumeric(command.aggregate) && toNumber(command.aggregate) === 1;
  const pipeline = isCollectionless ? withSessions(context, asked) : asked;
  const namespace = isCollectionless
    ? `${databaseName}.$cmd.aggregate`
    : namespaceIn(context, command.aggregate);
  const variables = variablesOf(context);
  const pipelineContext = pipelineContextOf(context, variables);
  // Compiled whole, so that a bad stage is refused even when it would be taken into the search.
  compilePipeline(pipeline, pipelineContext);
  const [first] = pipeline.length > 0 ? stageParts(pipeline[0]) : [''];
  if (isCollectionless && first !== '$documents')
    throw new CommandError(
      73,
      `{aggregate: 1} is not valid for '${first}'; a collection is required.`,
    );
  const { search, sieves, stages } = isCollectionless
    ? { search: undefined, sieves: [], stages: pipeline }
    : leadingSearch(pipeline, {
        filter: {},
        hint: command.hint,
        collation: command.collation,
        variables,
        scratch: scratchOf(context),
      });
  return { namespace, search, sieves, stages, run: compilePipeline(stages, pipelineContext) };
}

/** The sessions in the place of the stage that lists them. */
function withSessions({ database }: CommandContext, pipeline: unknown[]): unknown[] {
  const [first, ...others] = pipeline;
  if (!isDocument(first) || !('$listLocalSessions' in first)) return pipeline;
  if (equalityKey(first) !== equalityKey({ $listLocalSessions: {} }))
    throw notSupported('$listLocalSessions with options');
  return [{ $documents: { $literal: database.sessions.list() } }, ...others];
}

function leadingSearch(
  pipeline: unknown[],
  start: FindRequest,
): { search: FindRequest; sieves: Sieve[]; stages: unknown[] } {
  const search: FindRequest = { ...start };
  const filters: Document[] = [];
  let taken = 0;
  const next = () =>
    taken < pipeline.length ? stageParts(pipeline[taken]) : (['', undefined] as const);
  for (let [name, spec] = next(); name === '$match'; [name, spec] = next()) {
    filters.push(documentOr(spec, {}, '$match'));
    taken++;
  }
  const [name, spec] = next();
  if (name === '$sort') {
    checkSort(spec);
    search.sort = spec;
    taken++;
  }
  if (next()[0] === '$skip') search.skip = pipelineNumber(stageParts(pipeline[taken++])[1]);
  if (next()[0] === '$limit') search.limit = pipelineNumber(stageParts(pipeline[taken++])[1]);
  const [only] = filters;
  if (filters.length === 1 && only) search.filter = only;
  else if (filters.length > 1) search.filter = { $and: filters };
  const sieves: Sieve[] = [];
  for (let sieve = sieveOf(next()); sieve; sieve = sieveOf(next())) {
    sieves.push(sieve);
    taken++;
  }
  search.fields = fieldsRead(next());
  return { search, sieves, stages: pipeline.slice(taken) };
}

function sieveOf([name, spec]: readonly [string, unknown]): Sieve | undefined {
  if (name === '$match') return { filter: documentOr(spec, {}, '$match') };
  if (name === '$skip') return { skip: pipelineNumber(spec) };
  if (name === '$limit') return { limit: pipelineNumber(spec) };
  return undefined;
}

/** All that a grouping looks at; other stages may look at anything. */
function fieldsRead([name, spec]: readonly [string, unknown]): NeededFields | undefined {
  const isGrouping = name === '$group' || name === '$sortByCount' || name === '$bucket';
  return isGrouping ? new NeededFields().addExpression(spec) : undefined;
}

function pipelineNumber(value: unknown): number {
  return isNumeric(value) ? toNumber(value) : 0;
}

function pipelineContextOf(context: CommandContext, variables: Document): PipelineContext {
  return {
    variables,
    collator: collatorOf(context.command.collation),
    scratch: scratchOf(context),
    find: (collection, filter, inner) =>
      documentsOf(
        searchFor(context, namespaceIn(context, collection), { filter, variables: inner }),
      ),
  };
}

function searchFor(
  context: CommandContext,
  namespace: string,
  search: FindRequest,
): Batches<Found> {
  return findDocuments(readerOf(context), findCollection(context, namespace), search);
}

function* documentsOf(batches: Batches<Found>): Batches<Document> {
  for (const batch of batches) yield batch.map(({ document }) => document);
}

const COUNT_ALL = equalityKey({ $sum: 1 });

/** countDocuments() sends a $group that only counts: the index can often tell without reading. */
async function countOnly(
  context: CommandContext,
  { namespace, search, sieves, stages }: AggregatePlan,
): Promise<Document[] | undefined> {
  if (!search || sieves.length > 0 || stages.length !== 1) return undefined;
  const [name, spec] = stageParts(stages[0]);
  if (name !== '$group' || !isDocument(spec)) return undefined;
  const [id, counter, ...others] = Object.keys(spec);
  if (id !== '_id' || counter === undefined || others.length > 0) return undefined;
  const isConstant = spec._id === null || isNumeric(spec._id);
  if (!isConstant || equalityKey(spec[counter]) !== COUNT_ALL) return undefined;
  const count = await countMatching(context, namespace, search);
  return count > 0 ? [{ _id: spec._id, [counter]: count }] : [];
}
