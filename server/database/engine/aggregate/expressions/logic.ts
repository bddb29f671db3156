import { MinKey } from 'bson';
import { CommandError, notSupported } from '../../errors.ts';
import { compareValues } from '../../values/compare.ts';
import { isDocument, isNullish } from '../../values/kinds.ts';
import { equalityKey } from '../../values/keys.ts';
import {
  asArray,
  compileNamed,
  positional,
  withVariables,
  type Builder,
  type Builders,
} from './builder.ts';
import { truthy } from './truth.ts';

/** In expressions missing is less than everything but MinKey, null included. */
function compareInExpression(left: unknown, right: unknown): number {
  if (left !== undefined && right !== undefined) return compareValues(left, right);
  if (left === right) return 0;
  if (left === undefined) return right instanceof MinKey ? 1 : -1;
  return left instanceof MinKey ? -1 : 1;
}

function comparison(accepts: (order: number) => unknown): Builder {
  return positional(2, 2, (left, right) => accepts(compareInExpression(left, right)));
}

const condition: Builder = (argument, compile) => {
  const parts = isDocument(argument)
    ? [argument.if, argument.then, argument.else]
    : (argument as unknown[]);
  if (!Array.isArray(parts) || parts.length !== 3)
    throw new CommandError(16020, 'Expression $cond takes exactly 3 arguments.');
  const [test, then, otherwise] = [compile(parts[0]), compile(parts[1]), compile(parts[2])];
  return (scope) => (truthy(test(scope)) ? then(scope) : otherwise(scope));
};

const switchOver: Builder = (argument, compile) => {
  if (!isDocument(argument) || !Array.isArray(argument.branches))
    throw new CommandError(40061, "$switch expected an array for 'branches'");
  const branches = argument.branches.map((branch: unknown) => {
    if (!isDocument(branch) || !('case' in branch) || !('then' in branch))
      throw new CommandError(40064, "$switch requires each branch to have a 'case' and a 'then'");
    return { test: compile(branch.case), then: compile(branch.then) };
  });
  const otherwise = 'default' in argument ? compile(argument.default) : undefined;
  return (scope) => {
    const branch = branches.find(({ test }) => truthy(test(scope)));
    if (branch) return branch.then(scope);
    if (!otherwise)
      throw new CommandError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    return otherwise(scope);
  };
};

const letIn: Builder = (argument, compile) => {
  if (!isDocument(argument) || !isDocument(argument.vars) || !('in' in argument))
    throw new CommandError(16876, "$let needs 'vars' and 'in'");
  const names = Object.keys(argument.vars);
  const reserved = names.find((name) => !/^[a-z\P{ASCII}]/u.test(name));
  if (reserved !== undefined)
    throw reserved === 'CURRENT'
      ? notSupported('$let with CURRENT')
      : new CommandError(
          16867,
          `'${reserved}' starts with an invalid character for a user variable name`,
        );
  const variables = compileNamed(argument.vars, [], names, compile);
  const body = compile(argument.in);
  return (scope) =>
    body(
      withVariables(
        scope,
        Object.fromEntries(variables.map(([name, evaluate]) => [name, evaluate(scope)])),
      ),
    );
};

export const logicOperators: Builders = {
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: comparison((order) => Math.sign(order)),
  $and: positional(0, Infinity, (...values) => values.every(truthy)),
  $or: positional(0, Infinity, (...values) => values.some(truthy)),
  $not: positional(1, 1, (value) => !truthy(value)),
  $in: positional(2, 2, (value, array) => {
    const key = equalityKey(value);
    return asArray(array, '$in').some((element) => equalityKey(element) === key);
  }),
  $cond: condition,
  $switch: switchOver,
  $let: letIn,
  $ifNull: positional(2, Infinity, (...values) => {
    const found = values.find((value) => !isNullish(value));
    return found ?? values.at(-1);
  }),
  $literal: (argument) => () => argument,
};
