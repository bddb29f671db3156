import { CommandError } from '../errors.ts';
import { truthy } from '../aggregate/expressions/truth.ts';
import type { Document } from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import type { FieldBounds } from './bounds.ts';
import { operatorsOf } from './conditions.ts';

/** The bounds let no document through that lacks the field. */
export function excludesMissing(field: FieldBounds | undefined): boolean {
  if (!field) return false;
  return !field.points?.some((value) => value === null || value === undefined);
}

/** Whether the filter lets through only documents that the partial index holds. */
export function isImplied(
  partial: Document,
  fields: ReadonlyMap<string, FieldBounds>,
  filter: Document,
): boolean {
  return Object.entries(partial).every(([path, condition]) => {
    if (path === '$and')
      return (condition as Document[]).every((part) => isImplied(part, fields, filter));
    if (path in filter && equalityKey(filter[path]) === equalityKey(condition)) return true;
    const field = fields.get(path);
    return (
      field !== undefined &&
      operatorsOf(condition).every(([operator, argument]) =>
        impliesOperator(field, operator, argument),
      )
    );
  });
}

function impliesOperator(field: FieldBounds, operator: string, argument: unknown): boolean {
  const values = field.points ?? [(field.lower ?? field.upper)?.value ?? field.textPrefix];
  switch (operator) {
    case '$exists':
      return truthy(argument) && excludesMissing(field);
    case '$eq':
      return field.points?.every((value) => equalityKey(value) === equalityKey(argument)) === true;
    case '$in': {
      const members = new Set((argument as unknown[]).map(equalityKey));
      return field.points?.every((value) => members.has(equalityKey(value))) === true;
    }
    case '$type':
      return argument === 'string' && values.every((value) => typeof value === 'string');
    case '$gt':
      return (
        argument === '' &&
        (field.points !== undefined ||
          field.lower !== undefined ||
          field.textPrefix !== undefined) &&
        values.every((value) => typeof value === 'string' && value !== '')
      );
    default:
      return false;
  }
}

const PARTIAL_OPERATORS = new Set('$eq $in $gt $gte $lt $lte $type $exists'.split(' '));

/** Throws 67 for what the server does not take as the filter of a partial index. */
export function checkPartialFilter(filter: Document): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' || name === '$or') (condition as Document[]).forEach(checkPartialFilter);
    else if (name.startsWith('$')) throw unsupportedInPartial(name);
    else
      for (const [operator, argument] of operatorsOf(condition))
        if (!PARTIAL_OPERATORS.has(operator) || (operator === '$exists' && !truthy(argument)))
          throw unsupportedInPartial(operator);
  }
}

function unsupportedInPartial(operator: string): CommandError {
  return new CommandError(67, `unsupported expression in partial index: ${operator}`);
}
