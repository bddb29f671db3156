import Joi from 'joi';
import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../wire.ts';
import { organizationBySlug } from '../organizations/service.ts';
import { askedCookie } from './filed.ts';
import { formPages } from './form-pages.ts';
import { forwardingPages } from './forwarding-pages.ts';
import { linkPages } from './link-pages.ts';
import { askForCode } from './portal.ts';
import { readReference } from './reference.ts';
import { homeOf, sentencesFor, startPage } from './start-page.ts';

interface OfOrganization {
  organization: string;
}
const ofOrganization = Joi.object<OfOrganization>({ organization: line(60).required() });

interface Following {
  reference: string;
}

async function followRequest({
  params,
  body,
}: Call<OfOrganization, unknown, Following>): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const reference = readReference(body.reference);
  if (reference === null) {
    throw new Problem('invalid', 'See errors.', {
      errors: [{ pointer: '/reference', code: 'any.required', detail: 'reference is not one' }],
    });
  }
  await askForCode(organization, reference);
  return {
    redirect: `${homeOf(organization)}/requests/${reference}`,
    flash: 'portal.flash.codeSent',
    cookies: [askedCookie(reference)],
  };
}

/** Where a request begins: the privacy centre, its form, and the links of its mails. */
export const publicPages: Door[] = [
  ...linkPages,
  ...forwardingPages,
  publicPage<OfOrganization>({
    method: 'get',
    path: '/privacy/:organization',
    params: ofOrganization,
    act: async ({ params, language, region }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values: {},
        errors: {},
      }),
  }),
  ...formPages,
  publicPage<OfOrganization, Record<string, never>, Following>({
    method: 'post',
    path: '/privacy/:organization/follow',
    params: ofOrganization,
    body: Joi.object<Following>({ reference: line(40).required() }),
    limit: 'code',
    act: followRequest,
    onInvalid: async ({ params, language, region }, { values, errors }) =>
      startPage(await organizationBySlug(params.organization), language, region, {
        values,
        errors: sentencesFor(language, errors),
      }),
  }),
];
