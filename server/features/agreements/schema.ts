import Joi from 'joi';
import { calendarDay, emailAddress, line } from '../../wire.ts';
import { endings, servingRoles, type AgreementRow } from './model.ts';

/** Whom the organisation serves, and who there answers for people's requests. */
export interface Controller {
  name: string;
  contactName: string;
  email: string;
  phone: string;
}

type Terms = Pick<
  AgreementRow,
  'role' | 'startsOn' | 'endsOn' | 'forwardDays' | 'breachNoticeDays' | 'ending'
>;

export interface AgreementEdit extends Controller, Terms {}

const days = (max: number) =>
  Joi.number().integer().min(1).max(max).empty('').allow(null).default(null);

const edit = {
  name: line(120).min(2).required(),
  contactName: line(120).allow('').default(''),
  email: emailAddress.required(),
  phone: line(40).allow('').default(''),
  role: Joi.string()
    .valid(...servingRoles)
    .required(),
  startsOn: calendarDay.required(),
  endsOn: calendarDay
    .empty('')
    .allow(null)
    .default(null)
    .custom((value: string | null, helpers) => {
      const [around] = helpers.state.ancestors as [{ startsOn?: string }];
      return value !== null && value < (around.startsOn ?? '')
        ? helpers.error('any.invalid')
        : value;
    }),
  forwardDays: days(30),
  // 45 CFR 164.410(b): a business associate has 60 days at most.
  breachNoticeDays: days(60),
  ending: Joi.string()
    .valid(...endings)
    .required(),
};

/** The form; `version` is the one that it was made from, 0 for a new agreement. */
export const agreementEdit = Joi.object<AgreementEdit & { version: number }>({
  ...edit,
  version: Joi.number().integer().min(0).required(),
});

export interface AgreementParams {
  /** An id, or `new`. */
  agreement: string;
}
export const agreementParams = Joi.object<AgreementParams>({
  agreement: Joi.string()
    .pattern(/^(?:new|[0-9a-f]{24})$/u)
    .required(),
});
