import { CommandError } from '../errors.ts';
import { isDocument } from '../values/kinds.ts';
import { isRegex, regexOf } from './regex.ts';

/** Refused rather than answered wrongly. */
export const UNSUPPORTED_OPERATORS: ReadonlySet<string> = new Set([
  '$near',
  '$nearSphere',
  '$geoWithin',
  '$geoIntersects',
  '$within',
  '$text',
  '$where',
  '$jsonSchema',
]);

/** A field's condition as operator and argument pairs; a plain value is an equality. A regex comes with its options. */
export function operatorsOf(condition: unknown): [operator: string, argument: unknown][] {
  if (isRegex(condition)) return [['$regex', condition]];
  if (!isDocument(condition)) return [['$eq', condition]];
  const [first] = Object.keys(condition);
  if (!first?.startsWith('$') || first === '$ref' || first === '$id') return [['$eq', condition]];
  const operators: [string, unknown][] = [];
  for (const [operator, argument] of Object.entries(condition)) {
    if (operator === '$options') {
      if (!('$regex' in condition)) throw new CommandError(51068, '$options needs a $regex');
    } else if (operator === '$regex')
      operators.push(['$regex', regexOf(argument, condition.$options)]);
    else if (operator.startsWith('$')) operators.push([operator, argument]);
    else throw new CommandError(2, `unknown operator: ${operator}`);
  }
  return operators;
}
