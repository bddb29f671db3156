import { CommandError, notSupported } from '../errors.ts';
import { checkSort, Sorter } from '../query/sort.ts';
import { isDocument, isNumeric, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { toNumber } from '../values/numbers.ts';
import { withValueAt } from '../values/paths.ts';
import { accumulate, accumulatorOf } from './accumulators.ts';
import { compileExpression, scopeOf } from './expressions/compile.ts';
import type { PipelineContext, StageBuilder } from './stage.ts';
import { gather } from './select.ts';

/** One partition's documents, in order, with the sort key of each as text. */
interface Partition {
  documents: Document[];
  sortKeys: string[];
}

/** The output values of a partition, one for each document. */
type Output = (partition: Partition) => unknown[];

/** $setWindowFields over ranks and over windows bounded in documents. */
export const windowStage: StageBuilder = (spec, context) => {
  if (!isDocument(spec) || !isDocument(spec.output))
    throw new CommandError(9, '$setWindowFields requires an output object');
  const { partitionBy = null, sortBy } = spec;
  checkSort(sortBy);
  const sorter = sortBy ? new Sorter(sortBy, context.collator) : undefined;
  const partitionOf = compileExpression(partitionBy);
  const outputs = Object.entries(spec.output).map(([path, output]) => ({
    parts: path.split('.'),
    values: compileOutput(output, context),
  }));
  return function* (input) {
    const partitions = new Map<string, Document[]>();
    for (const document of yield* gather(input, context.scratch)) {
      const key = equalityKey(partitionOf(scopeOf(document, context.variables)));
      const known = partitions.get(key);
      if (known) known.push(document);
      else partitions.set(key, [document]);
    }
    for (const documents of partitions.values()) {
      const sorted = sorter ? sorter.sortDocuments(documents) : documents;
      const sortKeys = sorted.map((document) => equalityKey(sorter?.keyOf(document)));
      const columns = outputs.map(({ values }) => values({ documents: sorted, sortKeys }));
      yield sorted.map((document, row) =>
        outputs.reduce(
          (result, { parts }, i) => withValueAt(result, parts, columns[i]?.[row]) as Document,
          document,
        ),
      );
    }
  };
};

function compileOutput(output: unknown, { variables }: PipelineContext): Output {
  const entries = isDocument(output) ? Object.entries(output) : [];
  const operators = entries.filter(([name]) => name !== 'window');
  const [entry] = operators;
  if (!entry || operators.length > 1)
    throw new CommandError(9, 'each $setWindowFields output must have exactly one function');
  const [operator, argument] = entry;
  if (operator === '$rank') return ({ sortKeys }) => ranks(sortKeys, false);
  if (operator === '$denseRank') return ({ sortKeys }) => ranks(sortKeys, true);
  if (operator === '$documentNumber') return ({ documents }) => documents.map((_, i) => i + 1);
  const [first, last] = windowBounds(isDocument(output) ? output.window : undefined);
  const make = accumulatorOf(operator);
  const evaluate = operator === '$count' ? () => 1 : compileExpression(argument);
  return ({ documents }) => {
    const values = documents.map((document) => evaluate(scopeOf(document, variables)));
    return values.map((_, i) =>
      accumulate(make, values.slice(Math.max(0, i + first), Math.max(0, i + last + 1))),
    );
  };
}

function ranks(sortKeys: string[], isDense: boolean): number[] {
  let rank = 0;
  return sortKeys.map((key, i) => {
    if (i === 0 || key !== sortKeys[i - 1]) rank = isDense ? rank + 1 : i + 1;
    return rank;
  });
}

/** Offsets from the current document, both inclusive. */
function windowBounds(window: unknown): [first: number, last: number] {
  if (window === undefined) return [-Infinity, Infinity];
  if (!isDocument(window) || !Array.isArray(window.documents))
    throw notSupported('A window that is not bounded in documents');
  const [first, last] = window.documents.map((bound: unknown) => {
    if (bound === 'current') return 0;
    return isNumeric(bound) ? toNumber(bound) : undefined;
  });
  return [first ?? -Infinity, last ?? Infinity];
}
