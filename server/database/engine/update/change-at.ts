import { CommandError } from '../errors.ts';
import type { Predicate } from '../query/matcher.ts';
import { fieldOf, isDocument, removeField, setField, type Document } from '../values/kinds.ts';
import { isArrayIndex } from '../values/paths.ts';
import { KEEP } from './operator.ts';

export interface ChangeContext {
  /** The array element that the query matched; -1 when there is none. */
  position: number;
  filters: ReadonlyMap<string, Predicate>;
  /** As the client wrote it, for messages. */
  path: string;
  /** Whether missing documents on the way are made. */
  mayCreate: boolean;
  /** A path through what is no document, or past what no number can name, changes nothing. */
  isLenient: boolean;
}

type ValueChange = (value: unknown) => unknown;

const MOST_PADDING = 1_500_000;

/** Changes the value, or values, at an update path in place. Throws 2 and 28 as the server does. */
export function changeAt(
  container: unknown,
  parts: readonly string[],
  change: ValueChange,
  context: ChangeContext,
  parent = '',
): void {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part.startsWith('$')) changeElements(container, part, rest, change, context, parent);
  else if (Array.isArray(container)) changeIndex(container, part, rest, change, context, parent);
  else if (isDocument(container)) changeField(container, part, rest, change, context);
  else refuseUnlessLenient(container, part, context, parent);
}

function refuseUnlessLenient(
  container: unknown,
  part: string,
  { isLenient, mayCreate, path }: ChangeContext,
  parent: string,
): void {
  if (isLenient) return;
  const element = `{${parent}: ${show(container)}}`;
  throw new CommandError(
    28,
    mayCreate
      ? `Cannot create field '${part}' in element ${element}`
      : `Cannot use the part (${part}) of (${path}) to traverse the element (${element})`,
  );
}

function changeField(
  document: Document,
  part: string,
  rest: readonly string[],
  change: ValueChange,
  context: ChangeContext,
): void {
  const [next] = rest;
  const current = fieldOf(document, part);
  if (next === undefined) {
    const value = change(current);
    if (value === KEEP) return;
    if (value === undefined) removeField(document, part);
    else setField(document, part, value);
    return;
  }
  if (current !== undefined || Object.hasOwn(document, part)) {
    changeAt(current, rest, change, context, part);
    return;
  }
  if (next.startsWith('$')) throw mustExist(context.path);
  if (!context.mayCreate) return;
  const made: Document = {};
  changeAt(made, rest, change, context, part);
  setField(document, part, made);
}

function changeIndex(
  array: unknown[],
  part: string,
  rest: readonly string[],
  change: ValueChange,
  context: ChangeContext,
  parent: string,
): void {
  if (!isArrayIndex(part)) {
    refuseUnlessLenient(array, part, context, parent);
    return;
  }
  const index = Number(part);
  const exists = index < array.length;
  if (!exists && !context.mayCreate) return;
  if (index > array.length + MOST_PADDING)
    throw new CommandError(2, `can't backfill more than ${MOST_PADDING} elements`);
  if (rest.length > 0) {
    const inner = exists ? array[index] : {};
    changeAt(inner, rest, change, context, part);
    if (!exists) putAt(array, index, inner);
    return;
  }
  const value = change(array[index]);
  // An element cannot be removed without moving the others: it becomes null.
  if (value !== KEEP) putAt(array, index, value ?? null);
}

function putAt(array: unknown[], index: number, value: unknown): void {
  while (array.length < index) array.push(null);
  array[index] = value;
}

/** `$`, `$[]` and `$[name]`. */
function changeElements(
  container: unknown,
  part: string,
  rest: readonly string[],
  change: ValueChange,
  context: ChangeContext,
  parent: string,
): void {
  if (part === '$' && context.position < 0)
    throw new CommandError(
      2,
      'The positional operator did not find the match needed from the query.',
    );
  if (container === undefined) throw mustExist(context.path);
  if (!Array.isArray(container))
    throw new CommandError(
      2,
      `Cannot apply array updates to non-array element ${parent}: ${show(container)}`,
    );
  for (const index of selectedIndexes(container, part, context)) {
    if (rest.length > 0) {
      changeAt(container[index], rest, change, context, String(index));
      continue;
    }
    const value = change(container[index]);
    if (value !== KEEP) putAt(container, index, value ?? null);
  }
}

function selectedIndexes(array: unknown[], part: string, context: ChangeContext): number[] {
  if (part === '$') return [context.position];
  const name = part.slice(2, -1);
  const all = [...array.keys()];
  if (name === '') return all;
  const matches = context.filters.get(name);
  return all.filter((index) => matches?.({ [name]: array[index] }));
}

function mustExist(path: string): CommandError {
  return new CommandError(
    2,
    `The path '${path}' must exist in the document in order to apply array updates.`,
  );
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
