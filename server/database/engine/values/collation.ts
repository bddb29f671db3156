import { CommandError, notSupported } from '../errors.ts';
import type { Collator } from './compare.ts';
import { isDocument, isNumeric } from './kinds.ts';
import { toNumber } from './numbers.ts';

/** Options that are taken at these values only. */
const FIXED: Readonly<Record<string, unknown>> = {
  alternate: 'non-ignorable',
  backwards: false,
  caseFirst: 'off',
  caseLevel: false,
  maxVariable: 'punct',
  normalization: false,
  numericOrdering: false,
  version: '57.1',
};

const SENSITIVITIES = ['base', 'accent', 'variant'] as const;

/** The collator that a command's collation asks for; undefined is plain byte order. */
export function collatorOf(collation: unknown): Collator | undefined {
  if (collation === undefined || collation === null) return undefined;
  if (!isDocument(collation)) throw new CommandError(14, 'collation must be an object');
  const { locale, strength = 3, ...others } = collation;
  for (const [name, value] of Object.entries(others)) {
    if (!Object.hasOwn(FIXED, name))
      throw new CommandError(40415, `BSON field 'collation.${name}' is an unknown field.`);
    if (value !== FIXED[name]) throw notSupported(`A collation's ${name}`);
  }
  if (typeof locale !== 'string')
    throw new CommandError(40414, "BSON field 'collation.locale' is missing but a required field");
  if (locale === 'simple') return undefined;
  const sensitivity = isNumeric(strength) ? SENSITIVITIES[toNumber(strength) - 1] : undefined;
  if (!sensitivity) throw notSupported("A collation's strength beyond 3");
  const tag = locale.replaceAll('_', '-');
  if (!isLocale(tag))
    throw new CommandError(2, `Field 'locale' is invalid in: { locale: "${locale}" }`);
  const collator = new Intl.Collator(tag, { sensitivity });
  return { compare: (left, right) => collator.compare(left, right) };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
