import Joi from 'joi';
import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import type { Language } from '../../language.ts';
import { objectId } from '../../wire.ts';
import { namedErrorList, type Errors, type Typed } from '../../typed.ts';
import type { StaffMember } from '../staff/service.ts';
import { newSite, type NewSite } from './schema.ts';
import { addSite, changeSite, siteById, sitesOf, type SiteRow } from './service.ts';

const PATH = '/o/:organization/settings/sites';

/** A form gives the origins as lines of one text. */
const linesOf = (text: string) => text.split(/\s+/u).filter((line) => line !== '');

const originList = newSite.extract('origins');

const siteForm = Joi.object<NewSite>({
  name: newSite.extract('name'),
  origins: Joi.string()
    .max(5000)
    .required()
    .custom((value: string, helpers) => {
      const checked = originList.validate(linesOf(value)) as Joi.ValidationResult<string[]>;
      return checked.error ? helpers.error('string.uri') : checked.value;
    }),
});

const siteParams = Joi.object<{ site: Types.ObjectId }>({ site: objectId.required() });

const sitesUrl = ({ organization }: StaffMember) => `/o/${organization.slug}/settings/sites`;

const textIn = (typed: Typed, name: string) => (typeof typed[name] === 'string' ? typed[name] : '');

const formOf = (language: Language, typed: Typed, errors: Errors) => ({
  values: { name: textIn(typed, 'name'), origins: textIn(typed, 'origins') },
  errors,
  errorList: namedErrorList(language, 'organizations.field', errors),
});

async function sitesView(
  { staff, language }: StaffCall<unknown, unknown, unknown>,
  typed: Typed = {},
  errors: Errors = {},
): Promise<Answer> {
  const here = sitesUrl(staff);
  const sites = await sitesOf(staff.organizationId);
  return {
    page: 'organizations/sites',
    model: {
      tabs: settingsTabs(staff, language, 'sites'),
      action: here,
      mayChange: mayDo(staff.role, 'organization:write'),
      sites: sites.map(({ _id, name, origins }) => ({
        name,
        text: origins.join(' · '),
        href: `${here}/${_id.toHexString()}`,
      })),
      ...formOf(language, typed, errors),
    },
  };
}

/** The one tag that a website needs. It stands first in the head, so that nothing loads before it. */
const tagOf = ({ siteKey }: SiteRow) =>
  `<script src="${config.publicUrl}/c/${siteKey}.js"></script>`;

async function siteView(
  { staff, language, params }: StaffCall<{ site: Types.ObjectId }, unknown, unknown>,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const site = await siteById(staff.organizationId, params.site);
  const known = { name: site.name, origins: site.origins.join('\n') };
  return {
    page: 'organizations/site',
    model: {
      title: site.name,
      back: { href: sitesUrl(staff), label: language.t('organizations.sites.title') },
      action: `${sitesUrl(staff)}/${params.site.toHexString()}`,
      mayChange: mayDo(staff.role, 'organization:write'),
      tag: tagOf(site),
      ...formOf(language, typed ?? known, errors),
    },
  };
}

/** The websites of an organisation. */
export const sitePages: readonly Door[] = [
  staffPage('organization:read', { method: 'get', path: PATH, act: (call) => sitesView(call) }),
  staffPage('organization:write', {
    method: 'post',
    path: PATH,
    body: siteForm,
    act: async ({ staff, body }) => {
      const { _id } = await addSite(staff, staff.organizationId, body);
      return {
        redirect: `${sitesUrl(staff)}/${_id.toHexString()}`,
        flash: 'organizations.flash.site-added',
      };
    },
    onInvalid: (call, { values, errors }) => sitesView(call, values, errors),
  }),
  staffPage('organization:read', {
    method: 'get',
    path: `${PATH}/:site`,
    params: siteParams,
    act: (call) => siteView(call),
  }),
  staffPage('organization:write', {
    method: 'post',
    path: `${PATH}/:site`,
    params: siteParams,
    body: siteForm,
    act: async ({ staff, params, body }) => {
      await changeSite(staff, staff.organizationId, params.site, body);
      return {
        redirect: `${sitesUrl(staff)}/${params.site.toHexString()}`,
        flash: 'organizations.flash.saved',
      };
    },
    onInvalid: (call, { values, errors }) => siteView(call, values, errors),
  }),
];
