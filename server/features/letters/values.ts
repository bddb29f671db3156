import type { Language } from '../../language.ts';
import { centreUrl } from '../../centre.ts';
import type { Contacts, Organization } from '../organizations/service.ts';
import type { LetterValues } from './writing.ts';

type Contact = Contacts['privacyOffice'];

/** Every way to reach somebody, in one line that begins with the post. */
export const waysToReach = ({ email, phone, post }: Contact): string =>
  [...post.split('\n'), phone, email]
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(', ');

const contactLine = ({ email, phone, post }: Contact) =>
  [email, phone].filter(Boolean).join(', ') || waysToReach({ email, phone, post });

/** What every letter of an organisation says of it. */
export const valuesOfOrganization = ({ name, contacts }: Organization): LetterValues => ({
  organization: name,
  office: contactLine(contacts.privacyOffice),
  officer: contactLine(contacts.dataProtectionOfficer),
});

/** An invented request, for trying a letter out. */
export function exampleValues(organization: Organization, { t }: Language): LetterValues {
  const example = (name: string) => t(`letters.example.${name}`);
  return {
    ...valuesOfOrganization(organization),
    reference: '7K3M-9QXT-2',
    right: example('right'),
    receivedOn: '2030-03-04',
    answerBy: '2030-04-03',
    appealLink: `${centreUrl(organization)}/requests/7K3M-9QXT-2`,
    endsOn: '2030-03-11',
    liftedOn: '2030-05-06',
    link: centreUrl(organization),
    authorities: [{ name: example('authority'), contact: 'www.authority.example' }],
    name: 'Ada Beispiel',
    ground: example('ground'),
    reason: example('reason'),
    purpose: example('purpose'),
    controller: example('controller'),
    kept: [{ category: example('category'), reason: example('keptReason'), until: '2036-12-31' }],
    changes: [{ field: example('field'), before: 'Alte Gasse 1', after: 'Neue Gasse 2' }],
  };
}
