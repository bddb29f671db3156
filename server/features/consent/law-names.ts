import type { Language } from '../../language.ts';

/** A law by its short name; one that we know no longer, of an older record, by its code. */
export function lawName(language: Language, regime: string): string {
  const keys = [`deadlines.regime.${regime}.short`, `consent.regime.${regime}`];
  const key = keys.find((one) => language.has(one));
  return key === undefined ? regime : language.t(key);
}
