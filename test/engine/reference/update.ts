import { BSON } from 'mongodb';
import { isElementMatching, isOperators, matches, meets } from './matcher.ts';
import { areSame, compare, copyOf, isFields, isNumber, type Fields } from './order.ts';
import { changedBits, changedNumber } from './arithmetic.ts';
import { Refused, Unknown } from './outcomes.ts';

export interface UpdateOptions {
  /** The element of the outermost array that the filter matched. */
  position?: number | undefined;
  arrayFilters?: Fields[] | undefined;
  isInsert?: boolean | undefined;
}

/** What an operator makes of a value; REMOVE takes the field away, KEEP leaves all as it is. */
type Change = (current: unknown, argument: unknown) => unknown;

const REMOVE = Symbol('remove');
const KEEP = Symbol('keep');

/** These do nothing where the path leads nowhere. */
const UNABLE_TO_CREATE = new Set(['$unset', '$pop', '$pull', '$pullAll']);

/** The document after an update by operators. Throws Refused. */
export function updated(document: Fields, update: Fields, options: UpdateOptions = {}): Fields {
  const result = copyOf(document) as Fields;
  const actions = Object.entries(update).flatMap(([operator, fields]) =>
    Object.entries(fields as Fields).map(([path, argument]) => ({ operator, path, argument })),
  );
  // New fields come in the order of their names, numbers by value.
  actions.sort((a, b) => comparePaths(targetOf(a).split('.'), targetOf(b).split('.')));
  for (const { operator, path, argument } of actions)
    if (operator === '$rename') rename(result, path.split('.'), String(argument).split('.'));
    else if (operator !== '$setOnInsert' || options.isInsert === true)
      change(result, path.split('.'), { operator, argument, ...options });
  return result;
}

interface Action {
  operator: string;
  path: string;
  argument: unknown;
}

function targetOf({ operator, path, argument }: Action): string {
  return operator === '$rename' ? String(argument) : path;
}

function comparePaths(left: string[], right: string[]): number {
  const at = left.findIndex((part, i) => part !== right[i]);
  const [a = '', b = ''] = [left[at], right[at]];
  if (at < 0 || right[at] === undefined) return left.length - right.length;
  return isIndex(a) && isIndex(b) ? Number(a) - Number(b) : a < b ? -1 : 1;
}

function isIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part);
}

interface Step extends UpdateOptions {
  operator: string;
  argument: unknown;
}

function change(container: unknown, [part = '', ...rest]: string[], step: Step): void {
  if (part.startsWith('$')) {
    changeElements(container, part, rest, step);
    return;
  }
  if (!isFields(container) && !(Array.isArray(container) && isIndex(part))) {
    if (step.operator !== '$unset') throw new Refused(28);
    return;
  }
  const holder = container as Fields;
  const isThere = Object.hasOwn(holder, part);
  if (!isThere && rest[0]?.startsWith('$')) throw new Refused(2);
  if (!isThere && UNABLE_TO_CREATE.has(step.operator)) return;
  if (rest.length === 0) {
    put(holder, part, OPERATORS[step.operator]?.(holder[part], step.argument));
    return;
  }
  const inner = isThere ? holder[part] : {};
  change(inner, rest, step);
  if (!isThere) put(holder, part, inner);
}

/** The positional operator, all elements, or those that an array filter lets through. */
function changeElements(container: unknown, part: string, rest: string[], step: Step): void {
  const { position } = step;
  if (part === '$' && position === undefined) throw new Refused(2);
  if (!Array.isArray(container)) throw part === '$' ? new Unknown() : new Refused(2);
  if (part === '$' && container.length <= Number(position)) throw new Unknown();
  const name = part.slice(2, -1);
  const filter = step.arrayFilters?.find((each) => Object.keys(each)[0]?.split('.')[0] === name);
  for (const i of container.keys())
    if (part === '$' ? i === position : name === '' || isLetThrough(name, container[i], filter))
      change(container, [String(i), ...rest], step);
}

function isLetThrough(name: string, element: unknown, filter: Fields | undefined): boolean {
  return matches({ [name]: element }, filter ?? {});
}

function put(holder: Fields | unknown[], part: string, value: unknown): void {
  if (value === KEEP) return;
  if (!Array.isArray(holder)) {
    if (value === REMOVE) Reflect.deleteProperty(holder, part);
    else holder[part] = value;
    return;
  }
  // An element that is removed leaves null, and so do the places before one that is added.
  while (holder.length < Number(part)) holder.push(null);
  holder[Number(part)] = value === REMOVE ? null : value;
}

/** Neither path of a rename may lead through an array. */
function rename(document: Fields, from: string[], to: string[]): void {
  const source = parentOf(document, from);
  const name = from.at(-1) ?? '';
  if (source === undefined) return;
  if (Array.isArray(source)) {
    if (!isIndex(name)) throw new Refused(28);
    if (Number(name) < source.length) throw new Refused(2);
    return;
  }
  if (!isFields(source)) throw new Refused(28);
  if (!Object.hasOwn(source, name)) return;
  if (isThroughArray(document, from) || isThroughArray(document, to)) throw new Refused(2);
  const value = source[name];
  change(document, to, { operator: '$set', argument: value });
  Reflect.deleteProperty(source, name);
}

function parentOf(document: Fields, path: string[]): unknown {
  let holder: unknown = document;
  for (const part of path.slice(0, -1)) {
    if (Array.isArray(holder) ? !isIndex(part) : !isFields(holder)) throw new Refused(28);
    holder = (holder as Fields)[part];
    if (holder === undefined) return undefined;
  }
  return holder;
}

function isThroughArray(document: Fields, path: string[]): boolean {
  let holder: unknown = document;
  for (const part of path) {
    if (Array.isArray(holder)) return true;
    holder = isFields(holder) ? holder[part] : undefined;
  }
  return false;
}

const set: Change = (_current, argument) => copyOf(argument);

const OPERATORS: Readonly<Record<string, Change>> = {
  $set: set,
  $setOnInsert: set,
  $unset: () => REMOVE,
  $min: (current, argument) =>
    current === undefined || compare(argument, current) < 0 ? argument : KEEP,
  $max: (current, argument) =>
    current === undefined || compare(argument, current) > 0 ? argument : KEEP,
  $inc: (current, argument) => {
    if (current === undefined) return argument;
    if (!isNumber(current)) throw new Refused(14);
    return changedNumber(current, argument, '+');
  },
  $mul: (current = new BSON.Int32(0), argument) => {
    if (!isNumber(current)) throw new Refused(14);
    return changedNumber(current, argument, '*');
  },
  $bit: (current = new BSON.Int32(0), argument) => {
    if (!isNumber(current) || current instanceof BSON.Double || current instanceof BSON.Decimal128)
      throw new Refused(2);
    return changedBits(current, argument as Fields);
  },
  $push: (current, argument) => {
    const array = arrayOr(current, 2);
    if (!isFields(argument) || !('$each' in argument)) return [...array, argument];
    return pushed(array, argument);
  },
  $addToSet: (current, argument) => {
    const result = [...arrayOr(current, 2)];
    const added = isFields(argument) && '$each' in argument ? argument.$each : [argument];
    for (const value of added as unknown[])
      if (!result.some((element) => areSame(element, value))) result.push(value);
    return result;
  },
  $pop: (current, argument) => {
    const array = arrayOr(current, 14);
    return Number(argument) === 1 ? array.slice(0, -1) : array.slice(1);
  },
  $pull: (current, argument) =>
    arrayOr(current, 2).filter((element) => !isPulled(element, argument)),
  $pullAll: (current, argument) =>
    arrayOr(current, 2).filter(
      (element) => !(argument as unknown[]).some((value) => areSame(element, value)),
    ),
};

function arrayOr(current: unknown, code: number): unknown[] {
  if (current === undefined) return [];
  if (!Array.isArray(current)) throw new Refused(code);
  return current;
}

function pushed(array: unknown[], { $each, $position, $slice, $sort }: Fields): unknown[] {
  const place = $position === undefined ? array.length : Number($position);
  const start = place < 0 ? Math.max(0, array.length + place) : place;
  const result = [...array.slice(0, start), ...($each as unknown[]), ...array.slice(start)];
  if ($sort !== undefined) result.sort((a, b) => comparePushed(a, b, $sort));
  if ($slice === undefined) return result;
  const count = Number($slice);
  return count < 0 ? result.slice(count) : result.slice(0, count);
}

/** Arrays are not opened here: a value at a path sorts as it is, and missing as null. */
function comparePushed(left: unknown, right: unknown, sort: unknown): number {
  if (!isFields(sort)) return compare(left, right) * Number(sort);
  for (const [path, direction] of Object.entries(sort)) {
    const order = compare(plainValue(left, path), plainValue(right, path));
    if (order !== 0) return order * Number(direction);
  }
  return 0;
}

function plainValue(element: unknown, path: string): unknown {
  if (!isFields(element)) return null;
  return path.split('.').reduce<unknown>((holder, part) => {
    const isHolder = isFields(holder) || Array.isArray(holder);
    return (isHolder ? (holder as Fields)[part] : undefined) ?? null;
  }, element);
}

/** A document is a filter of its own, unless it begins with an operator on values. */
function isPulled(element: unknown, condition: unknown): boolean {
  const isOnValues = isOperators(condition) || condition instanceof BSON.BSONRegExp;
  if (isOnValues) {
    const opened = Array.isArray(element) ? [...(element as unknown[]), element] : [element];
    return meets({ values: [element], seen: opened }, condition);
  }
  if (isFields(condition)) return isFields(element) && isElementMatching(element, condition);
  return areSame(element, condition);
}
