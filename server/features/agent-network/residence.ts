import { countries, usStates, type Residence } from '../../deadlines/jurisdiction.ts';
import { languageOf } from '../../language.ts';
import { partName } from '../explain/service.ts';

/** The parts of an OpenID address that tell which law applies; free text, in English. */
export interface Address {
  country: string;
  region: string;
}

const CALIFORNIA: Residence = { country: 'US', state: 'CA' };

const withoutDots = (text: string) => text.replaceAll('.', '').trim().toLowerCase();

/** Codes by what people write for them: the code itself, or the name. */
const codesBy = (codes: readonly string[], nameOf: (code: string) => string) =>
  new Map(
    codes.flatMap((code) => [
      [withoutDots(code), code],
      [withoutDots(nameOf(code)), code],
    ]),
  );

const english = languageOf('en');
const countryBy = codesBy(countries, english.country).set('usa', 'US').set('', 'US');
const stateBy = codesBy(usStates, (state) => partName(english, 'US', state));

/**
 * Where the person lives, as the agent says. The protocol has rights of California alone, and they
 * are the voluntary equal elsewhere in the United States: so it is California where no address, or
 * none that can be read, is given.
 */
export function residenceOf(address: Address | null): Residence {
  if (address === null) return CALIFORNIA;
  const country = countryBy.get(withoutDots(address.country));
  if (country === undefined) return CALIFORNIA;
  if (country !== 'US') return { country, state: null };
  const state = stateBy.get(withoutDots(address.region));
  return state === undefined ? CALIFORNIA : { country, state };
}
