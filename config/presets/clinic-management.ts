import { regimeIds } from '../regimes.ts';
import { alwaysOffered, keepUntil, rightsOfPatients, type Preset } from './preset.ts';

/** A platform with which clinics are run; patient data only under the agreements with them. */
export const clinicManagement: Preset = {
  id: 'clinic-management',
  regimes: regimeIds,
  rights: ['access', 'correction', 'deletion', ...rightsOfPatients, ...alwaysOffered],
  promiseDays: null,
  languages: ['en'],
  roles: ['controller', 'businessAssociate'],
  ageRule: { everywhere: null, eeaAndUk: null, patientsExempt: false },
  noticePolicy: { daysAhead: null, material: ['posting'], significant: [] },
  cookieCategories: ['necessary', 'analytics'],
  contacts: ['dataProtectionOfficer'],
  purposes: [
    { id: 'service', basis: 'contract' },
    { id: 'improvement', basis: 'legitimate-interests' },
    { id: 'billing', basis: 'contract' },
    { id: 'communication', basis: 'contract' },
    { id: 'legal', basis: 'legal-obligation' },
    { id: 'security', basis: 'legitimate-interests' },
    { id: 'customer-instructions', basis: 'contract' },
  ],
  recipients: [{ id: 'cloud-hosting', isSubcontractor: true }, { id: 'analytics-provider' }],
  categories: [
    {
      id: 'account',
      sources: ['person'],
      purposes: ['service', 'billing', 'communication', 'legal'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('purpose-end'),
    },
    {
      id: 'usage',
      sources: ['automatic'],
      purposes: ['improvement', 'security'],
      recipients: ['cloud-hosting', 'analytics-provider'],
      retention: keepUntil('purpose-end'),
    },
    {
      id: 'patient-data',
      dataClass: 'phi',
      isDesignatedRecordSet: true,
      role: 'businessAssociate',
      sources: ['customer'],
      purposes: ['customer-instructions'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('agreement-end'),
    },
  ],
};
