import {
  alwaysOffered,
  keepBetween,
  keepUntil,
  rightsOfPatients,
  unitedStates,
  type Preset,
  type PresetCategory,
} from './preset.ts';

/** Hosted where the servers are; what allows a transfer is for the organisation to settle. */
const hostedInUnitedStates = [{ country: 'US', mechanism: 'undocumented' }] as const;

const patientCategory = (id: string, recipients: readonly string[] = []): PresetCategory => ({
  id,
  dataClass: 'phi',
  isDesignatedRecordSet: true,
  role: 'businessAssociate',
  sources: ['customer', 'person'],
  purposes: ['care'],
  recipients: ['cloud-hosting', ...recipients],
  // Health records: seven to ten years after the last contact with the patient.
  retention: keepBetween({ years: 7 }, { years: 10 }, 'last-contact'),
  transfers: hostedInUnitedStates,
});

/** A platform with which practices are run, hosted in the United States. */
export const practiceManagement: Preset = {
  id: 'practice-management',
  regimes: ['gdpr', 'uk-gdpr', ...unitedStates],
  rights: [
    'access',
    'correction',
    'deletion',
    'portability',
    'restriction',
    'objection',
    'limit-sensitive',
    ...rightsOfPatients,
    ...alwaysOffered,
  ],
  promiseDays: null,
  languages: ['en'],
  roles: ['controller', 'businessAssociate'],
  ageRule: { everywhere: 13, eeaAndUk: null, patientsExempt: true },
  noticePolicy: {
    daysAhead: null,
    material: ['posting'],
    significant: ['email', 'in-product'],
  },
  cookieCategories: ['necessary', 'preferences', 'analytics'],
  contacts: ['privacyOffice'],
  purposes: [
    { id: 'care', basis: 'contract' },
    { id: 'service', basis: 'contract' },
    { id: 'improvement', basis: 'legitimate-interests' },
    { id: 'support', basis: 'contract' },
    { id: 'security', basis: 'legitimate-interests' },
    { id: 'compliance', basis: 'legal-obligation' },
    { id: 'communication', basis: 'contract' },
  ],
  recipients: [
    { id: 'cloud-hosting', isSubcontractor: true },
    { id: 'healthcare-providers' },
    { id: 'insurers' },
    { id: 'laboratories' },
  ],
  categories: [
    patientCategory('demographics', ['healthcare-providers']),
    patientCategory('medical-history', ['healthcare-providers', 'laboratories']),
    patientCategory('appointments', ['healthcare-providers']),
    patientCategory('patient-billing', ['insurers']),
    patientCategory('medication', ['healthcare-providers', 'laboratories']),
    {
      id: 'account',
      sources: ['person'],
      purposes: ['service', 'support', 'communication'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('purpose-end'),
      transfers: hostedInUnitedStates,
    },
    {
      id: 'credentials',
      sources: ['person'],
      purposes: ['service', 'security'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('purpose-end'),
      transfers: hostedInUnitedStates,
    },
    {
      id: 'usage',
      sources: ['automatic'],
      purposes: ['improvement', 'security'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('purpose-end'),
      transfers: hostedInUnitedStates,
    },
    {
      id: 'location',
      dataClass: 'sensitive',
      sources: ['automatic'],
      purposes: ['service'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('purpose-end'),
      transfers: hostedInUnitedStates,
    },
  ],
};
