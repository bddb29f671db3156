import Joi from 'joi';
import { rightIds, type DataClass, type RightId } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import { line } from '../../wire.ts';
import { relationsAsked, type Relation } from '../agreements/service.ts';
import type { Organization } from '../organizations/service.ts';
import { countries, partsOf } from '../../deadlines/jurisdiction.ts';
import { partName } from '../explain/service.ts';

/** What the first page of the form asks; it travels in the URL and names nobody. */
export interface Choice {
  right: string;
  /** Null when the form was not sent: it always has this field. */
  country: string | null;
  state: string;
  health: string;
  /** How the person relates to the organisation; absent where that is not asked. */
  relation?: string;
}

/** Anything goes in here: `readChoice` says kindly what is missing. */
export const choiceQuery = Joi.object<Choice>({
  right: line(30).allow('').default(''),
  country: line(30).allow('').default(null),
  state: line(30).allow('').default(''),
  health: line(30).allow('').default(''),
  relation: line(30).allow('').default(''),
});

export interface ChosenRight {
  right: RightId;
  country: string;
  state: string | null;
  dataClass: DataClass;
  relation: Relation;
}

/** The usable choice, or the names of the fields that still need one. */
export function readChoice(
  organization: Organization,
  { right, country, state, health, relation = 'own' }: Choice,
): { chosen: ChosenRight } | { missing: ('right' | 'relation' | 'country' | 'state')[] } {
  const offered = rightsOffered(organization).find((one) => one === right);
  const asked = relationsAsked(organization);
  const related = asked.length === 0 ? 'own' : asked.find((one) => one === relation);
  const parts = partsOf(country ?? '');
  const missing = [
    offered === undefined ? ('right' as const) : [],
    related === undefined ? ('relation' as const) : [],
    country !== null && countries.includes(country) ? [] : ('country' as const),
    parts.length > 0 && !parts.includes(state) ? ('state' as const) : [],
  ].flat();
  if (offered === undefined || related === undefined || country === null || missing.length > 0) {
    return { missing };
  }
  return {
    chosen: {
      right: offered,
      country,
      state: parts.length > 0 ? state : null,
      dataClass: dataClassOf(organization, health, related),
      relation: related,
    },
  };
}

/** What patients ask about are their health records; where no one asks further, HIPAA tells how they count. */
function dataClassOf(organization: Organization, health: string, relation: Relation): DataClass {
  if (relation === 'patient') return organization.regimes.includes('hipaa') ? 'phi' : 'sensitive';
  return health === 'yes' && asksForHealth(organization) ? 'phi' : 'ordinary';
}

/** The rights of an organisation in the order in which they are shown. */
export const rightsOffered = ({ rights }: Organization): RightId[] =>
  rightIds.filter((right) => rights.includes(right));

/**
 * Only HIPAA treats health records apart, so nobody else is asked about them; and where patients are
 * asked for, all others have none.
 */
export const asksForHealth = ({ regimes, roles }: Organization): boolean =>
  regimes.includes('hipaa') &&
  (relationsAsked({ roles }).length === 0 || roles.includes('coveredEntity'));

/** The choice as the query of an address. */
export const choiceAsQuery = ({
  right,
  country,
  state,
  dataClass,
  relation,
}: ChosenRight): string =>
  new URLSearchParams({
    right,
    country,
    ...(state !== null && { state }),
    ...(dataClass === 'phi' && relation === 'own' && { health: 'yes' }),
    ...(relation !== 'own' && { relation }),
  }).toString();

/** Where somebody lives, in words. */
export function residenceText(
  language: Language,
  { country, state }: { country: string; state: string | null },
): string {
  const name = language.country(country);
  return state === null ? name : `${partName(language, country, state)}, ${name}`;
}
