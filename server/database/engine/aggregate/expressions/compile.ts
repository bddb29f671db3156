import { CommandError, notSupported } from '../../errors.ts';
import { fieldOf, isDocument, setField, type Document } from '../../values/kinds.ts';
import { valueAtPath } from '../../values/paths.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { arrayOperators } from './arrays.ts';
import type { Builders, Evaluate, Scope } from './builder.ts';
import { conversionOperators } from './conversion.ts';
import { dateOperators } from './dates.ts';
import { logicOperators } from './logic.ts';
import { objectOperators } from './objects.ts';
import { stringOperators } from './strings.ts';

export type { Evaluate, Scope } from './builder.ts';

const OPERATORS: Builders = {
  ...arithmeticOperators,
  ...arrayOperators,
  ...conversionOperators,
  ...dateOperators,
  ...logicOperators,
  ...objectOperators,
  ...stringOperators,
};

/** Real operators that the engine does not have, refused as such. */
const UNSUPPORTED = new Set(
  `$acos $acosh $allElementsTrue $anyElementTrue $asin $asinh $atan $atan2 $atanh $binarySize $bitAnd
  $bitNot $bitOr $bitXor $bsonSize $cos $cosh $dateFromParts $dateFromString $dateSubtract
  $dateToParts $dayOfYear $degreesToRadians $exp $firstN $function $indexOfArray $indexOfBytes
  $indexOfCP $isoDayOfWeek $isoWeek $isoWeekYear $lastN $ln $log $log10 $ltrim $maxN $median $meta
  $minN $percentile $pow $radiansToDegrees $range $regexFind $regexFindAll $regexMatch $replaceAll
  $replaceOne $reverseArray $rtrim $sampleRate $setDifference $setEquals $setIntersection
  $setIsSubset $sin $sinh $split $sqrt $stdDevPop $stdDevSamp $strLenBytes $strLenCP $strcasecmp
  $substr $substrBytes $substrCP $tan $tanh $toDecimal $trim $trunc $tsIncrement $tsSecond
  $unsetField $zip`.split(/\s+/),
);

/** The outermost scope of a document. */
export function scopeOf(root: Document, variables: Document = {}): Scope {
  return { root, variables };
}

/** Compiles an aggregation expression once for many documents. Throws 168 for unknown operators, 238 for some known. */
export function compileExpression(expression: unknown): Evaluate {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression);
  if (Array.isArray(expression)) {
    const elements = expression.map(compileExpression);
    return (scope) => elements.map((evaluate) => evaluate(scope) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const [first] = Object.keys(expression);
  if (!first?.startsWith('$')) return compileObject(expression);
  if (Object.keys(expression).length > 1)
    throw new CommandError(
      15983,
      `An object representing an expression must have exactly one field: { ${Object.keys(expression).join(', ')} }`,
    );
  if (UNSUPPORTED.has(first)) throw notSupported(first);
  const builder = fieldOf(OPERATORS, first);
  if (!builder) throw new CommandError(168, `Unrecognized expression '${first}'`);
  return builder(expression[first], compileExpression);
}

function compilePath(expression: string): Evaluate {
  if (!expression.startsWith('$$')) {
    const parts = checkedParts(expression.slice(1));
    const [only = ''] = parts;
    if (parts.length === 1)
      return ({ root }) => (Object.hasOwn(root, only) ? root[only] : undefined);
    return ({ root }) => valueAtPath(root, parts);
  }
  const [name = '', ...parts] = checkedParts(expression.slice(2));
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return ({ root }) => valueAtPath(root, parts);
    case 'REMOVE':
      return () => undefined;
    default:
      return ({ variables }) => {
        if (!(name in variables))
          throw new CommandError(17276, `Use of undefined variable: ${name}`);
        return valueAtPath(variables[name], parts);
      };
  }
}

function checkedParts(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes(''))
    throw new CommandError(40353, "FieldPath must not end with a '.' or be empty.");
  return parts;
}

function compileObject(expression: Document): Evaluate {
  const fields = Object.entries(expression).map(
    ([name, value]) => [name, compileExpression(value)] as const,
  );
  return (scope) => {
    const result: Document = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(scope);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}
