import { CommandError } from '../errors.ts';
import type { Batches } from '../query/find.ts';
import { compareValues } from '../values/compare.ts';
import { isDocument, setField, typeName, type Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { accumulatorOf, type Accumulator } from './accumulators.ts';
import { compileExpression, scopeOf, type Evaluate, type Scope } from './expressions/compile.ts';
import type { Stage, StageBuilder } from './stage.ts';

interface GroupField {
  name: string;
  make: () => Accumulator;
  evaluate: Evaluate;
}

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

/** Compiles the accumulators of $group and its kin. Throws 40234 and 15952. */
export function compileFields(spec: Document): GroupField[] {
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

/** Groups as documents stream by: memory grows with the groups, not with the documents. */
function grouping(
  keyOf: (scope: Scope) => unknown,
  fields: GroupField[],
  variables: Document,
  arrange: (groups: Group[]) => Group[] = (groups) => groups,
): Stage {
  return function* (input: Batches<Document>) {
    const groups = new Map<string, Group>();
    for (const batch of input) {
      for (const document of batch) {
        const scope = scopeOf(document, variables);
        const id = keyOf(scope) ?? null;
        const key = equalityKey(id);
        let group = groups.get(key);
        if (!group) {
          group = { id, accumulators: fields.map(({ make }) => make()) };
          groups.set(key, group);
        }
        for (const [i, accumulator] of group.accumulators.entries())
          accumulator.add(fields[i]?.evaluate(scope));
      }
      yield [];
    }
    yield arrange([...groups.values()]).map(({ id, accumulators }) => {
      const result: Document = { _id: id };
      for (const [i, accumulator] of accumulators.entries())
        setField(result, fields[i]?.name ?? '', accumulator.result());
      return result;
    });
  };
}

export const groupStage: StageBuilder = (spec, { variables }) => {
  if (!isDocument(spec))
    throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!('_id' in spec)) throw new CommandError(15955, 'a group specification must include an _id');
  const { _id, ...fields } = spec;
  return grouping(compileExpression(_id), compileFields(fields), variables);
};

export const sortByCountStage: StageBuilder = (spec, context) => {
  const group = groupStage({ _id: spec, count: { $sum: 1 } }, context);
  return function* (input) {
    for (const batch of group(input)) yield batch.sort((a, b) => compareValues(b.count, a.count));
  };
};

export const bucketStage: StageBuilder = (spec, { variables }) => {
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
  return grouping(bucketOf, compileFields(output), variables, (groups) =>
    groups.sort((a, b) => compareValues(a.id, b.id)),
  );
};
