import { CommandError } from '../../errors.ts';
import { isNullish, isNumeric, typeName } from '../../values/kinds.ts';
import { positional, strict, type Builder, type Builders } from './builder.ts';
import { textOf } from './conversion.ts';

/** Only ASCII letters change case, as on the server; numbers and dates are text here, null is none. */
function changeCase(letters: RegExp, change: (text: string) => string): Builder {
  return positional(1, 1, (value) => {
    if (isNullish(value)) return '';
    if (typeof value !== 'string' && !isNumeric(value) && !(value instanceof Date))
      throw new CommandError(16007, `can't convert from BSON type ${typeName(value)} to String`);
    return textOf(value).replace(letters, change);
  });
}

function concatenate(...values: unknown[]): string {
  for (const value of values)
    if (typeof value !== 'string')
      throw new CommandError(16702, `$concat only supports strings, not ${typeName(value)}`);
  return values.join('');
}

export const stringOperators: Builders = {
  $concat: strict(0, Infinity, concatenate),
  $toLower: changeCase(/[A-Z]+/g, (text) => text.toLowerCase()),
  $toUpper: changeCase(/[a-z]+/g, (text) => text.toUpperCase()),
  $isNumber: positional(1, 1, isNumeric),
  $type: positional(1, 1, typeName),
};
