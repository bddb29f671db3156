import { CommandError } from '../errors.ts';
import type { Batches } from '../query/batches.ts';
import { checkMemory, type ScratchFile } from '../storage/scratch.ts';
import { compareValues } from '../values/compare.ts';
import { decodeDocument } from '../values/decode.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, setField, typeName, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { accumulatorOf, type Accumulator, type MakeAccumulator } from './accumulators.ts';
import { compileExpression, scopeOf, type Evaluate, type Scope } from './expressions/compile.ts';
import { sortStage } from './select.ts';
import type { Stage, StageBuilder, StageContext } from './stage.ts';

const GROUP_OVERHEAD = 600;
const SPILL_PARTS = 16;
const BATCH_LENGTH = 128;

interface GroupField {
  name: string;
  make: MakeAccumulator;
  evaluate: Evaluate;
}

/** Documents whose groups wait for their turn. */
interface Spilled {
  file: ScratchFile;
  depth: number;
}

interface Source {
  documents: Batches<Document>;
  depth: number;
}

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

/** Compiles the accumulators of $group and its kin. Throws 40234 and 15952. */
function compileFields(spec: Document): GroupField[] {
  return Object.entries(spec).map(([name, accumulator]) => {
    const [entry, ...others] = isDocument(accumulator) ? Object.entries(accumulator) : [];
    if (!entry || others.length > 0)
      throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
    const [operator, argument] = entry;
    return {
      name,
      make: accumulatorOf(operator),
      // $count takes an empty object and counts documents.
      evaluate: operator === '$count' ? () => 1 : compileExpression(argument),
    };
  });
}

/** Groups as documents stream by: memory grows with the groups, not with the documents, and only so far. */
function grouping(
  keyOf: (scope: Scope) => unknown,
  fields: GroupField[],
  { variables, scratch }: StageContext,
): Stage {
  return function* (input: Batches<Document>) {
    const waiting: Spilled[] = [];
    try {
      for (let source: Source | undefined = { documents: input, depth: 0 }; source;) {
        const { documents, depth }: Source = source;
        const parts = new Map<number, Spilled>();
        const groups = new Map<string, Group>();
        let bytes = 0;
        const grow = (more: number) => {
          bytes += more;
        };
        for (const batch of documents) {
          for (const document of batch) {
            const scope = scopeOf(document, variables);
            const id = keyOf(scope) ?? null;
            const key = equalityKey(id);
            let group = groups.get(key);
            if (!group && bytes > scratch.memory) {
              const part = partOf(key, depth);
              const spilled = parts.get(part) ?? { file: scratch.open(), depth: depth + 1 };
              if (!parts.has(part)) waiting.push(spilled);
              parts.set(part, spilled);
              spilled.file.append(encodeDocument(document));
              continue;
            }
            if (!group) {
              group = { id, accumulators: fields.map(({ make }) => make(grow)) };
              groups.set(key, group);
              bytes += GROUP_OVERHEAD + key.length;
            }
            for (const [i, accumulator] of group.accumulators.entries())
              accumulator.add(fields[i]?.evaluate(scope));
          }
          // Known groups may grow while the others wait, but only so far.
          checkMemory(bytes, scratch);
          yield [];
        }
        yield* resultsOf(groups, fields);
        const next = waiting.pop();
        source = next && { documents: documentsIn(next.file), depth: next.depth };
      }
    } finally {
      for (const { file } of waiting) file.close();
    }
  };
}

/** Which of the files a group waits in; other ones at every depth, so that each pass divides anew. */
function partOf(key: string, depth: number): number {
  let hash = depth;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x5bd1e995);
  return (hash >>> 16) % SPILL_PARTS;
}

function* resultsOf(groups: Map<string, Group>, fields: GroupField[]): Batches<Document> {
  for (const batch of inBatches(groups.values()))
    yield batch.map(({ id, accumulators }) => {
      const result: Document = { _id: id };
      for (const [i, accumulator] of accumulators.entries())
        setField(result, fields[i]?.name ?? '', accumulator.result());
      return result;
    });
}

/** The documents of a file, which is gone after that. */
function* documentsIn(file: ScratchFile): Batches<Document> {
  try {
    for (const records of inBatches(file.read(0, file.end)))
      yield records.map((record) => decodeDocument(record));
  } finally {
    file.close();
  }
}

function* inBatches<T>(items: Iterable<T>): Batches<T> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

export const groupStage: StageBuilder = (spec, context) => {
  if (!isDocument(spec))
    throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!('_id' in spec)) throw new CommandError(15955, 'a group specification must include an _id');
  const { _id, ...fields } = spec;
  return grouping(compileExpression(_id), compileFields(fields), context);
};

export const sortByCountStage: StageBuilder = (spec, context) => {
  const group = groupStage({ _id: spec, count: { $sum: 1 } }, context);
  const sort = sortStage({ count: -1 }, context);
  return (input) => sort(group(input));
};

export const bucketStage: StageBuilder = (spec, context) => {
  if (!isDocument(spec) || !Array.isArray(spec.boundaries) || spec.boundaries.length < 2)
    throw new CommandError(
      40192,
      "The $bucket 'boundaries' field must be an array of at least 2 values",
    );
  const boundaries: unknown[] = spec.boundaries;
  const evaluate = compileExpression(spec.groupBy);
  const bucketOf = (scope: Scope) => {
    const value = evaluate(scope);
    const above = boundaries.findIndex((boundary) => compareValues(value, boundary) < 0);
    if (above > 0 && value !== undefined) return boundaries[above - 1];
    if (!('default' in spec))
      throw new CommandError(
        40066,
        `$switch could not find a matching branch for an input, and no default was specified (${typeName(value)}).`,
      );
    return spec.default;
  };
  const output = isDocument(spec.output) ? spec.output : { count: { $sum: 1 } };
  const group = grouping(bucketOf, compileFields(output), context);
  const sort = sortStage({ _id: 1 }, context);
  return (input) => sort(group(input));
};
