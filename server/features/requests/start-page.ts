import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import { issuersOf } from '../assertions/service.ts';
import { centrePage, errorList } from './centre-frame.ts';
import { countryOptions, partGroups } from '../explain/service.ts';
import { asksForHealth } from './choice.ts';
import { relationQuestion } from './relation-view.ts';
import { newReference } from './reference.ts';
import { rightChoices } from './right-choices.ts';

/** A reference that looks right and is nobody's: it only shows the form of one. */
const EXAMPLE = newReference();

export const homeOf = ({ slug }: Organization) => `/privacy/${slug}`;

export interface RefusedForm {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

/** Which sentence a refused field of a form gets. */
export function sentencesFor(
  { t, has }: Language,
  errors: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.keys(errors).map((field) => {
      const key = `privacy.error.${field}`;
      return [field, t(has(key) ? key : 'privacy.error.other')];
    }),
  );
}

/** The first page of the privacy centre; its errors are sentences already. */
export async function startPage(
  organization: Organization,
  language: Language,
  region: string | null,
  { values, errors }: RefusedForm,
) {
  const issuers = await issuersOf(organization._id);
  return centrePage(organization, language, 'privacy/start', homeOf(organization), {
    values: { country: region?.slice(0, 2) ?? '', state: region?.slice(3) ?? '', ...values },
    errors,
    errorList: errorList(errors, ['right', 'relation', 'country', 'state', 'reference']),
    action: `${homeOf(organization)}/request`,
    followAction: `${homeOf(organization)}/follow`,
    agentUrl: `${homeOf(organization)}/agent`,
    signedInUrl: issuers.length > 0 && `${homeOf(organization)}/signed-in`,
    choices: rightChoices(organization, language, region, values.right),
    countries: countryOptions(language),
    states: partGroups(language),
    relation: relationQuestion(language, organization),
    asksForHealth: asksForHealth(organization),
    example: EXAMPLE,
  });
}
