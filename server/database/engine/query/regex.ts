import { BSONRegExp } from 'bson';
import { CommandError } from '../errors.ts';

export function isRegex(value: unknown): value is BSONRegExp {
  return value instanceof BSONRegExp;
}

/** A $regex with its $options as one value. Throws as `compileRegex` does. */
export function regexOf(pattern: unknown, options: unknown): BSONRegExp {
  if (isRegex(pattern) && options === undefined) return pattern;
  compileRegex(pattern, options);
  const text = isRegex(pattern) ? pattern.pattern : String(pattern);
  if (text.includes('\0'))
    throw new CommandError(2, 'Regular expression cannot contain an embedded null byte');
  return new BSONRegExp(text, typeof options === 'string' ? options : '');
}

/** A JavaScript regular expression for a BSON one or a pattern. Throws 51108 and 51091 as the server does. */
export function compileRegex(pattern: unknown, options?: unknown): RegExp {
  const isBson = isRegex(pattern);
  if (!isBson && typeof pattern !== 'string')
    throw new CommandError(2, '$regex has to be a string');
  let source = isBson ? pattern.pattern : pattern;
  const letters = typeof options === 'string' ? options : isBson ? pattern.options : '';
  const flags = new Set<string>();
  let isExtended = false;
  for (const letter of letters) {
    if ('imsu'.includes(letter)) flags.add(letter);
    else if (letter === 'x') isExtended = true;
    else if (letter !== 'l')
      throw new CommandError(51108, `invalid flag in regex options: ${letter}`);
  }
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  if (inline?.[1]) {
    source = source.slice(inline[0].length);
    for (const letter of inline[1])
      if (letter === 'x') isExtended = true;
      else flags.add(letter);
  }
  if (isExtended) source = withoutLayout(source);
  try {
    return new RegExp(source, [...flags].join(''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new CommandError(51091, `Regular expression is invalid: ${reason}`);
  }
}

/** The x option: white space and comments outside character classes do not count. */
function withoutLayout(source: string): string {
  return source.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#.*$/gm, (token) =>
    /^[\\[]/.test(token) ? token : '',
  );
}
