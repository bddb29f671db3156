import { changeByPipeline, stageParts } from '../aggregate/pipeline.ts';
import { CommandError } from '../errors.ts';
import { compileFilter, type MatchContext, type Predicate } from '../query/matcher.ts';
import { areEqual, compareStrings, type Collator } from '../values/compare.ts';
import { isArray, isDocument, typeName, type Document } from '../values/kinds.ts';
import { cloneValue, isArrayIndex } from '../values/paths.ts';
import { changeAt, type ChangeContext } from './change-at.ts';
import { UPDATE_OPERATORS } from './operators.ts';
import { compileRename } from './rename.ts';

interface UpdateOptions {
  arrayFilters?: unknown;
  variables?: Document | undefined;
  collator?: Collator | undefined;
}

interface ApplyOptions {
  /** Which array element the query matched, for the positional `$`. */
  position?: number;
  /** The document is being made by an upsert. */
  isInsert?: boolean;
}

export interface CompiledUpdate {
  kind: 'operators' | 'replacement' | 'pipeline';
  /** Uses the positional `$`. */
  needsPosition: boolean;
  /** The top-level fields that it may change, and no others; undefined for any. */
  touched?: ReadonlySet<string>;
  /** Gives the changed document; `document` itself may be changed on the way. Throws the server's codes. */
  apply(document: Document, options?: ApplyOptions): Document;
}

interface ApplyState {
  position: number;
  isInsert: boolean;
  filters: ReadonlyMap<string, Predicate>;
  now: Date;
}

interface Action {
  /** What it touches; new fields come at the last. */
  paths: string[];
  parts: string[];
  run(document: Document, state: ApplyState): void;
}

const PIPELINE_STAGES = new Set([
  '$set',
  '$addFields',
  '$unset',
  '$project',
  '$replaceRoot',
  '$replaceWith',
]);
/** These leave a path that does not exist alone. */
const NEVER_CREATE = new Set(['$unset', '$pop', '$pull', '$pullAll']);

/** Compiles the three kinds of update. Throws 9, 40 and others for what the server refuses. */
export function compileUpdate(update: unknown, options: UpdateOptions = {}): CompiledUpdate {
  if (Array.isArray(update)) return compilePipelineUpdate(update, options);
  if (!isDocument(update))
    throw new CommandError(9, 'Update argument must be an object or an array');
  const isOperators = Object.keys(update)[0]?.startsWith('$') === true;
  return isOperators ? compileOperators(update, options) : compileReplacement(update);
}

function compilePipelineUpdate(
  stages: unknown[],
  { variables, collator }: UpdateOptions,
): CompiledUpdate {
  for (const stage of stages) {
    const [name] = stageParts(stage);
    if (!PIPELINE_STAGES.has(name))
      throw new CommandError(72, `${name} is not allowed to be used within an update`);
  }
  return {
    kind: 'pipeline',
    needsPosition: false,
    apply: (document) => {
      const id = document._id;
      const known = { NOW: new Date(), ...variables };
      const changed = changeByPipeline(document, stages, known, collator) ?? {};
      const hasLostId = changed._id === undefined && id !== undefined;
      return withSameId(hasLostId ? { _id: id, ...changed } : changed, id);
    },
  };
}

function compileReplacement(replacement: Document): CompiledUpdate {
  const operator = Object.keys(replacement).find((name) => name.startsWith('$'));
  if (operator)
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${operator}' in '${operator}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  const { _id: newId, ...rest } = replacement;
  return {
    kind: 'replacement',
    needsPosition: false,
    apply: ({ _id }) => {
      if (newId !== undefined && _id !== undefined && !areEqual(newId, _id))
        throw new CommandError(
          66,
          "After applying the update, the (immutable) field '_id' was found to have been altered to _id: another value",
        );
      const id = _id ?? newId;
      const fields = cloneValue(rest) as Document;
      return id === undefined ? fields : { _id: id, ...fields };
    },
  };
}

function compileOperators(
  update: Document,
  { arrayFilters = [], variables, collator }: UpdateOptions,
): CompiledUpdate {
  const actions = actionsOf(update, collator);
  refuseConflicts(actions);
  const filters = compileArrayFilters(arrayFilters, actions, { variables, collator });
  actions.sort(byPath);
  return {
    kind: 'operators',
    needsPosition: actions.some(({ parts }) => parts.includes('$')),
    touched: new Set(
      actions.flatMap(({ paths }) => paths.map((path) => path.split('.', 1)[0] ?? '')),
    ),
    apply: (document, { position = -1, isInsert = false } = {}) => {
      const id = document._id;
      const state = { position, isInsert, filters, now: new Date() };
      for (const action of actions) action.run(document, state);
      return withSameId(document, id);
    },
  };
}

function actionsOf(update: Document, collator: Collator | undefined): Action[] {
  return Object.entries(update).flatMap(([operator, fields]) => {
    if (operator !== '$rename' && !Object.hasOwn(UPDATE_OPERATORS, operator))
      throw new CommandError(
        9,
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!isDocument(fields))
      throw new CommandError(
        9,
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ...}`,
      );
    return Object.entries(fields).map(([path, argument]) =>
      operator === '$rename'
        ? renameAction(path, argument)
        : operatorAction(operator, path, argument, collator),
    );
  });
}

function renameAction(path: string, target: unknown): Action {
  const run = compileRename(path, target, checkedParts);
  const to = String(target);
  return { paths: [path, to], parts: to.split('.'), run };
}

function operatorAction(
  operator: string,
  path: string,
  argument: unknown,
  collator: Collator | undefined,
): Action {
  const parts = checkedParts(path);
  const change = UPDATE_OPERATORS[operator]?.(argument, { path, collator });
  const mayCreate = !NEVER_CREATE.has(operator);
  const isLenient = operator === '$unset';
  return {
    paths: [path],
    parts,
    run: (document, { position, filters, isInsert, now }) => {
      if (operator === '$setOnInsert' && !isInsert) return;
      const context: ChangeContext = { position, filters, path, mayCreate, isLenient };
      changeAt(document, parts, (value) => change?.(value, now), context);
    },
  };
}

function checkedParts(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes(''))
    throw new CommandError(
      56,
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  if (parts[0]?.startsWith('$'))
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${parts[0]}' in '${path}' is not valid for storage.`,
    );
  return parts;
}

/** No two actions may touch the same place, or one within the other. */
function refuseConflicts(actions: Action[]): void {
  const seen: string[] = [];
  for (const { paths } of actions)
    for (const next of paths) {
      const clash = seen.find(
        (known) => known === next || known.startsWith(`${next}.`) || next.startsWith(`${known}.`),
      );
      if (clash !== undefined) {
        const where = clash.length < next.length ? clash : next;
        throw new CommandError(
          40,
          `Updating the path '${next}' would create a conflict at '${where}'`,
        );
      }
      seen.push(next);
    }
}

function compileArrayFilters(
  arrayFilters: unknown,
  actions: Action[],
  context: MatchContext,
): ReadonlyMap<string, Predicate> {
  const filters = new Map<string, Predicate>();
  if (!isArray(arrayFilters)) throw new CommandError(14, 'arrayFilters must be an array');
  for (const filter of arrayFilters) {
    const names = new Set(isDocument(filter) ? identifiersOf(filter) : []);
    const [name] = names;
    if (name === undefined || names.size > 1)
      throw new CommandError(
        9,
        'Error parsing array filter :: caused by :: Expected a single top-level field name',
      );
    if (filters.has(name))
      throw new CommandError(
        9,
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    if (!actions.some(({ parts }) => parts.includes(`$[${name}]`)))
      throw new CommandError(
        9,
        `The array filter for identifier '${name}' was not used in the update`,
      );
    filters.set(name, compileFilter(filter, context));
  }
  for (const { parts, paths } of actions)
    for (const part of parts) {
      const name = /^\$\[(.+)\]$/.exec(part)?.[1];
      if (name !== undefined && !filters.has(name))
        throw new CommandError(
          2,
          `No array filter found for identifier '${name}' in path '${paths.join()}'`,
        );
    }
  return filters;
}

function identifiersOf(filter: Document): string[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    if (!name.startsWith('$')) return name.split('.').slice(0, 1);
    return Array.isArray(value) ? value.filter(isDocument).flatMap(identifiersOf) : [];
  });
}

/** New fields are added in this order whatever the order in the update. */
function byPath(left: Action, right: Action): number {
  for (const [i, part] of left.parts.entries()) {
    const other = right.parts[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    return isArrayIndex(part) && isArrayIndex(other)
      ? Number(part) - Number(other)
      : compareStrings(part, other);
  }
  return left.parts.length - right.parts.length;
}

function withSameId(document: Document, id: unknown): Document {
  if (id !== undefined && (document._id === undefined || !areEqual(document._id, id)))
    throw new CommandError(
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  return document;
}
