import { Types } from 'mongoose';
import type { Language } from '../../language.ts';
import { agreementById, servesAnother } from '../agreements/service.ts';
import type { StaffMember } from '../staff/service.ts';
import type { ForwardingRow } from './forwarding-model.ts';
import { forwardingChoices, forwardingOf } from './forwarding.ts';
import { requestPath } from './links.ts';
import type { RequestView } from './reading.ts';
import { groupOf } from './states.ts';

function linkText({ t, moment }: Language, link: ForwardingRow, timeZone: string): string {
  const at = moment(link.sentAt, timeZone);
  if (link.openedAt) {
    return t('forwarding.desk.opened', { at, opened: moment(link.openedAt, timeZone) });
  }
  return t(link.expiresAt > new Date() ? 'forwarding.desk.sent' : 'forwarding.desk.expired', {
    at,
  });
}

async function sentView(language: Language, staff: StaffMember, view: RequestView) {
  const { t } = language;
  const { organizationId, organization } = staff;
  if (!view.agreementId) return null;
  const [agreement, link] = await Promise.all([
    agreementById(organizationId, view.agreementId),
    forwardingOf(organizationId, new Types.ObjectId(view.id)),
  ]);
  return {
    title: t('forwarding.desk.forwardedTo', { name: agreement.name }),
    text: [agreement.contactName, agreement.email, agreement.phone].filter(Boolean).join(' · '),
    tone: 'success',
    sent: link && linkText(language, link, organization.timeZone),
    renew: `${requestPath(organization, view.id)}/forwarding/renew`,
  };
}

/** Whose data a request is about and how far it came with them; null for our own data. */
export async function forwardingView(language: Language, staff: StaffMember, view: RequestView) {
  if (!servesAnother(view.role)) return null;
  if (view.state === 'forwarded') return sentView(language, staff, view);
  if (groupOf(view.state) === 'closed') return null;
  const { t } = language;
  const choices = await forwardingChoices(staff, view.role);
  const named = view.answers.customer ?? '';
  const params = {
    day: language.day(view.deadlines.forwardBy ?? view.deadlines.effectiveDue),
    role: t(`inventory.role.${view.role}`),
  };
  const isCovered = choices.length > 0 && (view.agreementId !== null || named === '');
  const words = isCovered ? 'held' : 'none';
  return {
    title: t(`forwarding.desk.${words}`),
    text: [
      t(`forwarding.desk.${words}Text`, params),
      named === '' ? '' : t('forwarding.desk.named', { name: named }),
    ]
      .filter(Boolean)
      .join(' '),
    tone: isCovered ? 'info' : 'warning',
    ...(!isCovered && {
      link: {
        href: `/o/${staff.organization.slug}/inventory/agreements`,
        label: t('forwarding.desk.register'),
      },
    }),
    chosen: view.agreementId?.toHexString() ?? '',
    choices: choices.map(({ _id, name }) => ({ value: _id.toHexString(), label: name })),
  };
}
