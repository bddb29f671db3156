import { CommandError } from '../errors.ts';
import {
  fieldOf,
  isArray,
  isDocument,
  removeField,
  typeName,
  type Document,
} from '../values/kinds.ts';
import { isArrayIndex } from '../values/paths.ts';
import { changeAt } from './change-at.ts';

/** Compiles one field of a $rename. Throws 2 for targets that can never be. */
export function compileRename(
  path: string,
  target: unknown,
  partsOf: (path: string) => string[],
): (document: Document) => void {
  if (typeof target !== 'string')
    throw new CommandError(2, `The 'to' field for $rename must be a string: ${typeName(target)}`);
  const from = partsOf(path);
  const to = partsOf(target);
  if (`${target}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${target}.`))
    throw new CommandError(2, `The source and target field for $rename must differ: ${path}`);
  for (const [side, parts] of [['source', from] as const, ['destination', to] as const])
    if (parts.some((part) => part.startsWith('$')))
      throw new CommandError(2, `The ${side} field for $rename may not be dynamic: ${path}`);
  return (document) => {
    const holder = holderOf(document, from, path);
    const name = from.at(-1) ?? '';
    const value = holder && fieldOf(holder, name);
    if (!holder || value === undefined) return;
    refuseArrays(document, from, 'source');
    refuseArrays(document, to, 'destination');
    const context = { position: -1, filters: new Map(), path: target, isLenient: false };
    changeAt(document, to, () => value, { ...context, mayCreate: true });
    removeField(holder, name);
  };
}

/** What holds the last part of a path, if it is there. Throws 28 where it never could be. */
function holderOf(
  document: Document,
  parts: readonly string[],
  path: string,
): Document | undefined {
  let holder: unknown = document;
  for (const [i, part] of parts.entries()) {
    if (!isDocument(holder) && !(isArray(holder) && isArrayIndex(part)))
      throw new CommandError(
        28,
        `Cannot use the part (${part}) of (${path}) to traverse the element`,
      );
    const fields = holder as Document;
    if (i === parts.length - 1) return fields;
    holder = fieldOf(fields, part);
    if (holder === undefined) return undefined;
  }
  return undefined;
}

function refuseArrays(document: Document, parts: readonly string[], side: string): void {
  let holder: unknown = document;
  for (const part of parts) {
    if (isArray(holder))
      throw new CommandError(
        2,
        `The ${side} field cannot be an array element, '${parts.join('.')}' in doc with an array on the way`,
      );
    holder = isDocument(holder) ? fieldOf(holder, part) : undefined;
  }
}
