import { CommandError } from '../errors.ts';
import type { Collator } from './compare.ts';
import { isDocument, isNumeric } from './kinds.ts';
import { toNumber } from './numbers.ts';

const KNOWN = new Set([
  'locale',
  'strength',
  'caseLevel',
  'caseFirst',
  'numericOrdering',
  'version',
  'alternate',
  'maxVariable',
  'normalization',
  'backwards',
]);

/** The collator that a command's collation asks for; undefined is plain byte order. */
export function collatorOf(collation: unknown): Collator | undefined {
  if (collation === undefined || collation === null) return undefined;
  if (!isDocument(collation)) throw new CommandError(14, 'collation must be an object');
  for (const name of Object.keys(collation))
    if (!KNOWN.has(name))
      throw new CommandError(40415, `BSON field 'collation.${name}' is an unknown field.`);
  const { locale, strength, caseLevel, numericOrdering, caseFirst } = collation;
  if (typeof locale !== 'string')
    throw new CommandError(40414, "BSON field 'collation.locale' is missing but a required field");
  if (locale === 'simple') return undefined;
  if (collation.alternate === 'shifted' || collation.backwards === true)
    throw new CommandError(238, 'this collation is not supported by the embedded engine');
  const level = isNumeric(strength) ? toNumber(strength) : 3;
  const sensitivity =
    level === 1
      ? caseLevel === true
        ? 'case'
        : 'base'
      : level === 2 && caseLevel !== true
        ? 'accent'
        : 'variant';
  try {
    const collator = new Intl.Collator(locale.replace('_', '-'), {
      sensitivity,
      numeric: numericOrdering === true,
      ...(caseFirst === 'upper' || caseFirst === 'lower' ? { caseFirst } : {}),
    });
    return { compare: (left, right) => collator.compare(left, right) };
  } catch {
    throw new CommandError(2, `Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
}
