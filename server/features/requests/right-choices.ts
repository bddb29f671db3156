import type { RegimeId } from '../../../config/regimes.ts';
import { rightCatalogue, rightGroups } from '../../../config/right-catalogue.ts';
import type { RightId } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import { rightsOffered } from './choice.ts';
import { regimesFor } from '../../deadlines/jurisdiction.ts';

/** Up to so many rights are shown at once; of more, the rare ones wait behind a fold. */
const FEW = 6;

/** The regimes that somebody in a region may be under; all of the organisation's where it is unknown. */
function regimesAround({ regimes }: Organization, region: string | null): readonly RegimeId[] {
  if (region === null) return regimes;
  const [country = '', state = null] = region.split('-');
  return regimesFor({ country, state }, 'ordinary', regimes);
}

/** Whether a law gives a right: some are owed by everybody, others by a regime only. */
const isGiven = (right: RightId, regimes: readonly RegimeId[]): boolean =>
  rightCatalogue[right].givenBy?.some((regime) => regimes.includes(regime)) ?? true;

/**
 * What somebody may ask, as the first page shows it: under plain headings what most people want
 * and their law gives them, and the rest behind one fold.
 */
export function rightChoices(
  organization: Organization,
  language: Language,
  region: string | null,
  chosen: unknown,
) {
  const offered = rightsOffered(organization);
  const around = regimesAround(organization, region);
  const isShown = (right: RightId) =>
    offered.length <= FEW || (rightCatalogue[right].isCommon === true && isGiven(right, around));
  const card = (right: RightId) => ({
    value: right,
    id: right === offered.find(isShown) ? 'right' : `right-${right}`,
    title: language.t(`privacy.right.${right}.title`),
    description: language.t(`privacy.right.${right}.text`),
    icon: rightCatalogue[right].icon,
  });
  const cardsOf = (group: string) =>
    offered.filter((right) => rightCatalogue[right].group === group && isShown(right)).map(card);
  const rest = offered.filter((right) => !isShown(right));
  return {
    groups: rightGroups
      .map((group) => ({
        id: `group-${group}`,
        label: language.t(`right-form.group.${group}`),
        options: cardsOf(group),
      }))
      .filter(({ options }) => options.length > 0),
    rest: rest.map(card),
    isRestOpen: rest.some((right) => right === chosen),
  };
}
