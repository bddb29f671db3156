import Joi from 'joi';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { centrePage, centrePath } from '../../centre.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { enter } from './portal-pages.ts';
import {
  disownByLink,
  enterByLink,
  entranceOfUsedLink,
  linkPurpose,
  stopLinkOffer,
} from './portal.ts';
import { ofLink, type OfLink } from './schema.ts';

interface Wish {
  silence: boolean;
}
const wish = Joi.object<Wish>({ silence: Joi.boolean().truthy('yes').default(false) });

/** Says kindly that a link is dead, and where to go. */
function endedPage(organization: Organization, language: Language, code: string): Answer {
  const home = centrePath(organization);
  const text = code === 'request-ended' ? 'privacy.ended.requestText' : 'privacy.ended.text';
  return {
    ...centrePage(organization, language, 'privacy/ended', home, {
      text: language.t(text),
      startUrl: home,
    }),
    status: 410,
  };
}

/** The same for the link of a code: whoever pressed its button before is led to the entrance. */
async function usedPage(
  organization: Organization,
  language: Language,
  token: string,
  code: string,
): Promise<Answer> {
  const reference = await entranceOfUsedLink(organization, token);
  if (reference === null) return endedPage(organization, language, code);
  const home = centrePath(organization);
  return {
    ...centrePage(organization, language, 'privacy/used', home, {
      title: language.t('identity.used.title'),
      entrance: `${home}/requests/${reference}`,
    }),
    status: 410,
  };
}

async function showConfirmation({ params, language }: Call<OfLink, unknown, unknown>) {
  const organization = await organizationBySlug(params.organization);
  const purpose = await linkPurpose(organization, params.token);
  if (purpose === null) return usedPage(organization, language, params.token, 'link-ended');
  const here = `${centrePath(organization)}/confirm/${params.token}`;
  const words = purpose === 'verify-request' ? 'verify' : 'open';
  return centrePage(organization, language, 'privacy/confirm', here, {
    title: language.t(`privacy.confirm.${words}.title`),
    text: language.t(`privacy.confirm.${words}.text`),
    submit: language.t(`privacy.confirm.${words}.submit`),
    action: here,
  });
}

async function confirm({ params, language }: Call<OfLink, unknown, unknown>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  try {
    return enter(organization, await enterByLink(organization, params.token));
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== 'gone') throw error;
    return usedPage(organization, language, params.token, error.code ?? '');
  }
}

async function showDisowning({ params, language }: Call<OfLink, unknown, unknown>) {
  const organization = await organizationBySlug(params.organization);
  const offer = await stopLinkOffer(organization, params.token);
  if (!offer) return endedPage(organization, language, 'link-ended');
  const here = `${centrePath(organization)}/not-me/${params.token}`;
  return centrePage(organization, language, 'privacy/not-me', here, {
    canEnd: offer.canEnd,
    text: language.t(offer.canEnd ? 'privacy.not-me.text' : 'privacy.not-me.textOpen', {
      organization: organization.name,
    }),
    action: here,
    keepUrl: centrePath(organization),
  });
}

async function disown({ params, body, language }: Call<OfLink, unknown, Wish>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  try {
    const { ended, silenced } = await disownByLink(organization, params.token, body);
    const here = `${centrePath(organization)}/not-me/${params.token}`;
    return centrePage(organization, language, 'privacy/disowned', here, {
      ended,
      silenced,
      startUrl: centrePath(organization),
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== 'gone') throw error;
    return endedPage(organization, language, error.code ?? '');
  }
}

/** What the links of mails open: a GET only shows, so mail scanners that follow links change nothing. */
export const linkPages: Door[] = [
  publicPage<OfLink>({
    method: 'get',
    path: '/privacy/:organization/confirm/:token',
    params: ofLink,
    limit: 'code',
    act: showConfirmation,
  }),
  publicPage<OfLink>({
    method: 'post',
    path: '/privacy/:organization/confirm/:token',
    params: ofLink,
    limit: 'code',
    act: confirm,
  }),
  publicPage<OfLink>({
    method: 'get',
    path: '/privacy/:organization/not-me/:token',
    params: ofLink,
    limit: 'code',
    act: showDisowning,
  }),
  publicPage<OfLink, Record<string, never>, Wish>({
    method: 'post',
    path: '/privacy/:organization/not-me/:token',
    params: ofLink,
    body: wish,
    limit: 'code',
    act: disown,
  }),
];
