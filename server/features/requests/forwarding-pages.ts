import { publicPage, staffPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { centrePage, centrePath } from '../../centre.ts';
import { inventoryOf } from '../inventory/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { residenceText } from './choice.ts';
import {
  isForwardingOpen,
  openForwarded,
  renewForwarding,
  type ForwardedView,
} from './forwarding.ts';
import { requestPath } from './links.ts';
import { answerItems } from './question-view.ts';
import { ofLink, requestId, type OfLink } from './schema.ts';

const hereOf = (organization: Organization, token: string) =>
  `${centrePath(organization)}/forwarded/${token}`;

function endedPage(organization: Organization, language: Language, here: string): Answer {
  const text = language.t('forwarding.ended.text', { organization: organization.name });
  return {
    ...centrePage(organization, language, 'forwarding/ended', here, { text }),
    status: 410,
  };
}

async function showLink({ params, language }: Call<OfLink, unknown, unknown>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const here = hereOf(organization, params.token);
  if (!(await isForwardingOpen(organization, params.token))) {
    return endedPage(organization, language, here);
  }
  return centrePage(organization, language, 'forwarding/open', here, {
    text: language.t('forwarding.open.text', { organization: organization.name }),
    action: here,
  });
}

function factsOf(language: Language, { timeZone }: Organization, view: ForwardedView) {
  const { t, moment } = language;
  const given = [
    ['name', view.name],
    ['email', view.email],
    ['phone', view.phone],
    ['post', view.post],
  ] as const;
  return [
    { term: t('forwarding.fact.right'), text: t(`requests.right.${view.right}`) },
    { term: t('forwarding.fact.received'), text: moment(view.receivedAt, timeZone) },
    ...given
      .filter(([, text]) => text !== '')
      .map(([name, text]) => ({ term: t(`forwarding.fact.${name}`), text })),
    { term: t('forwarding.fact.residence'), text: residenceText(language, view.residence) },
    {
      term: t('forwarding.fact.identity'),
      text: t(view.verifiedAt ? 'forwarding.mailbox-proved' : 'forwarding.nothing-proved'),
    },
  ];
}

async function openLink({ params, language }: Call<OfLink, unknown, unknown>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const here = hereOf(organization, params.token);
  try {
    const view = await openForwarded(organization, params.token);
    const { purposes } = await inventoryOf(organization._id);
    return centrePage(organization, language, 'forwarding/shown', here, {
      title: language.t('forwarding.shown.title', { reference: view.reference }),
      facts: factsOf(language, organization, view),
      details: view.details,
      answers: answerItems(language, view.right, view.answers, purposes),
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== 'gone') throw error;
    return endedPage(organization, language, here);
  }
}

/** What the link in a controller's mail opens, and the way to send a fresh one. */
export const forwardingPages: Door[] = [
  publicPage<OfLink>({
    method: 'get',
    path: '/privacy/:organization/forwarded/:token',
    params: ofLink,
    limit: 'code',
    act: showLink,
  }),
  publicPage<OfLink>({
    method: 'post',
    path: '/privacy/:organization/forwarded/:token',
    params: ofLink,
    limit: 'code',
    act: openLink,
  }),
  staffPage('requests:decide', {
    method: 'post',
    path: '/o/:organization/requests/:id/forwarding/renew',
    params: requestId,
    act: async ({ staff, params }) => {
      await renewForwarding(staff, params.id);
      const redirect = requestPath(staff.organization, params.id);
      return { redirect, flash: 'forwarding.flash.renewed' };
    },
  }),
];
