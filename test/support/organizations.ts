import { randomBytes } from 'node:crypto';
import { regimeIds } from '../../config/regimes.ts';
import { rightIds } from '../../config/rights.ts';
import { system } from '../../server/features/audit/service.ts';
import {
  addSite,
  createOrganization,
  type Organization,
  type SiteRow,
} from '../../server/features/organizations/service.ts';

/** An organisation with a unique short name, all rights and all regimes. */
export function anOrganization(
  given: Partial<Parameters<typeof createOrganization>[1]> = {},
): Promise<Organization> {
  const unique = randomBytes(4).toString('hex');
  const nobody = { email: '', phone: '', post: '' };
  return createOrganization(system(null), {
    slug: `org-${unique}`,
    name: `Organisation ${unique}`,
    timeZone: 'Europe/Berlin',
    languages: ['en', 'de'],
    regimes: [...regimeIds],
    rights: [...rightIds],
    promiseDays: null,
    requiresSecondFactor: false,
    policyUrl: null,
    contacts: {
      privacyOffice: { ...nobody, email: 'privacy-office@example.org' },
      dataProtectionOfficer: nobody,
      security: nobody,
    },
    ...given,
  });
}

export function aSite(
  organization: Organization,
  origins = ['https://www.example.org'],
): Promise<SiteRow> {
  return addSite(system(organization._id), organization._id, { name: 'A website', origins });
}
