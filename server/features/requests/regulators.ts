import { regulatorAreas, type Regulator } from '../../../config/regulators.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import type { Residence } from '../../deadlines/jurisdiction.ts';

/**
 * The authorities that somebody may complain to: the one for health records where HIPAA applies,
 * then those of the place where the person lives (GDPR Art. 77(1)). None is known for some places.
 */
export function regulatorsFor(
  { country, state }: Residence,
  regimes: readonly RegimeId[],
): Regulator[] {
  const places = [...regimes, state === null ? country : `${country}-${state}`];
  return regulatorAreas
    .filter((area) => area.places.some((place) => places.includes(place)))
    .flatMap(({ regulators }) => regulators);
}
