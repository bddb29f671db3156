import type { ControllerRole, DataClass } from '../../../config/rights.ts';

/** How somebody relates to an organisation: for itself, or through one of its customers. */
export const relations = ['own', 'patient', 'employee'] as const;
export type Relation = (typeof relations)[number];

type Parts = readonly ControllerRole[];

/**
 * In which part an organisation holds the data that a request is about. Whoever serves others holds
 * their people's data for them: patients' health records as a business associate (45 CFR 160.103),
 * all else as a processor (GDPR Art. 4(8)). What it holds for itself it answers for itself.
 */
export function roleFor(
  { roles }: { roles: Parts },
  dataClass: DataClass,
  relation: Relation,
): ControllerRole {
  const own =
    dataClass === 'phi' && roles.includes('coveredEntity') ? 'coveredEntity' : 'controller';
  const isHealth = dataClass === 'phi' || relation === 'patient';
  if (isHealth && roles.includes('businessAssociate')) {
    // A covered entity that also serves others: a person of its own is no customer's patient.
    return relation === 'own' && own === 'coveredEntity' ? own : 'businessAssociate';
  }
  return relation !== 'own' && roles.includes('processor') ? 'processor' : own;
}

/** What people must be asked so that the part can be told; nothing where the organisation serves nobody. */
export function relationsAsked({ roles }: { roles: Parts }): Relation[] {
  const [associate, processor] = [roles.includes('businessAssociate'), roles.includes('processor')];
  if (processor) return ['own', 'patient', 'employee'];
  return associate ? ['own', 'patient'] : [];
}

/** Whether the answer is another's to give: such a request is forwarded, and nothing is released. */
export const servesAnother = (role: ControllerRole): boolean =>
  role === 'processor' || role === 'businessAssociate';
