import { FieldSet } from '../values/decode.ts';
import { isDocument, type Document } from '../values/kinds.ts';

/** Operators that name fields, or whole documents, otherwise than by a path. */
const READS_ANY = new Set(['$getField', '$setField']);
const WHOLE = /^\$\$(?:ROOT|CURRENT)(?:\.|$)/;

/** Gathers which top-level fields are looked at, so that no others need to be decoded. */
export class NeededFields {
  private readonly names: Set<string>;
  private isAny: boolean;

  constructor(names: Iterable<string> = [], isAny = false) {
    this.names = new Set(names);
    this.isAny = isAny;
  }

  /** Undefined: any field may be looked at. */
  result(): FieldSet | undefined {
    return this.isAny ? undefined : new FieldSet(this.names);
  }

  /** These and those that a filter looks at. */
  with(filter: Document): NeededFields {
    return new NeededFields(this.names, this.isAny).addFilter(filter);
  }

  /** The fields of a sort. */
  addFields(paths: Document): this {
    for (const path of Object.keys(paths)) this.addPath(path);
    return this;
  }

  private addPath(path: string): void {
    this.names.add(path.split('.', 1)[0] ?? '');
  }

  private addFilter(filter: Document): this {
    for (const [name, condition] of Object.entries(filter))
      if (!name.startsWith('$')) this.addPath(name);
      else if (name === '$expr') this.addExpression(condition);
      else if (Array.isArray(condition))
        for (const clause of condition) this.addFilter(isDocument(clause) ? clause : {});
      else if (name !== '$comment') this.isAny = true;
    return this;
  }

  addExpression(expression: unknown): this {
    if (typeof expression === 'string') {
      if (WHOLE.test(expression)) this.isAny = true;
      else if (/^\$[^$]/.test(expression)) this.addPath(expression.slice(1));
    } else if (Array.isArray(expression)) for (const part of expression) this.addExpression(part);
    else if (isDocument(expression))
      for (const [name, part] of Object.entries(expression)) {
        if (READS_ANY.has(name)) this.isAny = true;
        this.addExpression(part);
      }
    return this;
  }
}
