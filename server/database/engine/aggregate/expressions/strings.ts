import { CommandError } from '../../errors.ts';
import { compileRegex } from '../../query/regex.ts';
import { compareStrings } from '../../values/compare.ts';
import { isNullish, isNumeric, typeName, type Document } from '../../values/kinds.ts';
import {
  asInteger,
  asText,
  named,
  positional,
  strict,
  type Builder,
  type Builders,
} from './builder.ts';
import { textOf } from './conversion.ts';

/** Case changes and the like treat null as the empty string, and take numbers and dates as text. */
function lenient(apply: (text: string) => unknown): Builder {
  return positional(1, 1, (value) => apply(isNullish(value) ? '' : textOf(value)));
}

/** Only ASCII letters change case, as on the server. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function substringCodePoints(value: unknown, start: unknown, length: unknown): string {
  const points = Array.from(isNullish(value) ? '' : textOf(value));
  const from = asInteger(start, '$substrCP');
  return points.slice(from, from + asInteger(length, '$substrCP')).join('');
}

function substringBytes(value: unknown, start: unknown, length: unknown): string {
  const bytes = Buffer.from(isNullish(value) ? '' : textOf(value));
  const from = asInteger(start, '$substrBytes');
  const count = asInteger(length, '$substrBytes');
  return bytes.subarray(from, count < 0 ? undefined : from + count).toString();
}

function indexOfCodePoints(text: unknown, part: unknown, from: unknown = 0, to?: unknown): unknown {
  if (isNullish(text)) return null;
  const points = Array.from(asText(text, '$indexOfCP'));
  const end = to === undefined ? points.length : asInteger(to, '$indexOfCP');
  const start = asInteger(from, '$indexOfCP');
  const index = points.slice(start, end).join('').indexOf(asText(part, '$indexOfCP'));
  return index < 0
    ? -1
    : start + Array.from(points.slice(start, end).join('').slice(0, index)).length;
}

function trimmer(operator: string, atStart: boolean, atEnd: boolean): Builder {
  return named(['input'], ['chars'], ({ input, chars }) => {
    if (isNullish(input) || chars === null) return null;
    const isTrimmed =
      chars === undefined
        ? (point: string) => /\s|\0/.test(point)
        : (point: string) => asText(chars, operator).includes(point);
    const points = Array.from(asText(input, operator));
    let from = 0;
    let to = points.length;
    while (atStart && from < to && isTrimmed(points[from] ?? '')) from++;
    while (atEnd && to > from && isTrimmed(points[to - 1] ?? '')) to--;
    return points.slice(from, to).join('');
  });
}

function replacer(operator: '$replaceOne' | '$replaceAll'): Builder {
  return named(['input', 'find', 'replacement'], [], ({ input, find, replacement }) => {
    if ([input, find, replacement].some(isNullish)) return null;
    const text = asText(input, operator);
    const wanted = asText(find, operator);
    const by = () => asText(replacement, operator);
    return operator === '$replaceOne' ? text.replace(wanted, by) : text.replaceAll(wanted, by);
  });
}

function regexOperator(apply: (text: string, pattern: RegExp) => unknown, none: unknown): Builder {
  return named(['input', 'regex'], ['options'], ({ input, regex, options }: Document) => {
    if (isNullish(input) || isNullish(regex)) return none;
    const pattern = compileRegex(regex, options);
    return apply(asText(input, '$regexMatch'), pattern);
  });
}

function describeMatch(match: RegExpMatchArray, text: string): Document {
  const idx = Array.from(text.slice(0, match.index)).length;
  return {
    match: match[0],
    idx,
    captures: match.slice(1).map((capture) => (capture as string | undefined) ?? null),
  };
}

export const stringOperators: Builders = {
  $concat: strict(0, Infinity, (...values) =>
    values.map((value) => asText(value, '$concat')).join(''),
  ),
  $toLower: lenient(asciiLower),
  $toUpper: lenient(asciiUpper),
  $strcasecmp: positional(2, 2, (left, right) => {
    const [a, b] = [left, right].map((value) => asciiUpper(isNullish(value) ? '' : textOf(value)));
    return Math.sign(compareStrings(a ?? '', b ?? ''));
  }),
  $substr: positional(3, 3, substringBytes),
  $substrBytes: positional(3, 3, substringBytes),
  $substrCP: positional(3, 3, substringCodePoints),
  $strLenCP: positional(1, 1, (value) => Array.from(asText(value, '$strLenCP')).length),
  $strLenBytes: positional(1, 1, (value) => Buffer.byteLength(asText(value, '$strLenBytes'))),
  $indexOfCP: positional(2, 4, indexOfCodePoints),
  $split: strict(2, 2, (text, separator) => {
    const by = asText(separator, '$split');
    if (by === '') throw new CommandError(40087, '$split requires a non-empty separator');
    return asText(text, '$split').split(by);
  }),
  $trim: trimmer('$trim', true, true),
  $ltrim: trimmer('$ltrim', true, false),
  $rtrim: trimmer('$rtrim', false, true),
  $replaceOne: replacer('$replaceOne'),
  $replaceAll: replacer('$replaceAll'),
  $regexMatch: regexOperator((text, pattern) => pattern.test(text), false),
  $regexFind: regexOperator((text, pattern) => {
    const match = pattern.exec(text);
    return match ? describeMatch(match, text) : null;
  }, null),
  $regexFindAll: regexOperator(
    (text, pattern) =>
      [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map((match) =>
        describeMatch(match, text),
      ),
    [],
  ),
  $isNumber: positional(1, 1, isNumeric),
  $type: positional(1, 1, typeName),
};
