import { CommandError } from '../errors.ts';
import { isDocument, type Document } from '../values/kinds.ts';
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
  '$alwaysTrue',
  '$alwaysFalse',
]);

/** Whether a condition is made of operators; a plain document is a value. */
export function isOperators(condition: unknown): condition is Document {
  const [first] = isDocument(condition) ? Object.keys(condition) : [];
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id';
}

/** A field's condition as operator and argument pairs; a plain value is an equality. A regex comes with its options. */
export function operatorsOf(condition: unknown): [operator: string, argument: unknown][] {
  if (isRegex(condition)) return [['$regex', condition]];
  if (!isOperators(condition)) return [['$eq', condition]];
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
