import type { Organization } from '../../server/features/organizations/service.ts';
import { forwardRequest } from '../../server/features/requests/forwarding.ts';
import type { RequestRow } from '../../server/features/requests/model.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { anAgreement } from './agreements.ts';
import { anOrganization } from './organizations.ts';
import { aMember, aRequest, mailsTo, requestByReference } from './requests.ts';

/** An organisation that holds data for itself, for clinics and for companies. */
export const aServingOrganization = () =>
  anOrganization({ roles: ['controller', 'processor', 'businessAssociate'] });

/** Where the controller of an agreement in tests gets its mail. */
export const CONTROLLER = 'records@clinic.test';

/** A verified request of a patient of a clinic. */
export const aPatientsRequest = (
  organization: Organization,
  given: Parameters<typeof aRequest>[1] = {},
) =>
  aRequest(organization, {
    dataClass: 'phi',
    relation: 'patient',
    customer: 'Clinic Riverside',
    ...given,
  });

/** A request that was passed on to the clinic's address. */
export async function aForwardedRequest(
  organization: Organization,
  email = CONTROLLER,
): Promise<{ row: RequestRow; officer: StaffMember; person: string }> {
  const agreementId = await anAgreement(organization, { email });
  const officer = await aMember(organization);
  const { row, email: person } = await aPatientsRequest(organization);
  await forwardRequest(officer, row._id, { version: row.version, agreementId });
  return { row: await requestByReference(organization, row.reference), officer, person };
}

/** The path of the newest link in the mails to a controller. */
export async function forwardedLink(email = CONTROLLER): Promise<string> {
  const text = (await mailsTo(email)).at(-1)?.text ?? '';
  return new URL(/https?:\/\/\S+\/forwarded\/[\w-]+/u.exec(text)?.[0] ?? '').pathname;
}
