import { Long } from 'bson';
import { CommandError } from '../errors.ts';
import { compileProjection } from '../query/projection.ts';
import { isDocument, isNullish, type Document } from '../values/kinds.ts';
import { valueAtPath, withValueAt } from '../values/paths.ts';
import { compileExpression, scopeOf, type Evaluate } from './expressions/compile.ts';
import type { StageBuilder } from './stage.ts';
import { mapEach } from './select.ts';

export const addFieldsStage: StageBuilder = (spec, { variables }) => {
  if (!isDocument(spec))
    throw new CommandError(40272, '$addFields specification stage must be an object');
  const fields: [parts: string[], evaluate: Evaluate][] = [];
  collectFields(spec, [], fields);
  return (input) =>
    mapEach(input, (document) => {
      const scope = scopeOf(document, variables);
      return fields.reduce(
        (result, [parts, evaluate]) => withValueAt(result, parts, evaluate(scope)) as Document,
        document,
      );
    });
};

/** A nested object adds to what is there; an expression replaces it. */
function collectFields(
  spec: Document,
  before: string[],
  out: [parts: string[], evaluate: Evaluate][],
): void {
  for (const [path, value] of Object.entries(spec)) {
    const parts = [...before, ...path.split('.')];
    const [first] = isDocument(value) ? Object.keys(value) : [];
    if (isDocument(value) && first !== undefined && !first.startsWith('$'))
      collectFields(value, parts, out);
    else out.push([parts, compileExpression(value)]);
  }
}

export const projectStage: StageBuilder = (spec, { variables }) => {
  if (!isDocument(spec) || Object.keys(spec).length === 0)
    throw new CommandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  const projection = compileProjection(spec, { variables, isStage: true });
  return (input) => mapEach(input, (document) => projection.apply(document));
};

export const unsetStage: StageBuilder = (spec, context) => {
  const paths: unknown[] = Array.isArray(spec) ? spec : [spec];
  if (!paths.length || !paths.every((path) => typeof path === 'string' && path !== ''))
    throw new CommandError(31002, '$unset specification must be a string or an array of strings');
  return projectStage(Object.fromEntries(paths.map((path) => [path, false])), context);
};

export const replaceRootStage: StageBuilder = (spec, { variables }) => {
  if (!isDocument(spec) || !('newRoot' in spec))
    throw new CommandError(40231, 'no newRoot specified for the $replaceRoot stage');
  const evaluate = compileExpression(spec.newRoot);
  return (input) =>
    mapEach(input, (document) => {
      const root = evaluate(scopeOf(document, variables));
      if (!isDocument(root))
        throw new CommandError(40228, "'newRoot' expression must evaluate to an object");
      return root;
    });
};

export const unwindStage: StageBuilder = (spec) => {
  const options: Document = isDocument(spec) ? spec : { path: spec };
  const { path, includeArrayIndex, preserveNullAndEmptyArrays } = options;
  if (typeof path !== 'string' || !path.startsWith('$'))
    throw new CommandError(28818, "path option to $unwind stage should be prefixed with a '$'");
  const parts = path.slice(1).split('.');
  const withIndex = (document: Document, index: Long | null): Document =>
    typeof includeArrayIndex === 'string'
      ? (withValueAt(document, includeArrayIndex.split('.'), index) as Document)
      : document;
  const unwind = (document: Document): Document[] => {
    const value = valueAtPath(document, parts);
    if (Array.isArray(value) && value.length > 0)
      return value.map((element, i) =>
        withIndex(withValueAt(document, parts, element) as Document, Long.fromNumber(i)),
      );
    if (!Array.isArray(value) && !isNullish(value)) return [withIndex(document, null)];
    if (preserveNullAndEmptyArrays !== true) return [];
    const kept = Array.isArray(value) ? withValueAt(document, parts, undefined) : document;
    return [withIndex(kept as Document, null)];
  };
  return function* (input) {
    for (const batch of input) yield batch.flatMap(unwind);
  };
};
