import Joi from 'joi';
import {
  noCommitments,
  noticeChannels,
  type AgeRule,
  type Commitments,
  type ContactRole,
  type NoticePolicy,
} from '../../../config/commitments.ts';
import { categoryIds } from '../../../config/consent.ts';
import { calendarIds, type CalendarId } from '../../../config/law/calendars.ts';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import { controllerRoles, rightIds, type RightId } from '../../../config/rights.ts';
import { languageCodes } from '../../language.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { calendarDay, emailAddress, line, prose } from '../../wire.ts';
import type { OrganizationRow } from './model.ts';

export interface Contact {
  email: string;
  phone: string;
  post: string;
}

export type Contacts = Record<ContactRole, Contact>;

/** An organisation with its contacts opened. */
export interface Organization extends Omit<OrganizationRow, 'sealedContacts'> {
  contacts: Contacts;
}

export interface OrganizationSettings extends Partial<Commitments> {
  name: string;
  timeZone: string;
  languages: string[];
  regimes: RegimeId[];
  rights: RightId[];
  promiseDays: number | null;
  promiseYields?: boolean;
  calendar?: CalendarId | null;
  closingDays?: CalendarDay[];
  requiresSecondFactor: boolean;
  policyUrl: string | null;
  /** A role without a contact is left out. */
  contacts: Partial<Contacts>;
}

export interface NewOrganization extends OrganizationSettings {
  slug: string;
}

const isTimeZone: Joi.CustomValidator<string> = (value, helpers) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    return helpers.error('any.invalid');
  }
};

export const slug = Joi.string()
  .lowercase()
  .pattern(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/u);

const contact = Joi.object<Contact>({
  email: emailAddress.allow('').default(''),
  phone: line(40).allow('').default(''),
  post: prose(300).allow('').default(''),
}).default();

const age = Joi.number().integer().min(1).max(25).empty('').allow(null).default(null);
const someOf = (values: readonly string[]) =>
  Joi.array()
    .items(Joi.string().valid(...values))
    .single()
    .unique()
    .default([]);

const commitments = {
  roles: someOf(controllerRoles).min(1).default(noCommitments.roles),
  ageRule: Joi.object<AgeRule>({
    everywhere: age,
    eeaAndUk: age,
    patientsExempt: Joi.boolean().default(false),
  }).default(noCommitments.ageRule),
  noticePolicy: Joi.object<NoticePolicy>({
    daysAhead: Joi.number().integer().min(1).max(365).empty('').allow(null).default(null),
    material: someOf(noticeChannels),
    significant: someOf(noticeChannels),
  }).default(noCommitments.noticePolicy),
  // What is strictly necessary is always there.
  cookieCategories: someOf(categoryIds)
    .default(noCommitments.cookieCategories)
    .custom((chosen: string[]) =>
      categoryIds.filter((id) => id === 'necessary' || chosen.includes(id)),
    ),
};

const dayList = Joi.array().items(calendarDay).unique().max(200);
/** Days as a list, or as a form gives them: lines of one text. */
const closingDays = Joi.alternatives(
  dayList,
  Joi.string()
    .trim()
    .allow('')
    .max(4000)
    .custom((value: string, helpers) => {
      const result = dayList.validate(value.split(/[\s,;]+/u).filter(Boolean));
      return result.error ? helpers.error('any.invalid') : result.value.sort();
    }),
).default([]);

const settings = {
  name: line(120).min(2).required(),
  timeZone: Joi.string().trim().custom(isTimeZone).required(),
  languages: Joi.array()
    .items(Joi.string().valid(...languageCodes))
    .single()
    .unique()
    .min(1)
    .required(),
  regimes: Joi.array()
    .items(Joi.string().valid(...regimeIds))
    .single()
    .unique()
    .default([]),
  rights: Joi.array()
    .items(Joi.string().valid(...rightIds))
    .single()
    .unique()
    .min(1)
    .required(),
  promiseDays: Joi.number().integer().min(1).max(365).empty('').allow(null).default(null),
  promiseYields: Joi.boolean().default(false),
  calendar: Joi.string()
    .valid(...calendarIds)
    .empty('')
    .allow(null)
    .default(null),
  closingDays,
  requiresSecondFactor: Joi.boolean().default(false),
  policyUrl: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .max(500)
    .empty('')
    .allow(null)
    .default(null),
  contacts: Joi.object<Contacts>({
    privacyOffice: contact,
    dataProtectionOfficer: contact,
    hipaaOfficer: contact,
    security: contact,
  }).required(),
  ...commitments,
};

export const organizationSettings = Joi.object<OrganizationSettings>(settings);
export const newOrganization = Joi.object<NewOrganization>({ slug: slug.required(), ...settings });

export interface NewSite {
  name: string;
  origins: string[];
}

/** An origin as browsers send it: scheme, host and port, nothing more. */
const origin = Joi.string()
  .trim()
  .custom((value: string, helpers) => {
    if (!URL.canParse(value)) return helpers.error('string.uri');
    const url = new URL(value);
    return /^https?:$/u.test(url.protocol) && url.pathname === '/' && !url.search && !url.username
      ? url.origin
      : helpers.error('string.uri');
  });

export const newSite = Joi.object<NewSite>({
  name: line(120).min(2).required(),
  origins: Joi.array().items(origin).single().unique().min(1).max(50).required(),
});
