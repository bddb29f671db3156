import { isNullish, isNumeric } from '../../values/kinds.ts';
import { toNumber } from '../../values/numbers.ts';

/** False are false, null, missing and zero; all else is true. */
export function truthy(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumeric(value) || toNumber(value) !== 0;
}
