import type { Batches } from '../query/batches.ts';
import type { Scratch } from '../storage/scratch.ts';
import type { Collator } from '../values/compare.ts';
import type { Document } from '../values/kinds.ts';

/** What a pipeline can reach beyond the documents that pass through it. */
export interface PipelineContext {
  variables: Document;
  collator: Collator | undefined;
  scratch: Scratch;
  /** Documents of another collection of the same database. */
  find(collection: string, filter: Document, variables: Document): Batches<Document>;
}

/** What a stage is given: some hold pipelines of their own, which they compile. */
export interface StageContext extends PipelineContext {
  compile(pipeline: readonly unknown[], context: PipelineContext): Stage;
}

/** A compiled stage. Batches flow through it; an empty one is only a place to pause. */
export type Stage = (input: Batches<Document>) => Batches<Document>;

export type StageBuilder = (spec: unknown, context: StageContext) => Stage;
