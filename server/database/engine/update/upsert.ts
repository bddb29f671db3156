import { CommandError } from '../errors.ts';
import { operatorsOf } from '../query/conditions.ts';
import { isRegex } from '../query/regex.ts';
import { fieldOf, isDocument, setField, type Document } from '../values/kinds.ts';
import { cloneValue } from '../values/paths.ts';

/** What a filter's equalities say about the document that an upsert makes. Throws 54 when they disagree. */
export function seedOf(filter: Document): Document {
  const seed: Document = {};
  readInto(seed, filter);
  return seed;
}

function readInto(seed: Document, filter: Document): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and') for (const part of condition as Document[]) readInto(seed, part);
    else if (name === '$or') {
      const [only, ...others] = condition as Document[];
      if (only && others.length === 0) readInto(seed, only);
    } else if (!name.startsWith('$')) readField(seed, name, condition);
  }
}

function readField(seed: Document, path: string, condition: unknown): void {
  for (const [operator, argument] of operatorsOf(condition)) {
    const list = Array.isArray(argument) ? (argument as unknown[]) : [];
    const [only] = list;
    if (operator === '$eq') put(seed, path, argument);
    else if (operator === '$in' && list.length === 1 && !isRegex(only)) put(seed, path, only);
    else if (operator === '$all' && list.length === 1 && !isDocument(only)) put(seed, path, only);
  }
}

function put(seed: Document, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let node = seed;
  for (const part of parts) {
    const inner = fieldOf(node, part) ?? {};
    if (!isDocument(inner)) throw matchedTwice(path);
    setField(node, part, inner);
    node = inner;
  }
  if (Object.hasOwn(node, last)) throw matchedTwice(path);
  setField(node, last, cloneValue(value ?? null));
}

function matchedTwice(path: string): CommandError {
  return new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
}
