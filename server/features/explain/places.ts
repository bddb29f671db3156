import { countries, partsOf } from '../../deadlines/jurisdiction.ts';
import type { Language } from '../../language.ts';

interface Option {
  value: string;
  label: string;
}

const sorted = (language: Language, options: Option[]): Option[] => {
  const { compare } = new Intl.Collator(language.code);
  return options.sort((a, b) => compare(a.label, b.label));
};

/** All countries by name in a language. */
export const countryOptions = (language: Language): Option[] =>
  sorted(
    language,
    countries.map((value) => ({ value, label: language.country(value) })),
  );

/** The name of a State of the United States or a province of Canada. */
export const partName = ({ t }: Language, country: string, part: string): string =>
  t(country === 'CA' ? `deadlines.province.${part}` : `requests.us-state.${part}`);

/** States and provinces by name, in a group for each country whose parts have laws of their own. */
export const partGroups = (
  language: Language,
  valueOf = (_country: string, part: string): string => part,
) =>
  ['US', 'CA'].map((country) => ({
    country,
    label: language.country(country),
    options: sorted(
      language,
      partsOf(country).map((part) => ({
        value: valueOf(country, part),
        label: partName(language, country, part),
      })),
    ),
  }));
