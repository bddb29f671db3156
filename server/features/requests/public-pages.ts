import Joi from 'joi';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { invalidField } from '../../problem.ts';
import { line } from '../../wire.ts';
import { centrePath, inCentre, type InCentre } from '../../centre.ts';
import { sentencesOf } from '../../typed.ts';
import { organizationBySlug } from '../organizations/service.ts';
import { askedCookie } from './filed.ts';
import { formPages } from './form-pages.ts';
import { forwardingPages } from './forwarding-pages.ts';
import { linkPages } from './link-pages.ts';
import { askForCode } from './portal.ts';
import { readReference } from './reference.ts';
import { startPage } from './start-page.ts';

interface Following {
  reference: string;
}

async function followRequest({
  params,
  body,
}: Call<InCentre, unknown, Following>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const reference = readReference(body.reference);
  if (reference === null) {
    throw invalidField('reference', 'any.required', 'reference is not one');
  }
  await askForCode(organization, reference);
  return {
    redirect: `${centrePath(organization)}/requests/${reference}`,
    flash: 'portal.flash.codeSent',
    cookies: [askedCookie(reference)],
  };
}

/** Where a request begins: the privacy centre, its form, and the links of its mails. */
export const publicPages: Door[] = [
  ...linkPages,
  ...forwardingPages,
  publicPage<InCentre>({
    method: 'get',
    path: '/privacy/:organization',
    params: inCentre,
    act: async ({ params, language, region }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values: {},
        errors: {},
      }),
  }),
  ...formPages,
  publicPage<InCentre, Record<string, never>, Following>({
    method: 'post',
    path: '/privacy/:organization/follow',
    params: inCentre,
    body: Joi.object<Following>({ reference: line(40).required() }),
    limit: 'code',
    act: followRequest,
    onInvalid: async ({ params, language, region }, { values, errors }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values,
        errors: sentencesOf(language, 'privacy.error', errors),
      }),
  }),
];
