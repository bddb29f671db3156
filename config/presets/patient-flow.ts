import {
  alwaysOffered,
  keepAtLeast,
  keepAtMost,
  keepUntil,
  rightsOfPatients,
  unitedStates,
  type Preset,
} from './preset.ts';

/** A platform that guides patients through their visits, for its customers. */
export const patientFlow: Preset = {
  id: 'patient-flow',
  regimes: unitedStates,
  rights: [
    'access',
    'correction',
    'deletion',
    'portability',
    ...rightsOfPatients,
    ...alwaysOffered,
  ],
  promiseDays: null,
  languages: ['en'],
  roles: ['controller', 'businessAssociate'],
  ageRule: { everywhere: null, eeaAndUk: null, patientsExempt: false },
  noticePolicy: { daysAhead: null, material: ['posting'], significant: [] },
  cookieCategories: ['necessary', 'preferences', 'analytics'],
  contacts: ['privacyOffice'],
  purposes: [
    { id: 'service', basis: 'contract' },
    { id: 'billing', basis: 'contract' },
    { id: 'communication', basis: 'contract' },
    { id: 'improvement', basis: 'legitimate-interests' },
    { id: 'compliance', basis: 'legal-obligation' },
    { id: 'fraud', basis: 'legitimate-interests' },
    { id: 'legal', basis: 'legal-obligation' },
    { id: 'research', basis: 'legitimate-interests' },
    { id: 'customer-instructions', basis: 'contract' },
  ],
  recipients: [{ id: 'cloud-hosting', isSubcontractor: true }, { id: 'payment-processor' }],
  categories: [
    {
      id: 'account',
      sources: ['person'],
      purposes: ['service', 'communication'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('account-closure'),
    },
    {
      id: 'credentials',
      sources: ['person'],
      purposes: ['service', 'fraud'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('account-closure'),
    },
    {
      id: 'billing',
      sources: ['person'],
      purposes: ['billing', 'legal'],
      recipients: ['payment-processor'],
      retention: keepAtLeast({ years: 7 }, 'document-date'),
    },
    {
      id: 'device-logs',
      sources: ['automatic'],
      purposes: ['improvement', 'fraud'],
      recipients: ['cloud-hosting'],
      retention: keepAtMost({ months: 12 }, 'collection'),
    },
    ...(
      ['patient-contact', 'appointments', 'treatment-visits', 'provider-communications'] as const
    ).map((id) => ({
      id,
      dataClass: 'phi' as const,
      role: 'businessAssociate' as const,
      ...(id !== 'provider-communications' && { isDesignatedRecordSet: true as const }),
      sources: ['customer' as const],
      purposes: ['customer-instructions'],
      recipients: ['cloud-hosting'],
      retention: keepUntil('agreement-end'),
    })),
  ],
};
