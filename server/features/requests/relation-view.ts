import type { Language } from '../../language.ts';
import { relationsAsked, servesAnother, type Relation } from '../agreements/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { Preview } from './preview.ts';

/** The one question that tells whose data somebody asks about; null where all are our own. */
export function relationQuestion({ t }: Language, organization: Organization) {
  const relations = relationsAsked(organization);
  if (relations.length === 0) return null;
  const { name } = organization;
  return {
    legend: t('forwarding.ask.legend'),
    hint: t('forwarding.ask.hint'),
    options: relations.map((value) => ({
      value,
      title: t(`forwarding.ask.${value}`, { organization: name }),
    })),
  };
}

/** The field for the name of the clinic or company; null for who asks about our own data. */
export function customerField(
  { t }: Language,
  relation: Relation,
  { values, errors }: { values: Record<string, unknown>; errors: Record<string, string> },
) {
  if (relation === 'own') return null;
  return {
    id: 'customer',
    label: t('forwarding.ask.customer'),
    hint: t('forwarding.ask.customerHint'),
    value: typeof values.customer === 'string' ? values.customer : '',
    error: errors.customer,
    maxlength: 120,
    autocomplete: 'organization',
  };
}

/** Who will answer, where it is not the organisation itself. */
export function passedOnText(
  { t, day }: Language,
  { name }: Organization,
  { role, deadlines }: Preview,
): string | null {
  if (!servesAnother(role)) return null;
  const on = day(deadlines.forwardBy ?? deadlines.effectiveDue);
  return t('forwarding.passedOn', { organization: name, day: on });
}
