import { Timestamp } from 'bson';
import { CommandError } from '../errors.ts';
import { compareValues } from '../values/compare.ts';
import { isDocument, isNumeric, numberType, typeName, type Numeric } from '../values/kinds.ts';
import { calculate, integerOf, intOrLong, longOf } from '../values/numbers.ts';
import { cloneValue } from '../values/paths.ts';
import { addToSet, pop, pull, pullAll, push } from './array-operators.ts';
import { KEEP, type UpdateOperator } from './operator.ts';

function arithmetic(name: '$inc' | '$mul', operator: '+' | '*'): UpdateOperator {
  const verb = name === '$inc' ? 'increment' : 'multiply';
  return (argument, { path }) => {
    if (!isNumeric(argument))
      throw new CommandError(
        14,
        `Cannot ${verb} with non-numeric argument: {${path}: ${typeName(argument)}}`,
      );
    return (current) => {
      if (current === undefined) return name === '$inc' ? argument : calculate(argument, 0, '*');
      if (!isNumeric(current))
        throw new CommandError(
          14,
          `Cannot apply ${name} to a value of non-numeric type. {path: ${path}} has the field '${path}' of non-numeric type ${typeName(current)}`,
        );
      return calculateOrFail(current, argument, operator, name);
    };
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

const currentDate: UpdateOperator = (argument) => {
  const type = isDocument(argument) ? argument.$type : argument;
  if (typeof type === 'boolean' || type === 'date') return (_current, now) => now;
  if (type === 'timestamp')
    return (_current, now) => new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw new CommandError(2, "The '$type' string field is required to be 'date' or 'timestamp'");
};

const BIT_OPERATIONS: Readonly<Record<string, (bits: bigint, operand: bigint) => bigint>> = {
  and: (bits, operand) => bits & operand,
  or: (bits, operand) => bits | operand,
  xor: (bits, operand) => bits ^ operand,
};

const bit: UpdateOperator = (argument, { path }) => {
  const entries = isDocument(argument) ? Object.entries(argument) : [];
  if (entries.length === 0)
    throw new CommandError(
      2,
      'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
    );
  const operations = entries.map(([name, operand]) => {
    const operation = Object.hasOwn(BIT_OPERATIONS, name) ? BIT_OPERATIONS[name] : undefined;
    if (!operation)
      throw new CommandError(2, "The $bit modifier only supports 'and', 'or', and 'xor'");
    if (!isWhole(operand))
      throw new CommandError(2, 'The $bit modifier field must be an Integer(32/64 bit)');
    return { operation, operand };
  });
  return (current = 0) => {
    if (!isWhole(current))
      throw new CommandError(
        2,
        `Cannot apply $bit to a value of non-integral type. ${path} has type ${typeName(current)}`,
      );
    const bits = operations.reduce(
      (result, { operation, operand }) => operation(result, integerOf(operand)),
      integerOf(current),
    );
    const isLong = [current, ...operations.map(({ operand }) => operand)].some(
      (value) => numberType(value) === 'long',
    );
    return isLong ? longOf(bits) : intOrLong(bits);
  };
};

function isWhole(value: unknown): value is Numeric {
  return isNumeric(value) && ['int', 'long'].includes(numberType(value));
}

const set: UpdateOperator = (argument) => (current) =>
  // The same value with another number type is still a change, so only identity is kept.
  Object.is(current, argument) ? KEEP : cloneValue(argument ?? null);

/** $min and $max: takes the argument when it lies on the wanted side of the value. */
function extreme(side: 1 | -1): UpdateOperator {
  return (argument, { collator }) =>
    (current) =>
      current === undefined || compareValues(argument, current, collator) * side > 0
        ? cloneValue(argument)
        : KEEP;
}

export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: set,
  $setOnInsert: set,
  $unset: () => () => undefined,
  $inc: arithmetic('$inc', '+'),
  $mul: arithmetic('$mul', '*'),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $bit: bit,
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};
