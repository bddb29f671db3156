import { days, months, onceWithReasons, plainClock, type DeadlineRule } from './rule.ts';

/** A portable copy of health records is an access request too: 45 CFR 164.524(c)(2)(ii). */
const hipaaAccess = {
  ...plainClock,
  id: 'hipaa-access',
  regime: 'hipaa',
  // HIPAA follows the record and its keeper, not the residence of the patient.
  jurisdictions: ['*'],
  requestTypes: ['access', 'access-categories', 'portability'],
  dataClasses: ['phi'],
  effectiveFrom: '2003-04-14',
  respond: days(30),
  extension: { ...onceWithReasons, add: days(30) },
  sources: ['45 CFR 164.524(b)(2)'],
  confidence: 'H',
} as const satisfies DeadlineRule;

const hipaaAmendment = {
  ...hipaaAccess,
  id: 'hipaa-amendment',
  requestTypes: ['correction', 'amendment'],
  respond: days(60),
  sources: ['45 CFR 164.526(b)(2)'],
} as const satisfies DeadlineRule;

const hipaaAccounting = {
  ...hipaaAccess,
  id: 'hipaa-accounting',
  requestTypes: ['disclosure-accounting'],
  respond: days(60),
  lookBack: { period: months(72) },
  sources: ['45 CFR 164.528'],
} as const satisfies DeadlineRule;

export const hipaaRules: readonly DeadlineRule[] = [hipaaAccess, hipaaAmendment, hipaaAccounting];
