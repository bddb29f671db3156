import Handlebars from 'handlebars';
import {
  letterVariables,
  subjectVariablesOf,
  variablesOf,
  type LetterCode,
  type LetterVariable,
} from '../../../config/letters.ts';
import { webAddress } from './markup.ts';

/** What is wrong with a line of a letter's source. */
export interface Fault {
  line: number;
  code:
    | 'syntax'
    | 'not-allowed'
    | 'unknown-variable'
    | 'not-in-subject'
    | 'list-without-each'
    | 'not-a-list'
    | 'each-in-each'
    | 'too-deep'
    | 'bad-link'
    | 'no-text';
  /** What stands there. */
  name: string;
}

export type LetterPart = 'subject' | 'body';

type Node = hbs.AST.Node;

/** Blocks inside one another. */
const MAX_DEPTH = 4;

/** What may be named at a place: the letter's variables, or the members of an item. */
interface Scope {
  names: readonly string[];
  lists: ReadonlySet<string>;
  outer: Scope | null;
}

const isList = (name: LetterVariable) => letterVariables[name].kind === 'list';

const membersOf = (name: string): readonly string[] => {
  const variable = letterVariables[name as LetterVariable];
  return 'members' in variable ? variable.members : [];
};

function lineOfError(error: unknown): number {
  const { lineNumber, message = '' } = error as { lineNumber?: number; message?: string };
  return lineNumber ?? Number(/line (\d+)/u.exec(message)?.[1] ?? 1);
}

/** Goes through a source and notes all that is not text, a known variable, `if`, `unless` or `each`. */
class Checker {
  readonly faults: Fault[] = [];
  readonly #isSubject: boolean;
  readonly #everywhere: readonly string[];

  constructor(isSubject: boolean, everywhere: readonly string[]) {
    this.#isSubject = isSubject;
    this.#everywhere = everywhere;
  }

  #note(node: Node, code: Fault['code'], name: string): void {
    this.faults.push({ line: node.loc.start.line, code, name });
  }

  /** The variable that an expression names, with its scope; null, and a fault, for anything else. */
  #variable(node: Node, scope: Scope): { name: string; isList: boolean } | null {
    const { data, depth, parts, original } = node as hbs.AST.PathExpression;
    const isName = node.type === 'PathExpression' && !data && parts.length === 1;
    const [name] = isName ? parts : [];
    let place: Scope | null = scope;
    for (let up = 0; up < depth; up += 1) place = place?.outer ?? null;
    if (name !== undefined && place?.names.includes(name)) {
      return { name, isList: place.lists.has(name) };
    }
    const isElsewhere = this.#isSubject && name !== undefined && this.#everywhere.includes(name);
    this.#note(
      node,
      isElsewhere ? 'not-in-subject' : 'unknown-variable',
      typeof original === 'string' ? original : '',
    );
    return null;
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope, depth: number): void {
    const { path, params, program, inverse } = block;
    const helper = path.original;
    const [given] = params;
    const isPlain =
      params.length === 1 &&
      given !== undefined &&
      // Handlebars leaves the hash away where there is none.
      !(block.hash as unknown) &&
      ((program as hbs.AST.Program | undefined)?.blockParams ?? []).length === 0;
    if (!['if', 'unless', 'each'].includes(helper) || !isPlain) {
      this.#note(block, 'not-allowed', helper);
      return;
    }
    if (depth >= MAX_DEPTH) {
      this.#note(block, 'too-deep', helper);
      return;
    }
    // Each list inside a list multiplies the work of writing the letter.
    if (helper === 'each' && scope.outer) {
      this.#note(block, 'each-in-each', helper);
      return;
    }
    const found = this.#variable(given, scope);
    if (!found) return;
    if (helper === 'each' && !found.isList) {
      this.#note(block, 'not-a-list', found.name);
      return;
    }
    const inner =
      helper === 'each'
        ? { names: membersOf(found.name), lists: new Set<string>(), outer: scope }
        : scope;
    this.check(program, inner, depth + 1);
    this.check(inverse, scope, depth + 1);
  }

  check(program: hbs.AST.Program | undefined, scope: Scope, depth = 0): void {
    for (const statement of program?.body ?? []) {
      if (statement.type === 'MustacheStatement') {
        const { path, params, hash, escaped } = statement as hbs.AST.MustacheStatement;
        if (!escaped || params.length > 0 || (hash as unknown)) {
          const { original } = path as hbs.AST.PathExpression;
          this.#note(statement, 'not-allowed', original);
          continue;
        }
        const found = this.#variable(path, scope);
        if (found?.isList) this.#note(statement, 'list-without-each', found.name);
      } else if (statement.type === 'BlockStatement') {
        this.#block(statement as hbs.AST.BlockStatement, scope, depth);
      } else if (!['ContentStatement', 'CommentStatement'].includes(statement.type)) {
        this.#note(statement, 'not-allowed', statement.type.replace('Statement', '').toLowerCase());
      }
    }
  }
}

const ownLinks = ['{{link}}', '{{appealLink}}'];

function badLinks(source: string): Fault[] {
  return source.split('\n').flatMap((text, at) =>
    [...text.matchAll(/\[[^[\]\n]+\]\(([^()\n]*)\)/gu)].flatMap(([, address = '']): Fault[] => {
      const isFine = ownLinks.includes(address) || webAddress(address) !== null;
      return isFine ? [] : [{ line: at + 1, code: 'bad-link', name: address }];
    }),
  );
}

/**
 * What is wrong with a letter's source, by line; nothing when it can be saved. A source that passes
 * runs no code but `if`, `unless` and `each`, and reaches nothing but the letter's own variables.
 */
export function faultsOf(code: LetterCode, part: LetterPart, source: string): Fault[] {
  if (source.trim() === '') return [{ line: 1, code: 'no-text', name: '' }];
  const everywhere = variablesOf(code);
  const names = part === 'subject' ? subjectVariablesOf(code) : everywhere;
  const checker = new Checker(part === 'subject', everywhere);
  try {
    const lists = new Set(names.filter(isList));
    checker.check(Handlebars.parse(source), { names, lists, outer: null });
  } catch (error) {
    // Also what is nested too deeply to be read at all.
    return [{ line: lineOfError(error), code: 'syntax', name: '' }];
  }
  return [...checker.faults, ...badLinks(source)].sort((a, b) => a.line - b.line);
}
