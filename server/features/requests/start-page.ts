import type { Language } from '../../language.ts';
import { centrePage, centrePath } from '../../centre.ts';
import { errorList } from '../../typed.ts';
import type { Organization } from '../organizations/service.ts';
import { issuersOf } from '../assertions/service.ts';
import { countryOptions, partGroups } from '../explain/service.ts';
import { asksForHealth } from './choice.ts';
import { relationQuestion } from './relation-view.ts';
import { newReference } from './reference.ts';
import { rightChoices } from './right-choices.ts';

/** A reference that looks right and is nobody's: it only shows the form of one. */
const EXAMPLE = newReference();

export interface RefusedForm {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

/** The first page of the privacy centre; its errors are sentences already. */
export async function startPage(
  organization: Organization,
  language: Language,
  region: string | null,
  { values, errors }: RefusedForm,
) {
  const issuers = await issuersOf(organization._id);
  return centrePage(organization, language, 'privacy/start', centrePath(organization), {
    values: { country: region?.slice(0, 2) ?? '', state: region?.slice(3) ?? '', ...values },
    errors,
    errorList: errorList(errors, ['right', 'relation', 'country', 'state', 'reference']),
    action: `${centrePath(organization)}/request`,
    followAction: `${centrePath(organization)}/follow`,
    agentUrl: `${centrePath(organization)}/agent`,
    signedInUrl: issuers.length > 0 && `${centrePath(organization)}/signed-in`,
    choices: rightChoices(organization, language, region, values.right),
    countries: countryOptions(language),
    states: partGroups(language),
    relation: relationQuestion(language, organization),
    asksForHealth: asksForHealth(organization),
    example: EXAMPLE,
  });
}
