import { CommandError, notSupported } from '../errors.ts';
import { collect, inOneBatch } from '../query/batches.ts';
import { NeededFields } from '../query/needed-fields.ts';
import { MEMORY_ONLY } from '../storage/scratch.ts';
import type { Collator } from '../values/compare.ts';
import { fieldOf, isDocument, type Document } from '../values/kinds.ts';
import { bucketStage, groupStage, sortByCountStage } from './group.ts';
import { graphLookupStage, lookupStage, unionStage } from './join.ts';
import {
  addFieldsStage,
  projectStage,
  replaceRootStage,
  unsetStage,
  unwindStage,
} from './reshape.ts';
import {
  countStage,
  documentsStage,
  facetStage,
  limitStage,
  matchStage,
  sampleStage,
  skipStage,
  sortStage,
} from './select.ts';
import type { PipelineContext, Stage, StageBuilder } from './stage.ts';
import { windowStage } from './window.ts';

const STAGES: Readonly<Record<string, StageBuilder>> = {
  $match: matchStage,
  $sort: sortStage,
  $skip: skipStage,
  $limit: limitStage,
  $count: countStage,
  $sample: sampleStage,
  $facet: facetStage,
  $documents: documentsStage,
  $group: groupStage,
  $bucket: bucketStage,
  $sortByCount: sortByCountStage,
  $addFields: addFieldsStage,
  $set: addFieldsStage,
  $project: projectStage,
  $unset: unsetStage,
  $replaceRoot: replaceRootStage,
  $replaceWith: (spec, context) => replaceRootStage({ newRoot: spec }, context),
  $unwind: unwindStage,
  $lookup: lookupStage,
  $graphLookup: graphLookupStage,
  $unionWith: unionStage,
  $setWindowFields: windowStage,
};

/** Real stages that the engine does not have, refused as such. */
const UNSUPPORTED = new Set(
  `$bucketAuto $changeStream $changeStreamSplitLargeEvent $currentOp $densify $fill $geoNear
  $indexStats $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions
  $planCacheStats $redact $search $searchMeta $vectorSearch`.split(/\s+/),
);

/** The options of stages that have any: another one is refused, as it would be ignored. */
const OPTIONS: Readonly<Record<string, string>> = {
  $bucket: 'groupBy boundaries default output',
  $graphLookup:
    'from startWith connectFromField connectToField as maxDepth depthField restrictSearchWithMatch',
  $lookup: 'from localField foreignField let pipeline as',
  $replaceRoot: 'newRoot',
  $sample: 'size',
  $setWindowFields: 'partitionBy sortBy output',
  $unionWith: 'coll pipeline',
  $unwind: 'path includeArrayIndex preserveNullAndEmptyArrays',
};

function checkOptions(name: string, spec: unknown): void {
  const options = fieldOf(OPTIONS, name)?.split(' ');
  if (!options || !isDocument(spec)) return;
  const unknown = Object.keys(spec).find((option) => !options.includes(option));
  if (unknown !== undefined)
    throw new CommandError(40415, `BSON field '${name}.${unknown}' is an unknown field.`);
}

/** These follow a collation, or compare nothing. */
const COLLATED = new Set(
  '$match $sort $skip $limit $count $unwind $unset $sample $facet'.split(' '),
);
/** And these, as long as they look at no field. */
const COLLATED_CONSTANTS = new Set('$group $project $addFields $set $documents'.split(' '));

function followsCollation(name: string, spec: unknown): boolean {
  if (COLLATED.has(name)) return true;
  const looked = new NeededFields().addExpression(spec).result();
  return COLLATED_CONSTANTS.has(name) && looked?.names.size === 0;
}

/** A stage's name and argument. Throws 40323 when it is not an object with one field. */
export function stageParts(stage: unknown): [name: string, spec: unknown] {
  const [entry, ...others] = isDocument(stage) ? Object.entries(stage) : [];
  if (!entry || others.length > 0)
    throw new CommandError(
      40323,
      'A pipeline stage specification object must contain exactly one field.',
    );
  return entry;
}

/** Compiles a pipeline into one stage. Throws 40324 for unknown stages. */
export function compilePipeline(pipeline: readonly unknown[], context: PipelineContext): Stage {
  const stages = pipeline.map((stage) => {
    const [name, spec] = stageParts(stage);
    if (name === '$out' || name === '$merge')
      throw new CommandError(40601, `${name} can only be the final stage in the pipeline`);
    if (name === '$collStats')
      throw new CommandError(40602, `${name} is only valid as the first stage in a pipeline.`);
    if (UNSUPPORTED.has(name)) throw notSupported(`The ${name} stage`);
    if (context.collator && !followsCollation(name, spec))
      throw notSupported(`A collation with the ${name} stage`);
    const build = fieldOf(STAGES, name);
    if (!build) throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
    checkOptions(name, spec);
    return build(spec, { ...context, compile: compilePipeline });
  });
  return (input) => stages.reduce((batches, stage) => stage(batches), input);
}

/** What a pipeline makes of one document, which is all that it may read. */
export function changeByPipeline(
  document: Document,
  pipeline: readonly unknown[],
  variables: Document,
  collator?: Collator,
): Document | undefined {
  const run = compilePipeline(pipeline, {
    variables,
    collator,
    scratch: MEMORY_ONLY,
    find: () => {
      throw notSupported('Reading other collections in an update');
    },
  });
  return collect(run(inOneBatch([document])))[0];
}
