import { Timestamp } from 'bson';
import { CommandError } from '../errors.ts';
import { compareValues } from '../values/compare.ts';
import { isDocument, isNumeric, numberType, typeName, type Numeric } from '../values/kinds.ts';
import { calculate, integerOf, intOrLong, isIntegral, longOf } from '../values/numbers.ts';
import { cloneValue } from '../values/paths.ts';
import { addToSet, pop, pull, pullAll, push } from './array-operators.ts';
import { KEEP } from './change-at.ts';
import type { UpdateOperator } from './operator.ts';

function arithmetic(name: '$inc' | '$mul', operator: '+' | '*'): UpdateOperator {
  const verb = name === '$inc' ? 'increment' : 'multiply';
  return (current, argument, { path }) => {
    if (!isNumeric(argument))
      throw new CommandError(
        14,
        `Cannot ${verb} with non-numeric argument: {${path}: ${typeName(argument)}}`,
      );
    if (current === undefined) return name === '$inc' ? argument : calculate(argument, 0, '*');
    if (!isNumeric(current))
      throw new CommandError(
        14,
        `Cannot apply ${name} to a value of non-numeric type. {path: ${path}} has the field '${path}' of non-numeric type ${typeName(current)}`,
      );
    return calculateOrFail(current, argument, operator, name);
  };
}

function calculateOrFail(a: Numeric, b: Numeric, operator: '+' | '*', name: string): Numeric {
  try {
    return calculate(a, b, operator);
  } catch {
    throw new CommandError(
      2,
      `Failed to apply ${name} operations to current value (${a.toString()})`,
    );
  }
}

const currentDate: UpdateOperator = (_current, argument, { now }) => {
  const type = isDocument(argument) ? argument.$type : argument;
  if (typeof type === 'boolean' || type === 'date') return now;
  if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw new CommandError(2, "The '$type' string field is required to be 'date' or 'timestamp'");
};

const bit: UpdateOperator = (current = 0, argument, { path }) => {
  if (!isNumeric(current) || !isIntegral(current) || numberType(current) === 'double')
    throw new CommandError(
      2,
      `Cannot apply $bit to a value of non-integral type. ${path} has type ${typeName(current)}`,
    );
  const entries = isDocument(argument) ? Object.entries(argument) : [];
  let result = integerOf(current);
  let isLong = numberType(current) === 'long';
  for (const [name, operand] of entries) {
    if (!isNumeric(operand) || !isIntegral(operand))
      throw new CommandError(2, 'The $bit modifier field must be an Integer(32/64 bit)');
    const bits = integerOf(operand);
    isLong ||= numberType(operand) === 'long';
    if (name === 'and') result &= bits;
    else if (name === 'or') result |= bits;
    else if (name === 'xor') result ^= bits;
    else throw new CommandError(2, "The $bit modifier only supports 'and', 'or', and 'xor'");
  }
  return isLong ? longOf(result) : intOrLong(result);
};

const set: UpdateOperator = (current, argument) => {
  // The same value with another number type is still a change, so only identity is kept.
  if (current === argument) return KEEP;
  return argument === undefined ? null : cloneValue(argument);
};

const rename: UpdateOperator = () => KEEP;

export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: set,
  $setOnInsert: set,
  $unset: () => undefined,
  $inc: arithmetic('$inc', '+'),
  $mul: arithmetic('$mul', '*'),
  $min: (current, argument) =>
    current === undefined || compareValues(argument, current) < 0 ? argument : KEEP,
  $max: (current, argument) =>
    current === undefined || compareValues(argument, current) > 0 ? argument : KEEP,
  $currentDate: currentDate,
  $bit: bit,
  $rename: rename,
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};
