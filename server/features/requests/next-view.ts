import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import { contactOf } from './next-routes.ts';
import { regulatorsFor } from './regulators.ts';
import type { PersonView } from './portal.ts';

/**
 * Where somebody may turn who does not agree: to us again, to the data protection officer, to an
 * authority, to a court (GDPR Art. 12(4), 13(2)(b), (d)).
 */
export function nextRoutesView(
  { t }: Language,
  { contacts }: Organization,
  view: PersonView,
  here: string,
) {
  const { email, phone } = contacts.dataProtectionOfficer;
  const officer = [email, phone].filter(Boolean).join(', ');
  return {
    appeal: view.mayAppeal && { action: `${here}/appeal` },
    statement: view.mayDisagree && { action: `${here}/statement` },
    officer: officer === '' ? null : t('outcomes.next.officer', { contact: officer }),
    regulators: regulatorsFor(view.residence, view.regimes).map((regulator) => ({
      name: regulator.name,
      website: regulator.website,
      contact: contactOf(regulator),
    })),
  };
}
