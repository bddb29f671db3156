import { compileExpression, scopeOf, type Evaluate } from '../aggregate/expressions/compile.ts';
import { CommandError, notSupported } from '../errors.ts';
import {
  fieldOf,
  isArray,
  isDocument,
  isNumeric,
  removeField,
  setField,
  type Document,
} from '../values/kinds.ts';
import type { Collator } from '../values/compare.ts';
import { toNumber } from '../values/numbers.ts';
import { sliceOf } from '../values/paths.ts';
import { compileFilter } from './matcher.ts';

interface ProjectionOptions {
  variables?: Document | undefined;
  collator?: Collator | undefined;
  /** $project knows no $slice, $elemMatch or positional operator. */
  isStage?: boolean;
}

export interface Projection {
  apply(document: Document, position?: number): Document;
  /** The positional operator is used, so the caller has to say which element matched. */
  needsPosition: boolean;
}

/** A tree of paths: true is the end of one. */
type Tree = Map<string, Tree | true>;

interface Parsed {
  included: Tree;
  excluded: Tree;
  computed: [parts: string[], evaluate: Evaluate][];
  arrayChanges: [parts: string[], change: (value: unknown) => unknown][];
  arrayPaths: string[];
  positional: string | undefined;
  id: boolean | undefined;
  isInclusive: boolean;
  isExclusive: boolean;
}

/** Compiles a projection. Throws the server's codes for mixed or colliding paths. */
export function compileProjection(spec: Document, options: ProjectionOptions = {}): Projection {
  const parsed: Parsed = {
    included: new Map(),
    excluded: new Map(),
    computed: [],
    arrayChanges: [],
    arrayPaths: [],
    positional: undefined,
    id: undefined,
    isInclusive: false,
    isExclusive: false,
  };
  parse(spec, '', parsed, options);
  if (parsed.isInclusive && parsed.isExclusive)
    throw new CommandError(31254, 'Cannot do exclusion on field in inclusion projection');
  const isOnlyId = parsed.id === true && !parsed.isExclusive && parsed.arrayChanges.length === 0;
  const select = parsed.isInclusive || isOnlyId ? inclusion(parsed) : exclusion(parsed);
  return {
    needsPosition: parsed.positional !== undefined,
    apply: (document, position) => {
      let result = select(document);
      for (const [parts, change] of parsed.arrayChanges)
        result = changeAt(result, parts, change) as Document;
      if (parsed.positional !== undefined)
        result = onlyElement(result, parsed.positional.split('.'), position);
      const scope = scopeOf(document, options.variables);
      for (const [parts, evaluate] of parsed.computed) setComputed(result, parts, evaluate(scope));
      return result;
    },
  };
}

function parse(spec: Document, before: string, out: Parsed, options: ProjectionOptions): void {
  for (const [name, value] of Object.entries(spec)) {
    const path = before + name;
    const flag = flagOf(value);
    if (path === '')
      throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
    if (!options.isStage && path.endsWith('.$')) parsePositional(path.slice(0, -2), out);
    else if (path === '_id' && flag !== undefined) out.id = flag;
    else if (flag === true) {
      put(out.included, path);
      out.isInclusive = true;
    } else if (flag === false) {
      put(out.excluded, path);
      out.isExclusive = true;
    } else parseExpression(path, value, out, options);
  }
}

function parsePositional(path: string, out: Parsed): void {
  if (out.positional !== undefined)
    throw new CommandError(31276, 'Cannot specify more than one positional projection per query.');
  out.positional = path;
  put(out.included, path);
  out.isInclusive = true;
}

function parseExpression(
  path: string,
  value: unknown,
  out: Parsed,
  options: ProjectionOptions,
): void {
  const operator = isDocument(value) ? Object.keys(value)[0] : undefined;
  if (isDocument(value) && operator === undefined)
    throw new CommandError(51270, 'An empty sub-projection is not a valid value.');
  if (isDocument(value) && operator !== undefined && !operator.startsWith('$')) {
    parse(value, `${path}.`, out, options);
    return;
  }
  if (isDocument(value) && operator === '$meta') throw notSupported('$meta');
  if (
    !options.isStage &&
    isDocument(value) &&
    operator === '$slice' &&
    isPlainSlice(value.$slice)
  ) {
    out.arrayChanges.push([path.split('.'), sliceChange(value.$slice)]);
    out.arrayPaths.push(path);
    return;
  }
  out.isInclusive = true;
  if (!options.isStage && isDocument(value) && operator === '$elemMatch') {
    const { variables, collator } = options;
    const matches = compileFilter({ x: value }, { variables, collator });
    const first = (array: unknown) => {
      const hit = isArray(array) ? array.find((element) => matches({ x: [element] })) : undefined;
      return hit === undefined ? undefined : [hit];
    };
    out.arrayChanges.push([path.split('.'), first]);
    out.arrayPaths.push(path);
    return;
  }
  if (options.collator) throw notSupported('A collation with computed fields');
  out.computed.push([path.split('.'), compileExpression(value)]);
}

/** A constant switches a field on or off; anything else is an expression. */
function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return isNumeric(value) ? toNumber(value) !== 0 : undefined;
}

function put(tree: Tree, path: string): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let node = tree;
  for (const part of parts) {
    const inner = node.get(part) ?? new Map<string, Tree | true>();
    if (inner === true) throw new CommandError(31250, `Path collision at ${path}`);
    node.set(part, inner);
    node = inner;
  }
  if (node.get(last) instanceof Map) throw new CommandError(31249, `Path collision at ${path}`);
  node.set(last, true);
}

function inclusion({ included, id, arrayPaths }: Parsed): (document: Document) => Document {
  const tree: Tree = new Map(included);
  if (id !== false) tree.set('_id', true);
  for (const path of arrayPaths) put(tree, path);
  return (document) => pick(document, tree);
}

function exclusion({ excluded, id }: Parsed): (document: Document) => Document {
  const tree: Tree = new Map(excluded);
  if (id === false) tree.set('_id', true);
  return (document) => omit(document, tree);
}

function pick(document: Document, tree: Tree): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const node = tree.get(name);
    const picked = node === true ? value : node && pickInside(value, node);
    if (node && picked !== undefined) setField(result, name, picked);
  }
  return result;
}

function pickInside(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value))
    return value
      .map((element) => pickInside(element, tree))
      .filter((element) => element !== undefined);
  return isDocument(value) ? pick(value, tree) : undefined;
}

function omit(document: Document, tree: Tree): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const node = tree.get(name);
    if (node !== true) setField(result, name, node ? omitInside(value, node) : value);
  }
  return result;
}

function omitInside(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((element) => omitInside(element, tree));
  return isDocument(value) ? omit(value, tree) : value;
}

function isPlainSlice(argument: unknown): boolean {
  return (Array.isArray(argument) ? argument : [argument]).every(isNumeric);
}

function sliceChange(argument: unknown): (value: unknown) => unknown {
  const [first = 0, count] = (Array.isArray(argument) ? argument : [argument])
    .filter(isNumeric)
    .map(toNumber);
  return (value) => (isArray(value) ? sliceOf(value, first, count) : value);
}

function changeAt(
  target: unknown,
  parts: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return change(target);
  if (Array.isArray(target)) return target.map((element) => changeAt(element, parts, change));
  if (!isDocument(target) || !Object.hasOwn(target, part)) return target;
  const copy = { ...target };
  const changed = changeAt(target[part], rest, change);
  if (changed === undefined) removeField(copy, part);
  else setField(copy, part, changed);
  return copy;
}

function onlyElement(document: Document, parts: string[], position = -1): Document {
  if (position < 0)
    throw new CommandError(
      51246,
      "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
    );
  return changeAt(document, parts, (value) =>
    Array.isArray(value) ? [value[position]] : value,
  ) as Document;
}

function setComputed(target: Document, [part, ...rest]: string[], value: unknown): void {
  if (part === undefined) return;
  if (rest.length === 0) {
    if (value !== undefined) setField(target, part, value);
    return;
  }
  const current = fieldOf(target, part);
  const descend = (inner: unknown) => {
    const copy = isDocument(inner) ? { ...inner } : {};
    setComputed(copy, rest, value);
    return copy;
  };
  setField(target, part, Array.isArray(current) ? current.map(descend) : descend(current));
}
