import { CommandError } from '../../errors.ts';
import {
  fieldOf,
  isDocument,
  isNullish,
  removeField,
  setField,
  type Document,
} from '../../values/kinds.ts';
import { accumulate, accumulatorOf } from '../accumulators.ts';
import {
  asArray,
  asText,
  named,
  positional,
  strict,
  type Builder,
  type Builders,
} from './builder.ts';

function arrayToObject(array: unknown): Document {
  const result: Document = {};
  for (const entry of asArray(array, '$arrayToObject')) {
    const [name, value] = Array.isArray(entry)
      ? (entry as unknown[])
      : isDocument(entry)
        ? [entry.k, entry.v]
        : [];
    setField(result, asText(name, '$arrayToObject'), value);
  }
  return result;
}

const getField: Builder = (argument, compile) => {
  const { field, input = '$$CURRENT' } =
    isDocument(argument) && 'field' in argument ? argument : { field: argument };
  const name = compile(field);
  const source = compile(input);
  return (scope) => {
    const value = source(scope);
    return isDocument(value) ? fieldOf(value, asText(name(scope), '$getField')) : undefined;
  };
};

function setFieldTo({ field, input, value }: Document): unknown {
  if (isNullish(input)) return null;
  if (!isDocument(input)) throw new CommandError(4161105, '$setField requires an object input');
  const name = asText(field, '$setField');
  const changed = { ...input };
  if (value === undefined) removeField(changed, name);
  else setField(changed, name, value);
  return changed;
}

/** $sum and its kin over one array or several values, as expressions. */
function overValues(operator: string): Builder {
  const make = accumulatorOf(operator);
  return positional(0, Infinity, (...values) => {
    const [only] = values;
    const list = values.length === 1 && Array.isArray(only) ? (only as unknown[]) : values;
    return accumulate(make, list);
  });
}

/** $first and $last take an array. */
function endOf(index: 0 | -1): Builder {
  return strict(1, 1, (array) => asArray(array, index === 0 ? '$first' : '$last').at(index));
}

export const objectOperators: Builders = {
  $mergeObjects: overValues('$mergeObjects'),
  $objectToArray: strict(1, 1, (value) => {
    if (!isDocument(value))
      throw new CommandError(40390, '$objectToArray requires a document input');
    return Object.entries(value).map(([k, v]) => ({ k, v }));
  }),
  $arrayToObject: strict(1, 1, arrayToObject),
  $getField: getField,
  $setField: named(['field', 'input', 'value'], [], setFieldTo),
  $sum: overValues('$sum'),
  $avg: overValues('$avg'),
  $min: overValues('$min'),
  $max: overValues('$max'),
  $first: endOf(0),
  $last: endOf(-1),
};
